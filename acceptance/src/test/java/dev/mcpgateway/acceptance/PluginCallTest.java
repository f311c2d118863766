// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static dev.mcpgateway.acceptance.kit.Times.DEADLINE;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Scripts;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Plugin code that misbehaves while it is called: it harms its own calls only. */
class PluginCallTest {

    private static final Pattern TOOL_FAILED = Pattern.compile("tool failed \\(ref ([0-9a-z-]+)\\)");

    private static final String HI = "{\"message\":\"Hi\"}";

    private static final List<String> BROKEN = List.of(
            "throw new RuntimeException(\"the password is hunter2\");",
            "return Integer.parseInt(\"x\") > 0 ? null : null;",
            "class Deep { int down(int n) { return 1 + down(n + 1); } } new Deep().down(0); return null;",
            "throw new OutOfMemoryError(\"Requested array size exceeds VM limit\");",
            "return ToolResult.text(\"xy\".repeat(Integer.MAX_VALUE));",
            "throw new ThreadDeath();",
            "throw new java.io.IOException(\"disk on fire\");",
            "return null;");

    private static final List<String> BROKEN_ASYNCHRONOUSLY = List.of(
            "throw new IllegalStateException(\"before any stage\");",
            "return null;",
            "return CompletableFuture.failedFuture(new NoClassDefFoundError(\"secret/Thing\"));",
            "return CompletableFuture.completedFuture(null);",
            """
            class Speechless extends RuntimeException {
                @Override public String getMessage() { throw new Speechless(); }
            }
            return CompletableFuture.supplyAsync(() -> { throw new Speechless(); });
            """);

    private static final PluginJar SLEEPY = PluginJar.withTool("sleepy", "sleep.v1", """
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                System.getLogger("sleepy").log(System.Logger.Level.WARNING, "woken");
            }
            return ToolResult.text("too late");
            """);

    private static final PluginJar HEAVY = PluginJar.withTool("heavy", "look.v1", """
            var parser = new tools.jackson.core.json.JsonFactory()
                    .createParser(tools.jackson.core.ObjectReadContext.empty(), "[7]");
            parser.nextToken();
            ClassLoader mine = Source.class.getClassLoader();
            return ToolResult.of(Json.of(Map.of(
                    "jackson", tools.jackson.databind.ObjectMapper.class.getClassLoader() == mine,
                    "grpc", io.grpc.Status.class.getClassLoader() == mine,
                    "read", parser.nextIntValue(0),
                    "api", Provider.class.getClassLoader() == mine,
                    "kernel", Sight.of("dev.mcpgateway.kernel.Main"),
                    "pf4j", Sight.of("org.pf4j.PluginManager"),
                    "log4j", Sight.of("org.apache.logging.log4j.LogManager"))));
            """)
            .acme("Sight", """
                    class Sight {
                        static boolean of(String className) {
                            try {
                                return Class.forName(className) != null;
                            } catch (ClassNotFoundException hidden) {
                                return false;
                            }
                        }
                    }
                    """)
            .libraryOf(tools.jackson.databind.ObjectMapper.class)
            .libraryOf(tools.jackson.core.JsonParser.class)
            .libraryOf(com.fasterxml.jackson.annotation.JsonProperty.class)
            .libraryOf(io.grpc.Status.class);

    /** One gateway lives through all that can be lived through, a plugin each, and a healthy one beside them. */
    private static Installation shared;

    private static Gateway gateway;
    private static Client client;

    @BeforeAll
    static void start() {
        shared = installationWith(PluginJar.withTool(
                "refusing",
                "fail.v1",
                "throw new ProviderException(ProviderException.Code.RESOURCE_EXHAUSTED, \"come back tomorrow\");"));
        drop("broken-", BROKEN, PluginJar::withTool);
        drop("late-", BROKEN_ASYNCHRONOUSLY, PluginJar::withAsynchronousTool);
        SLEEPY.dropInto(shared.pluginsDir());
        HEAVY.dropInto(shared.pluginsDir());
        gateway = shared.start();
        client = gateway.client();
        client.initialize();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> client.toolNames().size() == BROKEN.size() + BROKEN_ASYNCHRONOUSLY.size() + 4);
    }

    private interface Author {
        PluginJar write(String id, String tool, String body);
    }

    private static void drop(String beginning, List<String> bodies, Author author) {
        for (int i = 0; i < bodies.size(); i++) {
            author.write(beginning + i, "fail.v1", bodies.get(i)).dropInto(shared.pluginsDir());
        }
    }

    @AfterAll
    static void end() {
        try {
            gateway.close();
        } finally {
            shared.close();
        }
    }

    @Test
    void a_tool_that_throws_or_returns_nothing_fails_with_a_reference_that_is_in_the_log() {
        assertEachFailsWithReference("broken-", BROKEN);
    }

    @Test
    void the_same_holds_on_the_asynchronous_seam() {
        assertEachFailsWithReference("late-", BROKEN_ASYNCHRONOUSLY);
    }

    private static void assertEachFailsWithReference(String beginning, List<String> bodies) {
        for (int i = 0; i < bodies.size(); i++) {
            Reply reply = client.call(beginning + i + ".fail.v1", "{}");
            assertThat(reply.isError()).as(bodies.get(i)).isTrue();
            assertThat(reply.text())
                    .as(bodies.get(i))
                    .startsWith("provider '" + beginning + i + "' ")
                    .doesNotContain("hunter2", "secret");
            Matcher failed = TOOL_FAILED.matcher(reply.text());
            assertThat(failed.find()).as(reply.text()).isTrue();
            gateway.log().await(line -> line.toString().contains(failed.group(1)));
            assertThat(client.call("good.echo.v1", HI).text()).isEqualTo(HI);
        }
    }

    @Test
    void a_heap_that_cannot_hold_what_a_tool_asks_for_ends_the_gateway_with_code_3_and_a_clean_standard_output() {
        try (Installation installation = installationWith(PluginJar.withTool(
                "greedy", "take.v1", "return ToolResult.text(\"\" + new long[Integer.MAX_VALUE].length);"))) {
            Installation.Run run = installation.run("call", "greedy.take.v1", "{}");
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.stdout()).isEmpty();
            assertThat(run.stderr()).contains("OutOfMemoryError");
        }
    }

    @Test
    void a_provider_exception_reaches_the_client_in_its_own_words() {
        Reply reply = client.call("refusing.fail.v1", "{}");
        assertThat(reply.isError()).isTrue();
        assertThat(reply.text()).startsWith("provider 'refusing' ").contains("come back tomorrow");
    }

    @Test
    void on_a_terminal_what_a_tool_says_cannot_write_where_it_likes() throws Exception {
        try (Installation installation = installationWith(PluginJar.withTool(
                "artist", "draw.v1", "return ToolResult.text(\"one\\n\\ttwo \\u001b[2J\\u009b1m\\u202Eeno\");"))) {
            Installation.Run piped = installation.run("call", "artist.draw.v1", "{}");
            assertThat(piped.stdout()).isEqualTo("one\n\ttwo \u001b[2J\u009b1m\u202Eeno\n");

            Path terminal = Path.of("/usr/bin/script"); // of util-linux: gives a command a terminal of its own
            assumeThat(terminal).isExecutable();
            Path onTerminal = Scripts.write(
                    installation.folder().resolve("on-a-terminal"),
                    "exec " + terminal + " -qec \"$COMMAND\" /dev/null");
            String command = Scripts.launcher() + " --config " + installation.configurationFile();
            Installation.Run seen = installation
                    .environment("COMMAND", command + " call artist.draw.v1 {}")
                    .launcher(onTerminal)
                    .runBare();
            assertThat(seen.stdout())
                    .contains("one\r\n\ttwo  [2J 1meno\r\n")
                    .doesNotContain("\u001b", "\u009b", "\u202E");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "new CountDownLatch(1).await(); throw new AssertionError();",
                "while (true) { Thread.onSpinWait(); }",
            })
    void an_asynchronous_call_that_does_not_return_harms_no_other_and_is_warned_of(String body) {
        PluginJar jar = PluginJar.withAsynchronousTool(
                "stuck",
                "hang.v1",
                "try { " + body + " } catch (InterruptedException e) { throw new IllegalStateException(e); }");
        if (!body.contains("await")) {
            jar = PluginJar.withAsynchronousTool("stuck", "hang.v1", body);
        }
        try (Installation installation = installationWith(jar);
                Gateway own = installation.start()) {
            Client beside = own.client();
            beside.initialize();
            await().until(() -> beside.toolNames().size() == 2);
            try (Control control = Control.begin(beside, "good.echo.v1", HI, HI)) {
                Reply hung = beside.call("stuck.hang.v1", "{}");
                Reply ping = beside.ping();
                assertThat(ping.took()).isLessThan(AT_ONCE);
                assertThat(hung.isError()).isTrue();
                assertThat(hung.text()).isEqualTo("provider 'stuck' timed out after 2.5 s");
                assertThat(hung.took()).isBetween(DEADLINE, LATEST);
                JsonNode warning = own.log()
                        .await(line -> line.path("level").asString("").equalsIgnoreCase("warn")
                                && line.toString().contains("stuck"));
                System.out.println("warning: " + warning);
                control.assertUnharmed();
            }
            own.expectAbruptEnd(); // nothing can stop a thread that does not want to: the process has to
        }
    }

    @Test
    void many_calls_of_a_blocking_tool_that_sleeps_are_interrupted_at_their_deadline() {
        try (Control control = Control.begin(client, "good.echo.v1", HI, HI)) {
            List<Reply> replies = IntStream.range(0, 15)
                    .mapToObj(number -> client.call("sleepy.sleep.v1", "{}"))
                    .toList();
            assertThat(replies).allSatisfy(reply -> {
                assertThat(reply.text()).isEqualTo("provider 'sleepy' timed out after 2.5 s");
                assertThat(reply.took()).isBetween(DEADLINE, LATEST);
            });
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> gateway.log().lines("message", "woken").size() == 15);
            control.assertUnharmed();
        }
    }

    @Test
    void a_plugin_with_libraries_of_its_own_is_isolated_and_shares_only_the_API() {
        Reply reply = client.call("heavy.look.v1", "{}");
        assertThat(reply.isError()).as(reply.text()).isFalse();
        JsonNode seen = reply.result().path("structuredContent");
        assertThat(seen.path("jackson").asBoolean()).isTrue();
        assertThat(seen.path("grpc").asBoolean()).isTrue();
        assertThat(seen.path("read").asInt()).isEqualTo(7);
        assertThat(seen.path("api").asBoolean()).isFalse();
        assertThat(seen.path("kernel").asBoolean()).isFalse();
        assertThat(seen.path("pf4j").asBoolean()).isFalse();
        assertThat(seen.path("log4j").asBoolean()).isFalse();
    }

    private static Installation installationWith(PluginJar jar) {
        Installation installation = Installation.createWithoutPlugins();
        jar.dropInto(installation.pluginsDir());
        good().dropInto(installation.pluginsDir());
        return installation;
    }

    private static PluginJar good() {
        return PluginJar.withTool("good", "echo.v1", "return ToolResult.of(arguments);");
    }
}
