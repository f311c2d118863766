// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Vitals;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What one line may be. All tests share one session, which must survive each of them. */
class StdioLinesTest {

    private static final int MESSAGE_LIMIT = 10_551_296;
    private static final long MIB = 1 << 20;

    private static Installation installation;
    private static Gateway gateway;
    private static Client client;

    private long messagesBefore;

    @BeforeAll
    static void start() {
        installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
        gateway = installation.start();
        client = gateway.client();
        // The one revision that knew batches.
        client.initialize("2025-03-26");
        client.ready("hello-go.echo.v1");
    }

    @AfterAll
    static void stop() {
        try (Installation closedLast = installation;
                Gateway closedFirst = gateway) {
            assertThat(closedFirst.isAlive()).isTrue();
            assertThat(closedLast.processes()).isNotEmpty();
        }
    }

    @BeforeEach
    void count() {
        messagesBefore = client.messages();
    }

    @AfterEach
    void the_session_goes_on() {
        assertThat(client.call("hello-go.echo.v1", "{\"message\":\"still here\"}")
                        .text())
                .isEqualTo("{\"message\":\"still here\"}");
        assertThat(client.hasNext()).as("an answer too many").isFalse();
    }

    @Test
    void half_a_message_is_a_parse_error_at_its_byte() {
        JsonNode reply = client.exchange("{\"jsonrpc\":\"2.0\",\"id\":1,");

        assertError(reply, -32700, null, "Parse error at byte 2"); // 23 or 24, counted from 0 or 1
    }

    @Test
    void text_that_is_not_json_is_a_parse_error() {
        assertError(client.exchange("hello"), -32700, null, "Parse error at byte ");
    }

    @Test
    void blank_lines_are_ignored() {
        client.send("\n   \n\t\n\r\n".getBytes(UTF_8));

        assertThat(client.ping().result()).isEmpty();
        assertThat(client.messages()).as("one answer, to the ping").isEqualTo(messagesBefore + 1);
    }

    @Test
    void a_line_may_end_in_crlf() {
        JsonNode reply = client.exchange("{\"jsonrpc\":\"2.0\",\"id\":\"crlf\",\"method\":\"ping\"}\r");

        assertThat(reply.path("id").asString()).isEqualTo("crlf");
        assertThat(reply.path("result").isObject()).isTrue();
    }

    @Test
    void bytes_that_are_not_utf8_are_a_parse_error() {
        client.send(new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, (byte) 0x28, '"', '}', '\n'});

        assertError(client.next(), -32700, null, "Parse error at byte ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]", "[1,2]"})
    void a_batch_is_refused_as_a_whole(String batch) {
        assertError(client.exchange(batch), -32600, null, "batch not supported");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "42", "\"ping\"", "true"})
    void a_message_is_an_object(String value) {
        assertError(client.exchange(value), -32600, null, "");
    }

    @ParameterizedTest
    @MethodSource
    void a_wrong_envelope_is_refused_by_the_name_of_the_field(String line, String field) {
        assertError(client.exchange(line), -32600, "\"five\"", field);
    }

    static Stream<Arguments> a_wrong_envelope_is_refused_by_the_name_of_the_field() {
        return Stream.of(
                Arguments.of("{\"id\":\"five\",\"method\":\"ping\"}", "jsonrpc"),
                Arguments.of("{\"jsonrpc\":\"1.0\",\"id\":\"five\",\"method\":\"ping\"}", "jsonrpc"),
                Arguments.of("{\"jsonrpc\":2.0,\"id\":\"five\",\"method\":\"ping\"}", "jsonrpc"),
                Arguments.of("{\"jsonrpc\":\"2.0\",\"id\":\"five\",\"method\":5}", "method"),
                Arguments.of("{\"jsonrpc\":\"2.0\",\"id\":\"five\",\"method\":\"ping\",\"params\":[]}", "params"),
                Arguments.of("{\"jsonrpc\":\"2.0\",\"id\":\"five\",\"method\":\"ping\",\"params\":7}", "params"),
                Arguments.of("{\"jsonrpc\":\"2.0\",\"id\":\"five\"}", "method"),
                Arguments.of("{\"jsonrpc\":\"2.0\",\"id\":\"five\",\"Method\":\"ping\"}", "method"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "true", "1.5", "null"})
    void an_id_is_a_string_or_an_integer(String id) {
        JsonNode reply = client.exchange("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");

        assertError(reply, -32600, null, "id");
    }

    @Test
    void a_message_of_just_the_limit_is_served() {
        client.send(pingOf(MESSAGE_LIMIT));

        JsonNode reply = client.next();
        assertThat(reply.path("id").asString()).isEqualTo("big");
        assertThat(reply.path("result").isObject()).isTrue();
    }

    @Test
    void a_message_one_byte_over_the_limit_is_refused_and_skipped() {
        client.send(pingOf(MESSAGE_LIMIT + 1));

        assertError(client.next(), -32600, null, "message exceeds 10551296 bytes");
    }

    @Test
    void a_gigabyte_without_a_line_feed_is_skipped_in_flat_memory() {
        long heapBefore = gateway.vitals().heapBytes();
        long residentBefore = Vitals.resident(gateway.pid());
        byte[] chunk = new byte[1 << 20];
        Arrays.fill(chunk, (byte) 'x');

        long heapAtWorst = 0;
        for (int mib = 0; mib < 1024; mib++) {
            client.send(chunk);
            if (mib % 256 == 128) {
                heapAtWorst = Math.max(heapAtWorst, gateway.vitals().heapBytes());
            }
        }
        client.send("\n".getBytes(UTF_8));

        assertError(client.next(Duration.ofSeconds(30)), -32600, null, "message exceeds 10551296 bytes");
        long resident = Vitals.resident(gateway.pid());
        System.out.printf(
                "1 GiB line: heap %d -> at worst %d KiB, resident %d -> %d KiB%n",
                heapBefore / 1024, heapAtWorst / 1024, residentBefore / 1024, resident / 1024);
        // What was read before it was known to be too long may be kept until the line ends.
        assertThat(heapAtWorst).isLessThan(heapBefore + 32 * MIB);
        assertThat(resident).isLessThan(residentBefore + 128 * MIB);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void hostile_json_is_refused_by_the_name_of_the_limit(String what, String line, String limit) {
        long heapBefore = gateway.vitals().heapBytes();
        long start = System.nanoTime();
        client.send(line);
        JsonNode reply = client.next();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        long heapUsed = Vitals.heap(gateway.pid()) - heapBefore;

        System.out.printf(
                "%s (%d bytes): %d ms, heap %+d KiB%n", what, line.length(), took.toMillis(), heapUsed / 1024);
        assertThat(reply.path("error").path("code").asInt()).isIn(-32600, -32700);
        assertThat(reply.path("error").path("message").asString()).contains(limit);
        assertThat(took).isLessThan(AT_ONCE);
        assertThat(heapUsed).isLessThan(100L * line.length() + 8 * MIB);
    }

    static Stream<Arguments> hostile_json_is_refused_by_the_name_of_the_limit() {
        return Stream.of(
                Arguments.of("100 deep", call("[".repeat(100) + "]".repeat(100)), "72"),
                Arguments.of("100,000 deep", call("[".repeat(100_000) + "]".repeat(100_000)), "72"),
                Arguments.of("100,000 objects deep", call("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000)), "72"),
                Arguments.of("1e40000000", call("{\"numbers\":[1e40000000]}"), "9999"),
                Arguments.of("1e-40000000", call("{\"numbers\":[1e-40000000]}"), "9999"),
                Arguments.of("a million digits", call("{\"numbers\":[" + "7".repeat(1_000_000) + "]}"), "1000"),
                Arguments.of("a million decimals", call("{\"numbers\":[0." + "7".repeat(1_000_000) + "]}"), "1000"),
                Arguments.of("a key twice", call("{\"message\":\"a\",\"message\":\"b\"}"), "message"),
                Arguments.of(
                        "a key twice in the envelope",
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}",
                        "duplicate key"),
                Arguments.of(
                        "two keys of the envelope that differ in case",
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"Method\":\"tools/list\"}",
                        "duplicate key"),
                Arguments.of(
                        "two keys of params that differ in case",
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
                                + "\"params\":{\"name\":\"hello-go.echo.v1\",\"Name\":\"x\",\"arguments\":{}}}",
                        "duplicate key"),
                Arguments.of("a lone surrogate", call("{\"message\":\"\\ud800\"}"), "urrogate"));
    }

    @Test
    void arguments_are_refused_from_65_levels_on() {
        assertThat(nested(64).result().path("isError").asBoolean())
                .as("deep enough for the schema to judge")
                .isTrue();
        assertThat(nested(65).errorCode()).isEqualTo(-32602);
        assertThat(nested(65).errorText()).contains("64");
    }

    private static dev.mcpgateway.acceptance.kit.Reply nested(int levels) {
        String arguments = "{\"message\":" + "[".repeat(levels - 1) + "]".repeat(levels - 1) + "}";
        return client.call("hello-go.echo.v1", arguments);
    }

    private static String call(String arguments) {
        return "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"tools/call\",\"params\":{\"name\":\"hello-go.echo.v1\",\"arguments\":"
                + arguments + "}}";
    }

    /** A ping whose line, without its end, is that many bytes long. */
    private static byte[] pingOf(int bytes) {
        String head = "{\"jsonrpc\":\"2.0\",\"id\":\"big\",\"method\":\"ping\",\"params\":{\"x\":\"";
        String tail = "\"}}\n";
        byte[] line = new byte[bytes + 1];
        Arrays.fill(line, (byte) 'x');
        System.arraycopy(head.getBytes(UTF_8), 0, line, 0, head.length());
        System.arraycopy(tail.getBytes(UTF_8), 0, line, line.length - tail.length(), tail.length());
        return line;
    }

    private static void assertError(
            JsonNode reply, int code, @org.jspecify.annotations.Nullable String id, String text) {
        assertThat(reply.path("error").path("code").asInt())
                .as(reply.toString())
                .isEqualTo(code);
        assertThat(reply.get("id").toString()).as(reply.toString()).isEqualTo(id == null ? "null" : id);
        assertThat(reply.path("error").path("message").asString()).contains(text);
    }
}
