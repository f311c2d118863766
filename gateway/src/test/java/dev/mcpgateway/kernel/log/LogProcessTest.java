// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The log as an operator sees it: standard error of a real process. */
@Timeout(60)
class LogProcessTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final int FLOOD = 300_000;

    @Test
    void a_line_is_one_json_object_with_the_fields_of_the_specification() throws Exception {
        List<JsonNode> lines = linesOf("fields", Map.of());

        assertThat(lines).hasSize(2);
        JsonNode call = lines.get(0);
        assertThat(call.propertyNames())
                .containsExactlyInAnyOrder(
                        "timestamp",
                        "level",
                        "logger",
                        "message",
                        "correlation_id",
                        "provider",
                        "capability",
                        "duration_ms",
                        "outcome",
                        "file");
        assertThat(Instant.parse(call.get("timestamp").asString()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now());
        assertThat(call.get("timestamp").asString()).matches(".*:\\d\\d\\.\\d{3}Z");
        assertThat(call.get("level").asString()).isEqualTo("INFO");
        assertThat(call.get("logger").asString()).isEqualTo("call");
        assertThat(call.get("message").asString()).isEqualTo("tools/call");
        assertThat(call.get("duration_ms").isNumber()).isTrue();
        assertThat(call.get("duration_ms").toString()).isEqualTo("1.235");
        assertThat(call.get("file").asString()).isEqualTo("a.jar");
        assertThat(lines.get(1).propertyNames())
                .as("what does not apply is not written")
                .containsExactly("timestamp", "level", "logger", "message");
    }

    @Test
    @Tag("slow")
    void hostile_messages_stay_one_valid_json_line_each() throws Exception {
        List<String> raw = stderrOf("hostile", Map.of());

        assertThat(raw).hasSize(Scenarios.HOSTILE.size());
        for (int i = 0; i < raw.size(); i++) {
            String message = parse(raw.get(i)).get("message").asString();
            String given = Scenarios.HOSTILE.get(i);
            assertThat(raw.get(i).getBytes(UTF_8).length + 1).isLessThanOrEqualTo(JsonLines.LONGEST_LINE);
            if (given.length() < 1000) {
                assertThat(message).isEqualTo(given.replace("\ud83d!", "?!"));
            } else {
                assertThat(message).hasSizeGreaterThan(2000).endsWith(LineLength.MARK);
            }
        }
    }

    @Test
    @Tag("slow")
    void a_line_with_every_field_too_long_is_cut_to_the_limit() throws Exception {
        List<String> raw = stderrOf("long-fields", Map.of());

        assertThat(raw).hasSize(1);
        assertThat(raw.getFirst().getBytes(UTF_8).length + 1).isLessThanOrEqualTo(JsonLines.LONGEST_LINE);
        JsonNode line = parse(raw.getFirst());
        assertThat(line.get("message").asString()).hasSizeGreaterThan(500).endsWith(LineLength.MARK);
        assertThat(line.get("capability").asString()).endsWith(LineLength.MARK);
    }

    @Test
    @Tag("slow")
    void a_stalled_stderr_never_blocks_a_caller_and_what_was_lost_is_counted() throws Exception {
        Process process = ChildJvm.start(Scenarios.class, Map.of(), "flood");
        try (BufferedReader out = process.inputReader(UTF_8);
                BufferedReader err = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
            // Nobody reads standard error until every caller is through.
            String slowest = out.readLine();
            assertThat(Long.parseLong(slowest)).as("slowest call in ms").isLessThan(5_000);
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();

            long written = 0;
            long lost = 0;
            for (String text = err.readLine(); text != null; text = err.readLine()) {
                JsonNode line = parse(text);
                String message = line.get("message").asString();
                if (line.get("logger").asString().equals("log")) {
                    assertThat(message).contains("log lines were dropped");
                    lost += Long.parseLong(message.substring(0, message.indexOf(' ')));
                } else {
                    written++;
                }
            }
            assertThat(lost).isPositive();
            assertThat(written + lost).isEqualTo(FLOOD);
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("slow")
    void closing_gives_up_on_a_stalled_stderr_between_two_lines() throws Exception {
        Process process = ChildJvm.start(Scenarios.class, Map.of(), "close-stalled");
        try (BufferedReader err = process.errorReader(UTF_8)) {
            assertThat(err.readLine()).isNotNull(); // and what else is read with it
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            assertThat(process.waitFor(20, SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            List<String> written = err.lines().toList();
            assertThat(written).hasSizeGreaterThan(500);
            assertThat(parse(written.getLast()).get("message").asString())
                    .as("the last line is whole")
                    .startsWith("line ");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Tag("slow")
    void a_closed_stderr_costs_the_lines_and_nothing_else() throws Exception {
        Process process = ChildJvm.start(Scenarios.class, Map.of(), "closed");
        try (BufferedReader out = process.inputReader(UTF_8)) {
            process.getErrorStream().close();
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
            assertThat(out.readLine()).isEqualTo("still here");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void lines_that_waited_for_the_start_are_written_at_the_end() throws Exception {
        assertThat(messages(linesOf("never-started", Map.of()))).containsExactly("first", "second");
    }

    @Test
    @Tag("slow")
    void lines_under_the_level_are_not_written() throws Exception {
        assertThat(messages(linesOf("levels", Map.of("MCP_GATEWAY_LOG_LEVEL", "warn"))))
                .containsExactly("warn", "error");
        assertThat(messages(linesOf("levels", Map.of("MCP_GATEWAY_LOG_LEVEL", "TRACE"))))
                .containsExactly("trace", "debug", "info", "warn", "error");
        assertThat(messages(linesOf("levels", Map.of()))).containsExactly("info", "warn", "error");
    }

    @Test
    void an_unknown_level_is_named_and_info_is_used() throws Exception {
        List<String> messages = messages(linesOf("levels", Map.of("MCP_GATEWAY_LOG_LEVEL", "loud")));

        assertThat(messages).hasSize(4);
        assertThat(messages.getFirst()).contains("MCP_GATEWAY_LOG_LEVEL", "'loud'", "info is used", "trace, debug");
    }

    @Test
    void java_util_logging_and_system_loggers_write_lines_too() throws Exception {
        List<JsonNode> lines = linesOf("others", Map.of());

        assertThat(messages(lines))
                .containsExactly(
                        "channel 7 is shut down",
                        "it broke",
                        "hello from a plugin",
                        "said by the JDK",
                        "a parameter whose text cannot be made: {0}");
        assertThat(lines.get(0).get("logger").asString()).isEqualTo("io.grpc.Something");
        assertThat(lines.get(0).get("level").asString()).isEqualTo("WARN");
        assertThat(lines.get(1).get("exception").asString())
                .startsWith("java.lang.IllegalStateException: outer\n  at ")
                .contains("\ncaused by java.lang.RuntimeException: inner\n  at ");
        assertThat(lines.get(2).get("logger").asString()).isEqualTo("provider.in-process");
    }

    @Test
    void an_exception_that_throws_when_it_is_described_is_logged_all_the_same() throws Exception {
        JsonNode line = linesOf("hostile-exception", Map.of()).getFirst();

        assertThat(line.get("message").asString()).isEqualTo("caught");
        assertThat(line.get("exception").asString()).contains("could not be described further");
    }

    private static List<String> messages(List<JsonNode> lines) {
        return lines.stream().map(line -> line.get("message").asString()).toList();
    }

    private static List<JsonNode> linesOf(String scenario, Map<String, String> environment) throws Exception {
        return stderrOf(scenario, environment).stream()
                .map(LogProcessTest::parse)
                .toList();
    }

    private static List<String> stderrOf(String scenario, Map<String, String> environment) throws Exception {
        Process process = ChildJvm.start(Scenarios.class, environment, scenario);
        try {
            List<String> lines = new ArrayList<>();
            try (BufferedReader err = process.errorReader(UTF_8)) {
                for (String line = err.readLine(); line != null; line = err.readLine()) {
                    lines.add(line);
                }
            }
            assertThat(process.waitFor()).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private static JsonNode parse(String line) {
        return JSON.readTree(line);
    }

    /** The process whose standard error is read. */
    public static final class Scenarios {

        static final List<String> HOSTILE = List.of(
                "two\nlines\r\n\ttab \u0000 \u001b[31m \u007f \u0085 \u2028",
                "\"}, {\"level\":\"ERROR\"} \\ \\u0041",
                "${jndi:ldap://127.0.0.1/x} ${env:PATH} {} %s",
                "grin 😀, half a pair \ud83d!",
                "NaN",
                "",
                "x".repeat(1_000_000),
                "\u0001".repeat(100_000),
                "😀".repeat(100_000),
                "\"".repeat(16 * 1024));

        private static final Log LOG = Log.named("call");

        private Scenarios() {}

        public static void main(String[] arguments) throws IOException {
            JavaLogging.claim();
            String scenario = arguments[0];
            if (!scenario.equals("never-started")) {
                LogWriter.start();
            }
            switch (scenario) {
                case "fields" -> {
                    LOG.log(
                            Log.Level.INFO,
                            "tools/call",
                            new Fields(
                                    "c-1", "hello-go", "hello-go.echo.v1", 1_234_567, "ok", Map.of("file", "a.jar")));
                    LOG.info("plain");
                }
                case "hostile" -> HOSTILE.forEach(LOG::info);
                case "long-fields" -> {
                    String wide = "\u0002".repeat(50_000);
                    Map<String, String> extra = new TreeMap<>();
                    for (int i = 0; i < 50; i++) {
                        extra.put("extra" + i, wide);
                    }
                    Fields fields = new Fields(wide, wide, wide, 1, wide, extra);
                    Log.named(wide).failure(Log.Level.ERROR, wide, fields, new IllegalStateException(wide));
                }
                case "flood" -> flood();
                case "close-stalled" -> {
                    LogWriter.start();
                    for (int i = 0; i < FLOOD; i++) {
                        LOG.info("line " + i);
                    }
                    int ignored = System.in.read();
                    LogWriter.close(Duration.ofMillis(300));
                    return;
                }
                case "closed" -> {
                    int ignored = System.in.read();
                    for (int i = 0; i < 10_000; i++) {
                        LOG.info("line " + i);
                    }
                    LogWriter.close(Duration.ofSeconds(10));
                    System.out.println("still here");
                    return;
                }
                case "never-started" -> {
                    LOG.info("first");
                    LOG.info("second");
                }
                case "levels" -> {
                    LOG.trace("trace");
                    LOG.debug("debug");
                    LOG.info("info");
                    LOG.warn("warn");
                    LOG.error("error");
                }
                case "others" -> others();
                case "hostile-exception" ->
                    LOG.failure(Log.Level.ERROR, "caught", Fields.NONE, new RuntimeException() {
                        @Override
                        public String getMessage() {
                            throw new StackOverflowError();
                        }
                    });
                default -> throw new IllegalArgumentException(scenario);
            }
            LogWriter.close(Duration.ofSeconds(10));
        }

        private static void flood() throws IOException {
            long slowest = 0;
            for (int i = 0; i < FLOOD; i++) {
                long start = System.nanoTime();
                LOG.info("line " + i);
                slowest = Math.max(slowest, System.nanoTime() - start);
            }
            System.out.println(slowest / 1_000_000);
            int ignored = System.in.read();
        }

        private static void others() {
            Logger library = Logger.getLogger("io.grpc.Something");
            library.log(Level.WARNING, "channel {0} is shut down", 7);
            library.info("not worth a line");
            library.log(Level.SEVERE, "it broke", new IllegalStateException("outer", new RuntimeException("inner")));
            System.Logger plugin = Log.named("provider.in-process").asSystemLogger();
            plugin.log(System.Logger.Level.INFO, "hello from {0}", "a plugin");
            plugin.log(System.Logger.Level.DEBUG, "not worth a line");
            System.getLogger("jdk.something").log(System.Logger.Level.INFO, "not worth a line");
            System.getLogger("jdk.something").log(System.Logger.Level.WARNING, "said by the JDK");
            plugin.log(System.Logger.Level.WARNING, "a parameter whose text cannot be made: {0}", new Object() {
                @Override
                public String toString() {
                    throw new StackOverflowError();
                }
            });
        }
    }
}
