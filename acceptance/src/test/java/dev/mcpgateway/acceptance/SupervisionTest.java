// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Scripts;
import dev.mcpgateway.acceptance.kit.Signal;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Providers with a {@code command:}: started, watched, restarted and ended by the gateway. */
class SupervisionTest {

    private static final String HI = "{\"message\":\"Hi\"}";
    private static final String LOGGER = "provider.hello";

    /** End of input, TERM after 2 s, KILL after another while; asserted with room. */
    private static final Duration ORDERLY_END = Duration.ofSeconds(10);

    /** Serves, deaf to the end of its input and to TERM; the server itself is its child. */
    private static final String STUBBORN = """
            trap '' TERM
            env -u MCP_GATEWAY_SUPERVISED "$HELLO" </dev/null &
            while :; do sleep 1; done
            """;

    @Test
    void a_provider_that_dies_is_started_again_at_once_and_then_with_a_growing_pause() {
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("hello.echo.v1", "hello.sum.v1");
            assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI);
            Duration first = timeToANewProcess(gateway);
            Duration second = timeToANewProcess(gateway);
            Duration third = timeToANewProcess(gateway);
            System.out.println("started again after " + first + ", " + second + ", " + third);
            assertThat(first).isLessThan(LATEST);
            assertThat(second).isBetween(Duration.ofMillis(450), LATEST);
            assertThat(third).isBetween(Duration.ofMillis(900), LATEST);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() ->
                            assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI));
        }
    }

    @Test
    void a_command_that_cannot_be_run_is_reported_and_costs_no_other() {
        try (Installation installation = Installation.create()
                        .grpc("ghost", "command: [/nowhere/at-all]")
                        .grpc("hello", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("hello.echo.v1", "hello.sum.v1");
            assertThat(client.call("ghost.echo.v1", "{}").errorText()).contains("'ghost'", "unavailable");
            assertThat(installation.run("list").stdout()).contains("ghost").contains("at-all");
        }
    }

    @Test
    void a_command_that_ends_at_once_is_not_started_in_a_busy_loop() {
        try (Installation installation = Installation.create()
                        .grpc("hello", script("echo started >>\"$STARTS\"; exit 3", "STARTS: starts.txt"))
                        .grpc("healthy", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("healthy.echo.v1", "healthy.sum.v1");
            try (Control control = Control.ofHelloGo(client, "healthy")) {
                Path starts = installation.folder().resolve("starts.txt");
                await().atMost(Duration.ofSeconds(10)).until(() -> lines(starts) >= 3);
                assertThat(client.call("hello.echo.v1", "{}").errorText()).contains("'hello'", "unavailable");
                assertThat(lines(starts)).isLessThanOrEqualTo(5);
                control.assertUnharmed();
            }
        }
    }

    /** One gateway for those that are started once and live on. */
    private static Installation shared;

    private static Gateway sharedGateway;

    @BeforeAll
    static void start() {
        String wordy = """
                echo plain words >&2
                echo on stdout
                head -c 20000 /dev/zero | tr '\\0' x >&2
                echo >&2
                printf 'tab\\there\\n' >&2
                printf '\\377\\376 not utf-8\\n' >&2
                echo after the long line >&2
                exec "$HELLO"
                """;
        shared = Installation.create()
                .environment("SECRET_OF_THE_GATEWAY", "hunter2")
                .environment("HOME", "/")
                .environment("LANG", "C.UTF-8")
                .grpc("hello", HelloGo.SUPERVISED)
                .grpc("wordy", script(wordy))
                .grpc("given", script("env >\"$SEEN\"; exec \"$HELLO\"", "SEEN: seen.txt", "GREETING: hello"));
        sharedGateway = shared.start();
        sharedGateway.client().initialize();
        sharedGateway
                .client()
                .awaitExactly(
                        "hello.echo.v1",
                        "hello.sum.v1",
                        "wordy.echo.v1",
                        "wordy.sum.v1",
                        "given.echo.v1",
                        "given.sum.v1");
    }

    @AfterAll
    static void end() {
        sharedGateway.close();
        shared.close();
    }

    @Test
    void what_a_provider_writes_to_stderr_and_stdout_becomes_lines_of_its_logger_cut_at_8_KiB() {
        assertThat(sharedGateway.client().call("wordy.echo.v1", HI).text()).isEqualTo(HI);
        sharedGateway.log().await("after the long line");
        sharedGateway.log().await("on stdout");
        List<JsonNode> lines = sharedGateway.log().lines("logger", "provider.wordy");
        assertThat(lines)
                .extracting(line -> line.path("message").asString())
                .contains("plain words", "on stdout", "tab\there", "after the long line")
                .anyMatch(message -> message.startsWith("x".repeat(8_000)))
                .allMatch(message -> message.length() <= 8 * 1_024 + 100);
        assertThat(lines)
                .allSatisfy(line -> assertThat(line.path("provider").asString()).isEqualTo("wordy"));
    }

    @Test
    void the_log_of_the_provider_carries_the_correlation_id_of_the_call() {
        sharedGateway.client().call("hello.echo.v1", HI).result();
        JsonNode ours = sharedGateway
                .log()
                .await(line -> line.path("capability").asString("").contains("echo.v1")
                        && line.path("provider").asString("").equals("hello")
                        && !line.path("logger").asString("").equals(LOGGER));
        String correlationId = ours.path("correlation_id").asString();
        assertThat(correlationId).hasSize(36);
        sharedGateway
                .log()
                .await(line -> line.path("logger").asString("").equals(LOGGER)
                        && line.path("message").asString("").contains(correlationId));
    }

    @Test
    void a_provider_that_floods_stderr_still_serves_and_harms_no_other() {
        String body = """
                (yes 'so much to say, and nothing to tell' | head -c 30000000 >&2) &
                exec "$HELLO"
                """;
        try (Installation installation =
                        Installation.create().grpc("hello", script(body)).grpc("healthy", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("hello.echo.v1", "hello.sum.v1", "healthy.echo.v1", "healthy.sum.v1");
            assertThat(client.call("healthy.echo.v1", HI).text()).isEqualTo(HI);
            assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI);
            for (int i = 0; i < 20; i++) {
                assertThat(client.call("hello.echo.v1", HI).isError()).isFalse();
                assertThat(client.call("healthy.echo.v1", HI).isError()).isFalse();
            }
        }
    }

    @Test
    void a_provider_that_floods_a_log_nobody_reads_still_serves() {
        String body = """
                (yes 'so much to say, and nothing to tell' | head -c 30000000 >&2) &
                exec "$HELLO"
                """;
        try (Installation installation = Installation.create().grpc("hello", script(body));
                Gateway gateway = installation.startWithStalledLog()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("hello.echo.v1", "hello.sum.v1");
            for (int i = 0; i < 100; i++) {
                assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI);
            }
            gateway.readLog().await("dropped");
        }
    }

    @Test
    void a_provider_gets_the_environment_it_is_given_and_nothing_else_of_the_gateways() throws IOException {
        assertThat(sharedGateway.client().call("given.echo.v1", HI).text()).isEqualTo(HI);
        assertThat(Files.readAllLines(shared.folder().resolve("seen.txt")))
                .extracting(line -> line.substring(0, line.indexOf('=')))
                .contains("PATH", "HOME", "LANG", "LISTEN", "MCP_GATEWAY_SUPERVISED", "GREETING")
                .doesNotContain("SECRET_OF_THE_GATEWAY", "XDG_RUNTIME_DIR", "MCP_GATEWAY_JAVA_HOME");
    }

    @TestBesideOthers
    void a_provider_deaf_to_the_end_of_input_and_to_TERM_is_killed_with_all_it_started() {
        try (Installation installation =
                Installation.create().grpc("hello", script("sleep 1000 & setsid sleep 1000 & " + STUBBORN))) {
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI);
                assertThat(ProcessHandle.of(gateway.pid()).orElseThrow().descendants())
                        .hasSizeGreaterThanOrEqualTo(4);
                long begin = System.nanoTime();
                client.closeInput();
                gateway.awaitExit(ORDERLY_END);
                System.out.println("ended after " + Duration.ofNanos(System.nanoTime() - begin));
            }
            installation.awaitNoProcess(Duration.ofSeconds(5));
        }
    }

    @Test
    void two_gateways_with_one_configuration_do_not_disturb_each_other() {
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED);
                Gateway stays = installation.start()) {
            stays.client().initialize();
            stays.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
            assertThat(stays.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
            long pid = helloOf(stays).orElseThrow().pid();
            try (Gateway goes = installation.start()) {
                goes.client().initialize();
                goes.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(goes.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
                assertThat(helloOf(goes).orElseThrow().pid()).isNotEqualTo(pid);
                assertThat(runFiles(installation)).hasSize(2);
            }
            try (Gateway killed = installation.start()) {
                killed.client().initialize();
                killed.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(killed.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
                killed.kill();
            }
            assertThat(installation.run("call", "hello.echo.v1", HI).stdout()).isEqualTo(HI + "\n");
            assertThat(stays.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
            assertThat(helloOf(stays).orElseThrow().pid()).isEqualTo(pid);
        }
    }

    @TestBesideOthers
    void a_provider_that_outlived_its_gateway_is_ended_at_the_next_start() {
        try (Installation installation = Installation.create().grpc("hello", script(STUBBORN))) {
            List<ProcessHandle> orphans;
            try (Gateway killed = installation.start()) {
                killed.client().initialize();
                killed.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(killed.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
                killed.kill();
                killed.awaitExit(Duration.ofSeconds(5));
                orphans = installation.processes();
                assertThat(orphans).isNotEmpty();
            }
            // Gateway.close has ended its descendants, of which a killed process has none: they are orphans.
            assertThat(orphans).anyMatch(ProcessHandle::isAlive);
            try (Gateway next = installation.start()) {
                next.client().initialize();
                await().atMost(ORDERLY_END)
                        .untilAsserted(() -> assertThat(orphans).noneMatch(ProcessHandle::isAlive));
                assertThat(next.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
            }
        }
    }

    @Test
    void a_process_that_only_has_the_number_of_an_orphan_is_left_alone() throws IOException {
        Process bystander = new ProcessBuilder("sleep", "1000").start();
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED)) {
            Path file;
            String text;
            try (Gateway killed = installation.start()) {
                killed.client().initialize();
                killed.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(killed.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
                file = runFiles(installation).getFirst();
                text = Files.readString(file);
                killed.kill();
            }
            installation.awaitNoProcess(Duration.ofSeconds(5)); // hello-go has seen the end of its input
            long dead = Json.parse(text).path("children").path(0).path("pid").asLong();
            Files.writeString(file, text.replace("\"pid\":" + dead, "\"pid\":" + bystander.pid()));
            try (Gateway next = installation.start()) {
                next.client().initialize();
                next.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(next.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
                await().atMost(Duration.ofSeconds(10)).until(() -> Files.notExists(file));
                assertThat(bystander.isAlive()).isTrue();
            }
        } finally {
            Signal.KILL.send(bystander.pid());
        }
    }

    @Test
    void a_damaged_run_file_does_not_keep_a_gateway_from_starting() throws IOException {
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED)) {
            Path run = Files.createDirectories(installation.workDir().resolve("run"));
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
            Files.writeString(run.resolve("0123456789abcdef.json"), "{\"gateway\":{\"pid\":");
            Files.writeString(run.resolve("fedcba9876543210.json"), "");
            try (Gateway gateway = installation.start()) {
                gateway.client().initialize();
                gateway.client().awaitExactly("hello.echo.v1", "hello.sum.v1");
                assertThat(gateway.client().call("hello.echo.v1", HI).text()).isEqualTo(HI);
            }
        }
    }

    @Test
    void a_socket_that_a_cleaner_has_taken_away_is_replaced_and_no_call_is_lost() throws IOException {
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED, "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello.echo.v1");
            long before = helloOf(gateway).orElseThrow().pid();
            try (Load load = Load.begin(client, 10, "hello.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));

                Installation.delete(onlyFolderIn(installation.sockets()));

                await().atMost(Duration.ofSeconds(20))
                        .until(() -> installation.processes().stream().noneMatch(process -> process.pid() == before));
                load.awaitSuccess(Duration.ofSeconds(15));
                load.close();
                assertThat(load.failures()).isEmpty();
            }
            assertThat(onlyFolderIn(installation.sockets())).isDirectoryContaining("glob:**/1");
            timeToANewProcess(gateway);
            await().untilAsserted(() ->
                    assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI));
        }
    }

    @Test
    void a_gateway_in_a_container_that_shares_our_folders_takes_nothing_of_ours() throws Exception {
        String contained = "exec unshare --pid --fork --kill-child --mount-proc " + Scripts.launcher() + " \"$@\"";
        assumeTrue(
                new ProcessBuilder("unshare", "--pid", "--fork", "--mount-proc", "true")
                                .start()
                                .waitFor()
                        == 0,
                "namespaces cannot be made here");
        try (Installation installation = Installation.create().grpc("hello", HelloGo.SUPERVISED, "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello.echo.v1");
            Path sockets = onlyFolderIn(installation.sockets());
            Path runFile = runFiles(installation).getFirst();
            Files.setLastModifiedTime(sockets, FileTime.from(Instant.now().minusSeconds(600)));
            installation.launcher(Scripts.write(installation.folder().resolve("contained"), contained));
            for (int i = 0; i < 2; i++) {
                try (Gateway other = installation.start()) {
                    other.expectAbruptEnd(); // the code is that of unshare
                    other.client().ready("hello.echo.v1");
                    await().pollDelay(Duration.ofMillis(500)).until(() -> true); // it has looked for leftovers
                    assertThat(runFile).exists();
                    assertThat(sockets).exists();
                }
            }
            timeToANewProcess(gateway);
            await().untilAsserted(() ->
                    assertThat(client.call("hello.echo.v1", HI).text()).isEqualTo(HI));
        }
    }

    private static Path onlyFolderIn(Path place) throws IOException {
        try (Stream<Path> folders = Files.list(place)) {
            List<Path> all = folders.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }

    private static Duration timeToANewProcess(Gateway gateway) {
        ProcessHandle victim = helloOf(gateway).orElseThrow();
        long begin = System.nanoTime();
        victim.destroyForcibly();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> helloOf(gateway)
                        .filter(process -> process.pid() != victim.pid())
                        .isPresent());
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static Optional<ProcessHandle> helloOf(Gateway gateway) {
        String program = Checkout.helloGo().toString();
        return ProcessHandle.of(gateway.pid())
                .orElseThrow()
                .children()
                .filter(child -> child.info().command().filter(program::equals).isPresent())
                .filter(ProcessHandle::isAlive)
                .findFirst();
    }

    private static List<Path> runFiles(Installation installation) {
        try (Stream<Path> files = Files.list(installation.workDir().resolve("run"))) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException notYet) {
            return 0;
        }
    }

    /** The lines of an entry that runs a shell script, in which {@code $HELLO} is hello-go. */
    private static String[] script(String body, String... environment) {
        String indented = body.strip().indent(8);
        String variables = Stream.concat(Stream.of("HELLO: " + Checkout.helloGo()), Stream.of(environment))
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
        return new String[] {"env: {" + variables + "}", "command:\n      - sh\n      - -c\n      - |\n" + indented};
    }
}
