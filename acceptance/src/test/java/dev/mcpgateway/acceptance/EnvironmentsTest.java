// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Scripts;
import dev.mcpgateway.acceptance.kit.Signal;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients, wrappers and users launch it with (docs/running.md). */
class EnvironmentsTest {

    private static final String ECHO = "{\"message\":\"Zo\u00eb\"}";

    @Test
    void without_a_locale_paths_and_arguments_may_have_any_letters() throws IOException {
        try (Installation installation = Installation.create()) {
            Path home = installation.folder().resolve("Zo\u00eb's tools (1)");
            Path provider = installation.folder().resolve("hell\u00f6-go");
            Path plugins =
                    Files.move(installation.pluginsDir(), installation.folder().resolve("pl\u00fcgins"));
            Path hello = PluginJar.withTool(
                            "acme", "hi.v1", "return ToolResult.text(String.valueOf(System.getenv(\"LC_ALL\")));")
                    .dropInto(plugins);
            Files.move(hello, plugins.resolve("\u00e4cme.jar"));
            Files.copy(Checkout.helloGo(), provider, StandardCopyOption.COPY_ATTRIBUTES);
            installation
                    .launcher(Checkout.copyTo(home))
                    .withoutEnvironment("LANG")
                    .configuration(("""
                            providers:
                              - name: hello-go
                                type: grpc
                                command: ["%s"]
                                timeout: 20s
                            gateway:
                              pluginsDir: "%s"
                              workDir: "%s"
                            """.formatted(
                                    provider, plugins, installation.folder().resolve("st\u00e4te")))
                            .getBytes(StandardCharsets.UTF_8));
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("hello-go.echo.v1", "acme.hi.v1");
                assertThat(client.call("hello-go.echo.v1", ECHO).text()).isEqualTo(ECHO);
                assertThat(client.call("acme.hi.v1", "{}").text()).isEqualTo("C.UTF-8");
            }
            Installation.Run run = installation.run("call", "hello-go.echo.v1", ECHO);
            assertThat(run.stdout()).as(run.stderr()).contains("Zo\u00eb");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sockets_may_lie_below_any_letters(boolean isNamed) throws IOException {
        try (Installation installation = Installation.create().withoutEnvironment("LANG")) {
            Path place = Files.createDirectory(
                    Path.of("/tmp", "zo\u00eb " + System.nanoTime()),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try {
                installation.environment("XDG_RUNTIME_DIR", place.toString());
                if (isNamed) {
                    installation.grpc(
                            "hello-go",
                            HelloGo.SUPERVISED,
                            "address: \"unix:" + place.resolve("h\u00e9llo.sock") + "\"",
                            "timeout: 20s");
                } else {
                    installation.grpc("hello-go", HelloGo.SUPERVISED, "timeout: 20s");
                }
                try (Gateway gateway = installation.start()) {
                    Client client = gateway.client().ready("hello-go.echo.v1");
                    assertThat(client.call("hello-go.echo.v1", ECHO).text()).isEqualTo(ECHO);
                }
            } finally {
                Installation.delete(place);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"de_DE.UTF-8, de_DE.UTF-8", "C, C", ", unset"})
    void a_configuration_that_asks_for_the_locale_is_told_the_users(String given, String expected) throws IOException {
        try (Installation installation = Installation.create()) {
            installation.grpc("hello-go", HelloGo.SUPERVISED, "timeout: 20s", "env: {SAID: \"${LC_ALL:-unset}\"}");
            if (given == null) {
                installation.withoutEnvironment("LC_ALL");
            } else {
                installation.environment("LC_ALL", given);
            }
            try (Gateway gateway = installation.start()) {
                gateway.client().ready("hello-go.echo.v1");
                long child = installation.processes().stream()
                        .filter(each -> each.info().command().orElse("").endsWith("hello-go"))
                        .findFirst()
                        .orElseThrow()
                        .pid();
                List<String> environment = List.of(Files.readString(Path.of("/proc", Long.toString(child), "environ"))
                        .split("\0"));
                assertThat(environment).contains("SAID=" + expected).noneMatch(each -> each.contains("LC_ALL="));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA_TOOL_OPTIONS, -XX:+UseG1GC",
        "_JAVA_OPTIONS, -XX:+UseParallelGC",
        "JDK_JAVA_OPTIONS, -XX:+UseZGC",
        "MCP_GATEWAY_JAVA_OPTS, -XX:+UseG1GC",
        "JAVA_TOOL_OPTIONS, -Xshare:off",
        "JAVA_TOOL_OPTIONS, -XX:AOTMode=off",
        "_JAVA_OPTIONS, -Xms1200m",
        "_JAVA_OPTIONS, -Xmn1200m",
    })
    void what_the_user_has_chosen_for_the_JVM_holds_and_ours_gives_way(String variable, String option) {
        try (Installation installation = Installation.create().environment(variable, option)) {
            Installation.Run run = installation.run("--version");

            assertThat(run.stdout()).as(run.stderr()).startsWith("mcp-gateway ");
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    void where_all_files_have_one_time_it_starts_with_its_cache() throws IOException {
        try (Installation installation = Installation.create()) {
            Path loaded = installation.folder().resolve("loaded");
            Path home = installation.folder().resolve("packed");
            installation
                    .launcher(Checkout.copyTo(home))
                    .environment("MCP_GATEWAY_JAVA_OPTS", "-Xlog:class+load=info:file=" + loaded);
            setTimes(home, Instant.parse("1985-10-26T08:15:00Z"));

            Installation.Run run = installation.run("--version");

            assertThat(run.stdout().lines()).singleElement().asString().startsWith("mcp-gateway ");
            assertThat(Files.readString(loaded))
                    .containsPattern("dev\\.mcpgateway\\.kernel\\.Main source: shared objects file");
        }
    }

    @Test
    void a_start_without_the_cache_says_why() throws IOException {
        try (Installation installation = Installation.create()) {
            Path home = installation.folder().resolve("packed");
            installation.launcher(Checkout.copyTo(home));
            Path lib = home.resolve("lib");
            Files.setLastModifiedTime(
                    lib.resolve("gateway.jar"), FileTime.from(Instant.now().plusSeconds(60)));
            assertSlow(installation, "gateway.jar has changed since it was made: `make aot` makes it anew");

            Files.delete(lib.resolve("aot"));
            assertSlow(installation, "none was made for this installation: `make aot` makes it");

            installation.environment("MCP_GATEWAY_JAVA_OPTS", "-XX:+UseG1GC");
            assertSlow(installation, "it is for the collector Serial, and another one is used");

            installation.environment("MCP_GATEWAY_JAVA_OPTS", "-Xshare:off");
            assertSlow(installation, "an option for the JVM chooses how classes are shared");
        }
    }

    @Test
    void the_cache_of_jars_that_were_made_anew_and_are_the_same_is_used_again() throws Exception {
        try (Installation installation = Installation.create()) {
            Path home = installation.folder().resolve("packed");
            installation.launcher(Checkout.copyTo(home));
            Path lib = home.resolve("lib");
            setTimes(lib, Instant.now().minusSeconds(3_600));
            Files.setLastModifiedTime(
                    lib.resolve("gateway.jar"), FileTime.from(Instant.now().minusSeconds(60)));
            assertThat(installation.run("--version").stdout()).contains("gateway.jar has changed");

            Process makes = new ProcessBuilder(
                            Checkout.ROOT.resolve("dev/train-aot").toString(), lib.toString())
                    .inheritIO()
                    .start();
            assertThat(makes.waitFor(30, TimeUnit.SECONDS)).isTrue();

            assertThat(installation.run("--version").stdout().lines()).hasSize(1);
        }
    }

    /** Gives a folder and all in it that one time. */
    private static void setTimes(Path folder, Instant time) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.from(time));
            }
        }
    }

    private static void assertSlow(Installation installation, String why) {
        String line = "started without its AOT cache, which takes longer: " + why;
        assertThat(installation.run("--version").stdout().lines())
                .hasSize(2)
                .last()
                .isEqualTo(line);
        try (Gateway gateway = installation.start()) {
            gateway.client().initialize();
            gateway.client().tools();
            gateway.log().await(each -> each.path("message").asString("").equals(line));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<&-", "2>&-", "<&- 2>&-"})
    void closed_descriptors_are_no_files_of_the_JVM(String closed) throws Exception {
        try (Installation installation = Installation.create()) {
            installation.writeConfiguration();
            assertThat(shell(installation, "exec \"$0\" --config \"$1\" check " + closed))
                    .isZero();
            assertThat(shell(installation, "exec \"$0\" --config \"$1\" stdio " + closed))
                    .isZero();
        }
    }

    @Test
    void without_standard_output_there_is_nobody_to_answer() throws Exception {
        try (Installation installation = Installation.create()) {
            installation.writeConfiguration();
            assertThat(shell(installation, "exec \"$0\" --config \"$1\" stdio >&-"))
                    .isEqualTo(74);
        }
    }

    @Test
    void a_working_directory_that_is_gone_is_none_that_is_needed() throws Exception {
        try (Installation installation = Installation.create()) {
            installation.writeConfiguration();
            assertThat(shell(
                            installation,
                            "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" --config \"$1\" check"))
                    .isZero();
        }
    }

    @Test
    void an_installation_below_a_colon_says_why_it_does_not_start() {
        try (Installation installation = Installation.create()) {
            installation.launcher(Checkout.copyTo(installation.folder().resolve("a:b")));

            Installation.Run run = installation.run("--version");

            assertThat(run.exitCode()).isEqualTo(78);
            assertThat(run.stderr()).contains("a:b has a colon").hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a!b", "a!", "a b%20c#d"})
    void a_state_folder_may_have_any_name(String name) throws IOException {
        try (Installation installation = Installation.create()) {
            PluginJar.withTool("acme", "hi.v1", "return ToolResult.text(\"hi\");")
                    .dropInto(installation.pluginsDir());
            installation.configuration(("providers: []\ngateway:\n  pluginsDir: \"" + installation.pluginsDir()
                            + "\"\n  workDir: \"" + installation.folder().resolve(name) + "\"\n")
                    .getBytes(StandardCharsets.UTF_8));
            try (Gateway gateway = installation.start()) {
                assertThat(gateway.client()
                                .ready("acme.hi.v1")
                                .call("acme.hi.v1", "{}")
                                .text())
                        .isEqualTo("hi");
            }
        }
    }

    @Test
    void a_hang_up_has_the_configuration_read_at_once() throws IOException {
        assumeHangUpsAreHeard();
        try (Installation installation = Installation.create();
                HelloGo hello = HelloGo.onTcp()) {
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.tools();
                Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true); // it has been seen as it is
                installation.grpc("late", hello.entry(), "timeout: 20s").saveConfiguration();

                assertThat(Signal.HUP.send(gateway.pid())).isTrue();

                gateway.log().await("SIGHUP: reads ");
                client.ready("late.echo.v1");
                assertThat(gateway.isAlive()).isTrue();
            }
        }
    }

    @Test
    void on_a_terminal_it_ends_by_it() throws IOException {
        assumeHangUpsAreHeard();
        try (Installation installation = Installation.create().jvmOptions("-Dmcpgateway.onTerminal=true")) {
            try (Gateway gateway = installation.start()) {
                gateway.client().initialize();

                assertThat(Signal.HUP.send(gateway.pid())).isTrue();

                assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
            }
        }
    }

    /** Whoever runs the tests may have them ignored, and children inherit that. */
    private static void assumeHangUpsAreHeard() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        assumeTrue((Long.parseUnsignedLong(ignored.substring(7).strip(), 16) & 1) == 0, "SIGHUP is ignored here");
    }

    @Test
    void under_nohup_it_does_not_heed_it() throws IOException {
        try (Installation installation = Installation.create()) {
            installation.launcher(Scripts.write(
                    installation.folder().resolve("launcher"), "exec nohup " + Scripts.launcher() + " \"$@\""));
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.tools();

                assertThat(Signal.HUP.send(gateway.pid())).isTrue();

                Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                assertThat(client.ping().result()).isNotNull();
                assertThat(gateway.log().lines())
                        .noneMatch(line -> line.path("message").asString("").contains("SIGHUP"));
            }
        }
    }

    private static int shell(Installation installation, String script) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        "sh",
                        "-c",
                        script,
                        Checkout.launcher().toString(),
                        installation.configurationFile().toString())
                .directory(installation.workingDirectory().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(installation.folder().resolve("said").toFile());
        builder.environment().clear();
        builder.environment().putAll(installation.cleanEnvironment());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as(Files.readString(installation.folder().resolve("said")))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
