// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void an_object_is_written_in_the_order_of_its_map() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", List.of(true, false, Json.NULL));
        map.put("m", Map.of());

        assertThat(Json.of(map)).hasToString("{\"z\":1,\"a\":[true,false,null],\"m\":{}}");
    }

    @Test
    void every_scalar_can_stand_alone() {
        assertThat(Json.of("text")).hasToString("\"text\"");
        assertThat(Json.of(new StringBuilder("text"))).hasToString("\"text\"");
        assertThat(Json.of(-7)).hasToString("-7");
        assertThat(Json.of(true)).hasToString("true");
        assertThat(Json.of(Json.NULL)).hasToString("null");
        assertThat(Json.of(List.of())).hasToString("[]");
    }

    @Test
    void integers_of_every_width_become_longs_or_stay_big() {
        BigInteger beyond = BigInteger.TWO.pow(63);

        assertThat(Json.of((byte) 1).value()).isEqualTo(1L);
        assertThat(Json.of((short) 1).value()).isEqualTo(1L);
        assertThat(Json.of(1).value()).isEqualTo(1L);
        assertThat(Json.of(BigInteger.ONE).value()).isEqualTo(1L);
        assertThat(Json.of(beyond).value()).isEqualTo(beyond);
        assertThat(Json.of(beyond)).hasToString("9223372036854775808");
        assertThat(Json.of(Long.MIN_VALUE)).hasToString("-9223372036854775808");
    }

    @Test
    void fractions_become_decimals_with_the_digits_they_are_known_by() {
        assertThat(Json.of(0.1).value()).isEqualTo(new BigDecimal("0.1"));
        assertThat(Json.of(0.1f).value()).isEqualTo(new BigDecimal("0.1"));
        assertThat(Json.of(new BigDecimal("1.50"))).hasToString("1.50");
        assertThat(Json.of(1e300)).hasToString("1.0E+300");
    }

    @Test
    void what_is_written_as_an_integer_is_one() {
        assertThat(Json.of(new BigDecimal("5")).value()).isEqualTo(5L);
        assertThat(Json.of(new BigDecimal("5.0")).value()).isEqualTo(new BigDecimal("5.0"));
        assertThat(Json.of(new BigDecimal("5e1")).value()).isEqualTo(new BigDecimal("5e1"));
    }

    @Test
    void what_is_no_number_in_JSON_is_refused() {
        for (Object number :
                List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, new AtomicInteger(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Json.of(number))
                    .withMessageContaining("cannot be written as a JSON number");
        }
    }

    @Test
    void quotes_backslashes_and_control_characters_are_escaped_and_nothing_else() {
        assertThat(Json.of("\"\\/\n\u0000\u001f\u007f é 世 😀"))
                .hasToString("\"\\\"\\\\/\\u000a\\u0000\\u001f\u007f é 世 😀\"");
    }

    @Test
    void text_beyond_the_basic_plane_is_four_bytes_of_UTF_8() {
        byte[] bytes = new byte[6];
        Json.of("😀").utf8().get(bytes);

        assertThat(bytes).isEqualTo("\"😀\"".getBytes(UTF_8));
    }

    @Test
    void a_lone_surrogate_is_refused_with_its_place() {
        for (String text : List.of("ab\ud83d", "ab\ud83dx", "ab\ude00")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Json.of(text))
                    .withMessage("a lone surrogate at index 2 has no UTF-8 form");
        }
    }

    @Test
    void a_type_that_is_not_JSON_is_named_together_with_those_that_are() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.of(List.of(new Object())))
                .withMessage("a java.lang.Object is not JSON: use Map, List, String, Number, Boolean or Json.NULL");
    }

    @Test
    void keys_other_than_strings_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.of(Map.of(1, "one")))
                .withMessage("the keys of a JSON object are strings, not 1");
    }

    @Test
    void a_structure_that_contains_itself_is_refused_rather_than_followed() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.of(endless))
                .withMessage("more than 1000 levels of JSON");
    }

    @Test
    void JSON_within_JSON_is_written_as_it_stands() {
        Json inner = Json.of(Map.of("n", new BigDecimal("1.0")));

        Json outer = Json.of(List.of(inner, inner));

        assertThat(outer).hasToString("[{\"n\":1.0},{\"n\":1.0}]");
        assertThat(outer.value()).isEqualTo(List.of(inner.value(), inner.value()));
    }

    @Test
    void a_later_change_of_the_map_does_not_reach_the_JSON() {
        Map<String, Object> map = new LinkedHashMap<>(Map.of("a", 1));
        Json json = Json.of(map);

        map.put("b", 2);

        assertThat(json.object()).containsExactly(Map.entry("a", 1L));
        assertThat(json).hasToString("{\"a\":1}");
        assertThatThrownBy(() -> json.object().put("c", 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void only_an_object_can_be_taken_as_one() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Json.of(List.of()).object())
                .withMessage("this JSON value is not an object");
    }

    @Test
    void each_buffer_begins_anew() {
        Json json = Json.of("text");
        json.utf8().get();

        assertThat(json.utf8().position()).isZero();
        assertThat(json.utf8().remaining()).isEqualTo(6);
    }

    @Test
    void text_is_taken_from_the_position_of_a_buffer_to_its_limit() {
        ByteBuffer buffer = ByteBuffer.wrap("xx{}yy".getBytes(UTF_8), 2, 2);

        assertThat(Json.ofUtf8(buffer)).hasToString("{}");
        assertThat(Json.ofUtf8("[1]".getBytes(UTF_8))).hasToString("[1]");
    }

    @Test
    void text_is_not_read_here_and_so_cannot_be_nested_either() {
        Json text = Json.ofUtf8("{}".getBytes(UTF_8));

        assertThatThrownBy(text::value)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("made from text: only the gateway reads JSON");
        assertThatThrownBy(() -> Json.of(List.of(text))).isInstanceOf(UnsupportedOperationException.class);
    }
}
