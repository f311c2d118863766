// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.api.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JsonValueTest {

    private static final int DEPTH = 64;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1.0,\"b\":1e2,\"c\":-0,\"d\":100000000000000000000.10,\"e\":1E-7}",
                "[\"\\u0041\\/\\u00e9é\",\"\\ud83d\\ude00\"]",
                " { \"spaced\" :  [ ] }\t"
            })
    void numbers_strings_and_spaces_keep_their_spelling(String text) throws JsonFault {
        JsonValue value = parse(text);

        assertThat(value).hasToString(text);
        assertThat(onOneLine(value)).isEqualTo(text);
        assertThat(value.utf8()).isEqualTo(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    @Test
    void line_breaks_between_tokens_are_taken_out_and_those_within_strings_are_not_there() throws JsonFault {
        JsonValue value = parse("{\r\n  \"a\":\n  [1,\r2],\n  \"b\": \"x\\ny\"\n}\n");

        assertThat(onOneLine(value)).isEqualTo("{  \"a\":  [1,2],  \"b\": \"x\\ny\"}");
        assertThat(onOneLine(parse(onOneLine(value))))
                .as("what is left is the same JSON")
                .isEqualTo(onOneLine(value));
    }

    @Test
    void compact_is_without_the_white_space_between_tokens_and_with_that_in_strings() throws JsonFault {
        JsonValue value = parse("{ \"a b\" :\n\t[ 1.0 , \"x \\\" y\\\\\" ,\r\n true ] }\n");
        Utf8Writer out = new Utf8Writer(4);

        value.writeCompact(out);

        assertThat(text(out)).isEqualTo("{\"a b\":[1.0,\"x \\\" y\\\\\",true]}");
    }

    @Test
    void as_the_contents_of_a_string_it_reads_back_as_itself() throws JsonFault {
        JsonValue value = parse("{\"quote\":\"\\\"\\\\\",\n\t\"é\":\"世😀\"}");
        Utf8Writer out = new Utf8Writer(8).raw('"');
        value.writeQuoted(out);
        out.raw('"');

        assertThat(parse(text(out)).tree().stringValue()).isEqualTo(onOneLine(value));
    }

    @Test
    void it_stands_for_its_own_part_of_a_longer_text() throws JsonFault {
        byte[] message = "{\"arguments\":{\"a\":[1]},\"more\":2}".getBytes(UTF_8);

        JsonValue arguments = JsonValue.parse(message, 13, 22, DEPTH);

        assertThat(arguments).hasToString("{\"a\":[1]}");
        assertThat(arguments.length()).isEqualTo(9);
        assertThat(arguments.utf8().remaining()).isEqualTo(9);
        assertThat(arguments.utf8().position()).isZero();
        assertThat(arguments.depth()).isEqualTo(2);
    }

    @Test
    void the_plain_view_has_the_types_that_the_API_promises() throws JsonFault {
        JsonValue value = parse("{\"long\":9223372036854775807,\"big\":9223372036854775808,\"decimal\":1.50,"
                + "\"float\":1e2,\"text\":\"\\u0041\",\"truth\":true,\"none\":null,\"list\":[],\"zero\":-0}");

        assertThat(value.object())
                .containsExactly(
                        Map.entry("long", Long.MAX_VALUE),
                        Map.entry("big", BigInteger.TWO.pow(63)),
                        Map.entry("decimal", new BigDecimal("1.50")),
                        Map.entry("float", new BigDecimal("1E+2")),
                        Map.entry("text", "A"),
                        Map.entry("truth", true),
                        Map.entry("none", Json.NULL),
                        Map.entry("list", List.of()),
                        Map.entry("zero", 0L));
        assertThatThrownBy(() -> value.object().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(value.value()).isSameAs(value.value());
    }

    @Test
    void what_a_plugin_wrote_goes_through_the_parser() throws JsonFault {
        JsonValue value = JsonValue.parse(Json.of(Map.of("a", List.of(1, "two"))), DEPTH);

        assertThat(value).hasToString("{\"a\":[1,\"two\"]}");
        assertThatThrownBy(() -> JsonValue.parse(Json.ofUtf8("{\"a\":}".getBytes(UTF_8)), DEPTH))
                .isInstanceOf(JsonFault.class);
    }

    @Test
    void a_buffer_may_be_of_any_kind_and_begin_anywhere() throws JsonFault {
        byte[] padded = "--[1]--".getBytes(UTF_8);
        ByteBuffer direct = ByteBuffer.allocateDirect(padded.length).put(padded).flip();

        for (ByteBuffer buffer : List.of(
                ByteBuffer.wrap(padded).position(2).limit(5),
                ByteBuffer.wrap(padded).asReadOnlyBuffer().position(2).limit(5),
                direct.position(2).limit(5))) {
            JsonValue value = JsonValue.parse(Json.ofUtf8(buffer), DEPTH);

            assertThat(value).hasToString("[1]");
        }
    }

    @Test
    void what_was_parsed_once_is_not_parsed_again() throws JsonFault {
        JsonValue value = parse("{}");

        assertThat(JsonValue.parse(value, DEPTH)).isSameAs(value);
    }

    @Test
    void depth_counts_arrays_and_objects_in_one_another() throws JsonFault {
        assertThat(parse("1").depth()).isZero();
        assertThat(parse("[]").depth()).isEqualTo(1);
        assertThat(parse("{\"a\":[{}],\"b\":1}").depth()).isEqualTo(3);
        assertThat(JsonValue.emptyObject().depth()).isEqualTo(1);
        assertThat(JsonValue.emptyObject()).hasToString("{}");
    }

    @Test
    void a_tree_that_was_dropped_is_made_again_for_each_who_asks_and_kept_for_none() throws JsonFault {
        JsonValue value = parse("{\"a\":[1.0,{\"b\":null}]}");
        JsonNode before = value.tree();
        assertThat(value.tree()).isSameAs(before);

        value.dropTree();

        assertThat(value.tree()).isEqualTo(before).isNotSameAs(before);
        assertThat(value.tree()).isNotSameAs(value.tree());
        assertThat(value.depth()).isEqualTo(3);
        assertThat(value.object()).containsOnlyKeys("a");
        assertThat(value).hasToString("{\"a\":[1.0,{\"b\":null}]}");
    }

    @Test
    void what_is_detached_says_the_same_in_bytes_of_its_own() throws JsonFault {
        byte[] message = "{\"arguments\":{\"a\":[1]},\"more\":2}".getBytes(UTF_8);

        JsonValue detached = JsonValue.parse(message, 13, 22, DEPTH).detached();

        assertThat(detached.utf8().array()).hasSize(9);
        assertThat(detached).hasToString("{\"a\":[1]}");
        assertThat(detached.tree().path("a").path(0).intValue()).isEqualTo(1);
    }

    private static String onOneLine(JsonValue value) {
        Utf8Writer out = new Utf8Writer(4);
        value.writeOnOneLine(out);
        return text(out);
    }

    private static String text(Utf8Writer out) {
        return new String(Arrays.copyOf(out.buffer(), out.length()), UTF_8);
    }

    private static JsonValue parse(String text) throws JsonFault {
        byte[] bytes = text.getBytes(UTF_8);
        return JsonValue.parse(bytes, 0, bytes.length, DEPTH);
    }
}
