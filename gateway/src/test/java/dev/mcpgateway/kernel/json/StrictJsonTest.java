// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mcpgateway.kernel.json.JsonFault.Kind;
import java.nio.charset.Charset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    private static final int DEPTH = 64;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "0",
                "-0",
                "1.0",
                "1e2",
                "1E+2",
                "-0.1e-2",
                "\"\"",
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
                "true",
                "false",
                "null",
                " \t\r\n[ 1 , { \"a\" : null } ] \n",
                "\"\u007f\u00e9\u4e16\ud83d\ude00\"",
                "\"\\ud83d\\ude00\"",
                "{\"a\":1,\"A\":2}"
            })
    void is_JSON(String text) throws JsonFault {
        assertThat(parse(text).isMissingNode()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[1,",
                "[1,]",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\" 1}",
                "[1 2]",
                "01",
                "+1",
                ".5",
                "1.",
                "1e",
                "0x10",
                "NaN",
                "Infinity",
                "-Infinity",
                "TRUE",
                "nul",
                "\"a",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "// note\n1",
                "/* note */ 1",
                "# note\n1",
                "1 2",
                "{}{}",
                "{} x",
                "[]]",
                "hello"
            })
    void is_not_JSON(String text) {
        assertThat(fault(text).kind()).isEqualTo(Kind.SYNTAX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r\n\t "})
    void nothing_is_not_JSON_either(String text) {
        assertThat(fault(text)).hasMessage("nothing there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"a\":x}|5", "[1,2,}|5", "{\"jsonrpc\":\"2.0\",\"id\":1,|24", "\"é\u0001\"|3"})
    void a_parse_error_names_the_byte(String text, int at) {
        assertThat(fault(text).text()).matches("Parse error at byte (" + at + "|" + (at + 1) + ")");
    }

    @Test
    void text_behind_the_value_is_named_by_its_first_byte() {
        assertThat(fault("{} {}")).hasMessage("Parse error at byte 3: text behind the value");
    }

    @ParameterizedTest
    @CsvSource({
        "22c08022, 1", // NUL in two bytes
        "22c1bf22, 1", // DEL in two
        "22e08080 22, 1", // NUL in three
        "22f0808080 22, 1", // NUL in four
        "22eda080 22, 1", // a surrogate
        "22eda0bdedb880 22, 1", // a pair of them (CESU-8)
        "22f4908080 22, 1", // beyond U+10FFFF
        "22f888808080 22, 1", // five bytes
        "22ff22, 1",
        "2280 22, 1", // a continuation without a beginning
        "22c3 22, 1", // a beginning without a continuation
        "2261c3a9e4b8 22, 4",
        "22e4b8, 1" // ends within a character
    })
    void bytes_that_are_not_UTF_8_are_refused_by_their_place(String hex, int at) {
        byte[] text = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThatThrownBy(() -> StrictJson.parse(text, 0, text.length, DEPTH))
                .isInstanceOf(JsonFault.class)
                .hasMessage("Parse error at byte " + at + ": not UTF-8");
    }

    @Test
    void the_place_is_counted_from_where_the_text_begins() {
        byte[] text = "xxxx\"\u00ff\"".getBytes(ISO_8859_1);

        assertThatThrownBy(() -> StrictJson.parse(text, 4, text.length, DEPTH))
                .hasMessage("Parse error at byte 1: not UTF-8");
    }

    @Test
    void bytes_that_are_not_UTF_8_are_found_behind_the_first_8_KiB_too() {
        byte[] text = ("\"" + "é".repeat(10_000) + "\u00ff\"").getBytes(UTF_8);
        text[20_001] = (byte) 0xff;

        assertThatThrownBy(() -> StrictJson.parse(text, 0, text.length, DEPTH))
                .hasMessage("Parse error at byte 20001: not UTF-8");
    }

    @Test
    void other_encodings_of_Unicode_are_not_guessed() {
        for (Charset encoding :
                new Charset[] {UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE")}) {
            for (String json : new String[] {"{}", "1", "[true]"}) {
                byte[] text = json.getBytes(encoding);
                JsonFault fault =
                        catchThrowableOfType(JsonFault.class, () -> StrictJson.parse(text, 0, text.length, DEPTH));
                assertThat(fault).as(json + " in " + encoding).isNotNull();
                assertThat(fault.kind()).isEqualTo(Kind.SYNTAX);
            }
        }
    }

    @Test
    void a_byte_order_mark_is_not_JSON() {
        assertThat(fault("\ufeff{}").text()).startsWith("Parse error at byte ");
    }

    @Test
    void depth_is_allowed_up_to_the_limit() throws JsonFault {
        assertThat(parse(nested(DEPTH)).isArray()).isTrue();
        assertThat(fault(nested(DEPTH + 1)))
                .hasMessage("nested more than 64 levels deep")
                .extracting(JsonFault::kind)
                .isEqualTo(Kind.LIMIT);
        assertThat(fault("{\"a\":".repeat(65) + "1" + "}".repeat(65))).hasMessage("nested more than 64 levels deep");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 999, 1_000, 1_001, 100_000, 1_000_000})
    void depth_without_end_is_refused_for_its_depth(int levels) {
        assertThat(fault(nested(levels))).hasMessage("nested more than 64 levels deep");
        assertThat(fault("[".repeat(levels)).text())
                .matches("nested more than 64 levels deep|Parse error at byte \\d+");
    }

    @Test
    void siblings_do_not_add_up_to_depth() throws JsonFault {
        assertThat(parse("[" + "[[]],".repeat(1_000) + "[]]").size()).isEqualTo(1_001);
    }

    @Test
    void numbers_are_allowed_up_to_1_000_characters() throws JsonFault {
        assertThat(parse("9".repeat(1_000)).isIntegralNumber()).isTrue();
        assertThat(parse("0." + "1".repeat(998)).isNumber()).isTrue();
        assertThat(fault("9".repeat(1_001)).text()).isEqualTo("a number of more than 1000 characters");
        assertThat(fault("0." + "1".repeat(999)).text()).isEqualTo("a number of more than 1000 characters");
        assertThat(fault("-" + "9".repeat(1_000)).kind()).isEqualTo(Kind.LIMIT);
        assertThat(fault("[" + "9".repeat(1_000_000) + "]").text()).isEqualTo("a number of more than 1000 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e9999", "1E+9999", "1e-9999", "1.5e0009999", "-1e9999", "0e9999"})
    void an_exponent_may_be(String number) throws JsonFault {
        assertThat(parse(number).isNumber()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e10000", "1E+10000", "1e-10000", "1e40000000", "1e-99999999999999999999", "0e10000"})
    void an_exponent_may_not_be(String number) {
        assertThat(fault(number))
                .hasMessage("an exponent beyond ±9999")
                .extracting(JsonFault::kind)
                .isEqualTo(Kind.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":null,\"b\":0,\"a\":null}",
                "{\"a\":1,\"\\u0061\":2}",
                "[{\"x\":{\"a\":[],\"a\":[]}}]"
            })
    void two_equal_keys_are_refused(String text) {
        assertThat(fault(text))
                .hasMessage("duplicate key 'a'")
                .extracting(JsonFault::kind)
                .isEqualTo(Kind.LIMIT);
    }

    @Test
    void a_long_key_is_named_by_its_beginning() {
        String key = "k".repeat(10_000);

        assertThat(fault("{\"" + key + "\":1,\"" + key + "\":2}").text())
                .isEqualTo("duplicate key '" + "k".repeat(64) + "…'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"\\ud83d\"",
                "\"\\ude00\"",
                "\"\\ude00\\ud83d\"",
                "\"\\ud83dx\\ude00\"",
                "[{\"a\":[\"\\uDBFF\"]}]"
            })
    void a_lone_surrogate_is_refused(String text) {
        assertThat(fault(text))
                .hasMessage("a lone surrogate in a string")
                .extracting(JsonFault::kind)
                .isEqualTo(Kind.LIMIT);
    }

    @Test
    void a_lone_surrogate_in_a_key_is_refused_too() {
        assertThat(fault("{\"\\ud83d\":1}")).isNotNull();
        assertThat(fault("{\"a\":{\"x\\ude00\":1}}")).isNotNull();
    }

    @Test
    void of_several_broken_limits_the_first_is_told() {
        assertThat(fault("[1e10000,{\"a\":1,\"a\":2}]")).hasMessage("an exponent beyond ±9999");
    }

    @Test
    void bad_syntax_behind_a_broken_limit_is_bad_syntax() {
        assertThat(fault("[1e10000,]").kind()).isEqualTo(Kind.SYNTAX);
    }

    @Test
    void a_fault_says_nothing_of_the_text_but_a_key() {
        assertThat(fault("[\"secret\",secret]").text()).doesNotContain("secret");
        assertThat(fault("[\"secret\\ud83d\"]").text()).doesNotContain("secret");
    }

    private static String nested(int levels) {
        return "[".repeat(levels) + "]".repeat(levels);
    }

    private static tools.jackson.databind.JsonNode parse(String text) throws JsonFault {
        byte[] bytes = text.getBytes(UTF_8);
        return StrictJson.parse(bytes, 0, bytes.length, DEPTH);
    }

    private static JsonFault fault(String text) {
        JsonFault fault = catchThrowableOfType(JsonFault.class, () -> parse(text));
        assertThat(fault)
                .as("fault in " + text.substring(0, Math.min(80, text.length())))
                .isNotNull();
        return fault;
    }
}
