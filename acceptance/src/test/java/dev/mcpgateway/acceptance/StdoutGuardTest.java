// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Scripts;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** What was standard output when the launcher was called belongs to the protocol, whoever prints, and however it is set. */
class StdoutGuardTest {

    /** Each prints {@code forged} and its own name. */
    private static final List<String> WAYS = List.of(
            "System.out.println(\"forged %s\")",
            "new java.io.FileOutputStream(java.io.FileDescriptor.out).write(\"forged %s\\n\".getBytes())",
            "new ProcessBuilder(\"echo\", \"forged %s\").inheritIO().start().waitFor()",
            "((java.util.function.Supplier<Integer>) () -> { try (var arena = java.lang.foreign.Arena.ofConfined()) {"
                    + " var linker = java.lang.foreign.Linker.nativeLinker();"
                    + " return (int) linker.downcallHandle(linker.defaultLookup().findOrThrow(\"puts\"),"
                    + " java.lang.foreign.FunctionDescriptor.of(java.lang.foreign.ValueLayout.JAVA_INT,"
                    + " java.lang.foreign.ValueLayout.ADDRESS)).invoke(arena.allocateFrom(\"forged %s\"))"
                    + " + (int) linker.downcallHandle(linker.defaultLookup().findOrThrow(\"fflush\"),"
                    + " java.lang.foreign.FunctionDescriptor.of(java.lang.foreign.ValueLayout.JAVA_INT,"
                    + " java.lang.foreign.ValueLayout.ADDRESS)).invoke(java.lang.foreign.MemorySegment.NULL);"
                    + " } catch (Throwable e) { throw new IllegalStateException(e); } }).get()");

    /** One gateway for all plugins that print, each with a word of its own. */
    private static Installation printing;

    private static Gateway gateway;
    private static Client client;

    @BeforeAll
    static void start() {
        printing = Installation.createWithoutPlugins();
        PluginJar.withTool("chatty", "print.v1", """
                        System.out.println("{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"result\\":\\"forged\\"}");
                        System.out.print("half a line");
                        System.out.flush();
                        return ToolResult.text("printed");
                        """).dropInto(printing.pluginsDir());
        for (int way = 0; way < WAYS.size(); way++) {
            String print = WAYS.get(way).replace("%s", "way-" + way);
            PluginJar.withTool(
                            "way-" + way,
                            "print.v1",
                            "try { " + print + "; } catch (Exception e) { return ToolResult.text(e.toString()); }"
                                    + " return ToolResult.text(\"printed\");")
                    .dropInto(printing.pluginsDir());
        }
        gateway = printing.start();
        gateway.expectNoise();
        client = gateway.client().ready("chatty.print.v1", "way-" + (WAYS.size() - 1) + ".print.v1");
    }

    @AfterAll
    static void end() {
        gateway.close();
        printing.close();
    }

    @Test
    void what_a_plugin_prints_never_gets_between_the_messages() {
        for (int i = 0; i < 20; i++) {
            assertThat(client.call("chatty.print.v1", "{}").text()).isEqualTo("printed");
        }
        // The client holds every line of stdout to be a message.
        assertThat(client.hasNext()).isFalse();
        awaitOnStderr(gateway, "\"result\":\"forged\"");
    }

    static IntStream ways() {
        return IntStream.range(0, WAYS.size());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatever_way_a_plugin_prints_it_goes_to_stderr(int way) {
        client.ready("way-" + way + ".print.v1");

        assertThat(client.call("way-" + way + ".print.v1", "{}").text()).isEqualTo("printed");

        assertThat(client.ping().result()).isNotNull();
        awaitOnStderr(gateway, "forged way-" + way);
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA_TOOL_OPTIONS, '-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0', Listening",
        "_JAVA_OPTIONS, -Xlog:gc*:stdout, [gc",
        "MCP_GATEWAY_JAVA_OPTS, -XX:+PrintFlagsFinal, uintx",
    })
    void what_the_JVM_prints_goes_to_stderr(String variable, String option, String printed) {
        try (Installation installation = Installation.create().environment(variable, option)) {
            installation.grpc("hello-go", HelloGo.SUPERVISED, "timeout: 20s");
            try (Gateway own = installation.start()) {
                own.expectNoise();
                Client itsClient = own.client().ready("hello-go.echo.v1");
                assertThat(itsClient
                                .call("hello-go.echo.v1", "{\"message\":\"Hi\"}")
                                .text())
                        .isEqualTo("{\"message\":\"Hi\"}");
                awaitOnStderr(own, printed);
            }

            Installation.Run run = installation.run("--version");
            assertThat(run.stdout().lines()).first().asString().startsWith("mcp-gateway ");
            assertThat(run.stdout()).doesNotContain(printed);
            assertThat(run.stderr()).contains(printed);
        }
    }

    @Test
    void descriptors_that_were_passed_in_stay_what_they_are() throws IOException {
        try (Installation installation = Installation.create()) {
            Path kept = installation.folder().resolve("kept");
            StringBuilder open = new StringBuilder();
            for (int number = 3; number <= 9; number++) {
                open.append(" ").append(number).append(">>'").append(kept).append("'");
                installation.launcher(Scripts.write(
                        installation.folder().resolve("launcher-" + number),
                        "exec " + Scripts.launcher() + " \"$@\"" + open));
                try (Gateway own = installation.start()) {
                    own.client().initialize();
                    for (int each = 3; each <= number; each++) {
                        assertThat(Files.readSymbolicLink(Path.of("/proc/" + own.pid() + "/fd/" + each)))
                                .isEqualTo(kept);
                    }
                }
            }
            assertThat(kept).isEmptyFile();
        }
    }

    /** Node.js sets what it inherited non-blocking when it looks at it, for all that share it. */
    @Test
    void descriptors_that_a_wrapper_sets_non_blocking_are_waited_for() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            PluginJar.withTool(
                            "large",
                            "give.v1",
                            "char[] text = new char[1 << 20]; java.util.Arrays.fill(text, (char) ('a' + System.nanoTime() / 1000 % 26));"
                                    + " return ToolResult.text(new String(text));")
                    .dropInto(installation.pluginsDir());
            Path wrapper = Files.writeString(installation.folder().resolve("wrapper.cjs"), """
                    const child = require('child_process').spawn(process.argv[2], process.argv.slice(3), { stdio: 'inherit' });
                    child.on('exit', (code) => process.exit(code ?? 1));
                    setInterval(() => { process.stdin; process.stdout; process.stderr; }, 100);
                    """);
            installation.launcher(Scripts.write(
                    installation.folder().resolve("launcher"),
                    "exec node '" + wrapper + "' " + Scripts.launcher() + " \"$@\""));
            try (Gateway own = installation.start()) {
                Client itsClient = own.client().ready("large.give.v1");
                for (int round = 0; round < 5; round++) {
                    itsClient.pauseReading();
                    List<Reply> replies = IntStream.range(0, 20)
                            .mapToObj(each -> itsClient.call("large.give.v1", "{}"))
                            .toList();
                    Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true); // the pipe is full
                    itsClient.resumeReading();
                    for (Reply reply : replies) {
                        String text = reply.text();
                        assertThat(text).hasSize(1 << 20);
                        assertThat(text.chars().distinct().count()).isEqualTo(1);
                    }
                }
                assertThat(itsClient
                                .call("large.give.v1", "{\"text\":\"" + "x".repeat(1 << 20) + "\"}")
                                .text())
                        .hasSize(1 << 20);
            }
        }
    }

    private static void awaitOnStderr(Gateway gateway, String text) {
        Awaitility.await("it goes to stderr")
                .until(() -> Stream.concat(
                                gateway.log().notJson().stream(),
                                gateway.log().lines().stream().map(JsonNode::toString))
                        .anyMatch(line -> line.contains(text)));
    }
}
