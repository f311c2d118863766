// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.StrictJson;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Notification;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Refused;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Request;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingTest {

    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;

    @Test
    void a_request_has_an_id_a_method_and_params() {
        Request request = request("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\","
                + "\"params\":{\"name\":\"echo\",\"arguments\":{\"a\":[1]},\"_meta\":{\"k\":true}}}");

        assertThat(request.id()).hasToString("7");
        assertThat(request.method()).isEqualTo("tools/call");
        assertThat(request.params().members().get("name").stringValue()).isEqualTo("echo");
        assertThat(request.params().members().has("arguments")).isFalse();
        assertThat(request.params().arguments().orElseThrow()).hasToString("{\"a\":[1]}");
        assertThat(request.params().arguments().orElseThrow().depth()).isEqualTo(2);
    }

    @Test
    void the_members_may_come_in_any_order() {
        Request request = request("{\"params\":{\"arguments\":{}},\"method\":\"m\",\"id\":\"x\",\"jsonrpc\":\"2.0\"}");

        assertThat(request.id()).hasToString("\"x\"");
        assertThat(request.params().arguments().orElseThrow().depth()).isEqualTo(1);
    }

    @Test
    void arguments_keep_their_own_bytes() {
        Request request = request("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{ \"arguments\" :"
                + " {\"n\": [1.0, 1e2, -0, \"\\u0041\"] }  , \"name\":\"é\"}}");

        assertThat(request.params().arguments().orElseThrow()).hasToString("{\"n\": [1.0, 1e2, -0, \"\\u0041\"] }");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "1.5", "\"text\"", "[1]", "[]", "true"})
    void arguments_of_any_kind_are_kept_for_the_call_to_judge(String arguments) {
        Request request = request("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"arguments\":"
                + arguments + ",\"name\":\"n\"}}");

        assertThat(request.params().arguments().orElseThrow()).hasToString(arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "9007199254740993", "\"\"", "\"a\\u0062\\n\"", "\"世\""})
    void an_id_is_echoed_as_it_was_spelled(String id) {
        Utf8Writer out = new Utf8Writer(8);
        request("{\"jsonrpc\":\"2.0\",\"id\": " + id + " ,\"method\":\"m\"}")
                .id()
                .write(out);

        assertThat(new String(out.buffer(), 0, out.length(), UTF_8)).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "-7", "\"seven\"", "\"世\"", "\"quote\\\"\""})
    void a_cancellation_names_a_request_by_its_id(String id) throws JsonFault {
        byte[] text = id.getBytes(UTF_8);

        assertThat(RequestId.of(StrictJson.parse(text, 0, text.length, 1)))
                .isEqualTo(request("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":" + id + "}")
                        .id());
    }

    /** Of a large message no tree is made of what may not pass. */
    @Test
    void a_large_message_with_a_number_too_large_beside_its_arguments_is_refused() {
        String large =
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"_meta\":{\"n\":1e99999},\"arguments\":{\"a\":\""
                        + "x".repeat(100_000) + "\"}}}";

        assertThat(read(large)).isInstanceOf(Incoming.Refused.class);
    }

    @Test
    void without_an_id_it_is_a_notification() {
        Incoming incoming = read("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");

        assertThat(incoming)
                .isInstanceOfSatisfying(
                        Notification.class,
                        notification -> assertThat(notification.method()).isEqualTo("notifications/initialized"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"result | {\"a\": [1.0, {}]}", "error | {\"code\":1,\"message\":\"m\"}", "result | null"})
    void without_a_method_it_is_an_answer_with_an_id_and_a_body_in_its_own_bytes(String kind, String body) {
        Incoming incoming = read("{\"jsonrpc\":\"2.0\",\"%s\": %s ,\"id\":\"a\"}".formatted(kind, body));

        assertThat(incoming).isInstanceOfSatisfying(Response.class, answer -> {
            assertThat(answer.id()).hasToString("\"a\"");
            assertThat(answer.isError()).isEqualTo(kind.equals("error"));
            assertThat(answer.body()).hasToString(body);
        });
    }

    @Test
    void a_large_answer_has_its_body_too() {
        String body = "{\"text\":\"" + "x".repeat(100_000) + "\"}";
        Incoming incoming = read("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":" + body + "}");

        assertThat(incoming)
                .isInstanceOfSatisfying(
                        Response.class, answer -> assertThat(answer.body()).hasToString(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"Parse error\"}}",
                "{\"jsonrpc\":\"2.0\",\"error\":{}}",
                "{\"id\":1.5,\"result\":{}}",
                "{\"id\":1,\"result\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"id\":1}",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1,\"a\":2}}"
            })
    void an_answer_is_never_answered_whatever_is_wrong_with_it(String text) {
        assertThat(read(text))
                .isInstanceOfSatisfying(
                        Incoming.Dropped.class,
                        dropped -> assertThat(dropped.reason()).startsWith("an answer is ignored: "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":[1]}",
                "{\"jsonrpc\":\"1.0\",\"method\":\"m\"}",
                "{\"method\":\"m\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"method\":\"m\"}",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":1e99999}}"
            })
    void a_notification_is_never_answered_whatever_is_wrong_with_it(String text) {
        assertThat(read(text)).isInstanceOf(Incoming.Dropped.class);
    }

    @Test
    void what_could_not_be_read_to_its_end_may_have_an_id_there() {
        String deep = "[".repeat(2_000) + "]".repeat(2_000);

        assertThat(read("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"a\":" + deep + "},\"id\":7}"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void what_has_neither_an_id_nor_a_method_is_refused() {
        assertThat(refused("{\"jsonrpc\":\"2.0\",\"params\":{}}").reason()).isEqualTo("method is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"id\":null", "\"id\":1.5", "\"id\":[]"})
    void but_one_with_an_id_that_may_not_be_is_a_request(String id) {
        Refused refused = refused("{\"jsonrpc\":\"2.0\",\"method\":\"m\"," + id + "}");

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.id()).isEmpty();
    }

    @Test
    void what_is_null_was_not_given() {
        assertThat(((Request) read("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":null}")).params())
                .isEqualTo(Incoming.Params.NONE);
        for (String padding : new String[] {"", "x".repeat(100_000)}) {
            Incoming.Params params = ((Request) read("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":"
                            + "{\"_meta\":null,\"arguments\":null,\"cursor\":null,\"name\":\"n\",\"padding\":\""
                            + padding
                            + "\"}}"))
                    .params();
            assertThat(params.arguments()).isEmpty();
            assertThat(params.members().propertyNames()).containsExactly("name", "padding");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"jsonrpc\":\"2.0\",\"id\":1,", "hello", "{\"id\":1}}", "{\"id\":1} {\"id\":2}", "\u0001"})
    void what_is_not_JSON_has_no_id(String text) {
        Refused refused = refused(text);

        assertThat(refused.code()).isEqualTo(PARSE_ERROR);
        assertThat(refused.id()).isEmpty();
        assertThat(refused.reason()).startsWith("Parse error at byte ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|batch not supported: send one message a line",
                "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]|batch not supported: send one message a line",
                "null|a message must be a JSON object",
                "5|a message must be a JSON object",
                "\"ping\"|a message must be a JSON object",
                "{}|jsonrpc must be \"2.0\"",
            })
    void a_message_is_one_object(String text, String reason) {
        Refused refused = refused(text);

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.id()).isEmpty();
        assertThat(refused.reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"id\":1,\"method\":\"ping\"}|jsonrpc must be \"2.0\"",
                "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}|jsonrpc must be \"2.0\"",
                "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"ping\"}|jsonrpc must be \"2.0\"",
                "{\"jsonrpc\":\"2.0\",\"id\":1}|method is missing",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}|method must be a string",
                "{\"jsonrpc\":\"2.0\",\"method\":[[5]],\"id\":1}|method must be a string",
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":[1]}|params must be an object",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"Method\":\"n\",\"id\":1}|duplicate key",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"method\":\"m\",\"id\":1}|duplicate key",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"name\":1,\"Name\":2},\"id\":1}|duplicate key",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"arguments\":{\"a\":1,\"a\":2}},\"id\":1}|duplicate key 'a'",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"n\":1e10000},\"id\":1}|an exponent beyond",
                "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"s\":\"\\ud800\"},\"id\":1}|a lone surrogate",
            })
    void a_fault_that_leaves_it_JSON_is_told_under_its_id(String text, String reason) {
        Refused refused = refused(text);

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.id().orElseThrow()).hasToString("1");
        assertThat(refused.reason()).startsWith(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1.5", "1e3", "true", "{}", "[1]"})
    void an_id_is_a_string_or_an_integer(String id) {
        Refused refused = refused("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}");

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.id()).isEmpty();
        assertThat(refused.reason()).isEqualTo("id must be a string or an integer");
    }

    @Test
    void an_id_that_stands_twice_is_none() {
        Refused refused = refused("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}");

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.id()).isEmpty();
    }

    @Test
    void an_id_has_its_limit_too() {
        assertThat(request("{\"jsonrpc\":\"2.0\",\"id\":\"" + "x".repeat(1_022) + "\",\"method\":\"ping\"}")
                        .method())
                .isEqualTo("ping");
        assertThat(refused("{\"jsonrpc\":\"2.0\",\"id\":\"" + "x".repeat(1_023) + "\",\"method\":\"ping\"}")
                        .reason())
                .isEqualTo("id is longer than 1024 bytes");
        assertThat(refused("{\"jsonrpc\":\"2.0\",\"id\":" + "9".repeat(1_001) + ",\"method\":\"ping\"}")
                        .code())
                .isEqualTo(INVALID_REQUEST);
    }

    @Test
    void a_message_may_be_72_levels_deep() {
        String open = "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"arguments\":";
        String close = "},\"id\":1}";

        assertThat(request(open + "[".repeat(70) + "]".repeat(70) + close)
                        .params()
                        .arguments()
                        .orElseThrow()
                        .depth())
                .isEqualTo(70);
        Refused refused = refused(open + "[".repeat(71) + "]".repeat(71) + close);
        assertThat(refused.reason()).isEqualTo("nested more than 72 levels deep");
        assertThat(refused.id().orElseThrow()).hasToString("1");
    }

    @Test
    void depth_counts_in_what_nobody_reads_as_well() {
        assertThat(refused("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"extra\":" + "[".repeat(72) + "]".repeat(72)
                                + "}")
                        .reason())
                .isEqualTo("nested more than 72 levels deep");
    }

    @Test
    void depth_without_end_is_refused_for_its_depth() {
        Refused refused = refused("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"arguments\":"
                + "[".repeat(100_000) + "]".repeat(100_000) + "}}");

        assertThat(refused.code()).isEqualTo(INVALID_REQUEST);
        assertThat(refused.reason()).isEqualTo("nested more than 72 levels deep");
    }

    private static Request request(String text) {
        Incoming incoming = read(text);
        assertThat(incoming).isInstanceOf(Request.class);
        return (Request) incoming;
    }

    private static Refused refused(String text) {
        Incoming incoming = read(text);
        assertThat(incoming).isInstanceOf(Refused.class);
        return (Refused) incoming;
    }

    private static Incoming read(String text) {
        return Incoming.read(text.getBytes(UTF_8));
    }
}
