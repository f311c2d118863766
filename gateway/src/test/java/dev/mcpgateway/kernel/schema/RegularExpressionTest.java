// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Patterns that are known to make backtracking engines run for ever. */
class RegularExpressionTest {

    private static final int LENGTH = 100_000;
    /** Some 5 ms in truth, on a processor that nobody else wants; what explodes at this length ends in no lifetime. */
    private static final Duration LINEAR = Duration.ofMillis(500);

    private static final String REFUSED = "holds a text on which a pattern of the schema takes too long";

    @ParameterizedTest
    @Tag("slow")
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "^(a+)+$ a !",
                "^([a-zA-Z]+)*$ a !",
                "^(a|aa)+$ a !",
                "^(a|a?)+$ a !",
                "(x+x+)+y x !",
                "^(([a-z])+.)+[A-Z]([a-z])+$ a !",
                "^(\\d+)*$ 1 !",
                "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$"
                        + " a !",
                "^(?:(?:[a-z]+)+)+$ a !",
                "\\s+$ `\t` !",
                "(.+)*=(.+)* a !",
                "^(\\w+\\s?)*$ a !",
                "^((\"[^\"]*\"|[^\",]*),?)*$ a \"",
                "<!--(.|\\s)*?--> <!-- !",
                "^(([0-9a-f]+:?)+)+$ f !",
                "^(a?){30}a{30}$ a !",
                "([^/]*/)*[^/]*\\.(gif|png)$ a/ !",
                "^(0|[1-9]\\d*|[a-z-]+)(\\.(0|[1-9]\\d*|[a-z-]+))*\\+$ 1. !",
                "^(-+|a|b)*-$ - a",
                "^(?=(a+)+$)a a !",
                "^(a+)+(?!b)$ a !",
                "^(a*)*(\\1)c$ a !",
                "(?<!b)(a|a)*c a !",
            })
    void a_pattern_that_explodes_elsewhere_is_linear_here_or_refused(String pattern, String pump, String end) {
        CompiledSchema compiled = Parsed.schema("{\"pattern\":" + quoted(pattern) + "}");
        JsonNode text = JsonNodeFactory.instance.stringNode(pump.repeat(LENGTH / pump.length()) + end);

        Duration best = best(compiled, text);

        System.err.printf("%-40.40s %5.1f ms%n", pattern, best.toNanos() / 1e6);
        assertThat(best).isLessThan(LINEAR);
    }

    @Test
    @Tag("slow")
    void a_pattern_of_many_parts_takes_longer_and_still_in_proportion_to_the_text() {
        CompiledSchema compiled = Parsed.schema("{'pattern':'^(.*a){12}$'}");

        Duration shorter = best(compiled, JsonNodeFactory.instance.stringNode("a".repeat(LENGTH / 10) + "!"));
        Duration longer = best(compiled, JsonNodeFactory.instance.stringNode("a".repeat(LENGTH) + "!"));

        System.err.printf(
                "^(.*a){12}$ on 10 kB and 100 kB: %5.1f ms, %5.1f ms%n",
                shorter.toNanos() / 1e6, longer.toNanos() / 1e6);
        assertThat(longer).isLessThan(shorter.multipliedBy(3 * 10).plus(LINEAR));
    }

    private static Duration best(CompiledSchema compiled, JsonNode text) {
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < 10; i++) {
            long begin = CpuTime.nanos();
            List<Violation> violations = compiled.validate(text);
            Duration took = CpuTime.since(begin);
            best = took.compareTo(best) < 0 ? took : best;
            assertThat(violations).hasSize(1);
        }
        return best;
    }

    @Test
    void a_backtracking_pattern_that_explodes_is_refused_in_plain_words() {
        assertThat(Parsed.schema("{'pattern':'^(?=.*.*.*.*.*.*.*=)a'}")
                        .validate(Parsed.json("'" + "a".repeat(60) + "!'")))
                .containsExactly(new Violation("", REFUSED));
    }

    @Test
    void patterns_of_property_names_run_under_the_same_limits() {
        assertThat(Parsed.schema("{'patternProperties':{'^(?=.*.*.*.*.*.*.*=)a':{}}}")
                        .validate(Parsed.json("{'" + "a".repeat(60) + "!':1}")))
                .containsExactly(new Violation("", REFUSED));
    }

    @Test
    void many_texts_that_each_take_long_share_one_budget() {
        CompiledSchema compiled = Parsed.schema("{'items':{'pattern':'^(?:[a-z]{0,200}x?){0,20}$'}}");
        StringBuilder texts = new StringBuilder("['x'");
        for (int i = 0; i < 200; i++) {
            texts.append(",'").append("abcdefgh".repeat(20)).append("'");
        }
        JsonNode value = Parsed.json(texts + "]");

        long begin = CpuTime.nanos();
        List<Violation> violations = compiled.validate(value);
        Duration took = CpuTime.since(begin);

        System.err.printf("200 dear texts: %d ms, %s%n", took.toMillis(), violations);
        assertThat(took).isLessThan(Duration.ofSeconds(5)); // without a budget: minutes
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '`',
            value = {
                "^a$ a true",
                "a$ `a\n` false",
                "(?=a)a$ `a\n` false",
                "b abc true",
                "^\\p{L}+$ é true",
                "^(?!b)[[&]+$ [& true",
                "^(?!b)[^]$ x true",
                "^(?!b)\\u{1F600}$ 😀 true",
                "^\\u0061$ a true",
                "^.$ 😀 true",
                "^(a)(?:b)\\1$ aba true",
                "^\\/\\-$ /- true",
            })
    void patterns_mean_what_ECMA_262_says(String pattern, String text, boolean matches) {
        assertThat(Parsed.schema("{\"pattern\":" + quoted(pattern) + "}")
                        .validate(JsonNodeFactory.instance.stringNode(text))
                        .isEmpty())
                .isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"(a{1000}){1000}", "((a{1,30}){1,30}){1,30}", "(((((a{9}){9}){9}){9}){9}){9}", "[ab]{999}{999}"})
    void a_pattern_of_nested_repetitions_does_not_fill_the_memory(String pattern) {
        long begin = CpuTime.nanos();
        try {
            new SchemaRegistry().inspect(Parsed.value("{'pattern':'" + pattern + "'}"));
        } catch (SchemaRefusedException e) {
            assertThat(e.reason()).isEqualTo("is not a regular expression");
        }
        assertThat(CpuTime.since(begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void many_patterns_of_long_repetitions_are_refused_together() {
        StringBuilder patterns = new StringBuilder("'':true");
        for (int i = 0; i < 1_900; i++) {
            patterns.append(",'(a{998})(b{998})(c{998})(d{998})").append(i).append("':true");
        }

        long begin = CpuTime.nanos();
        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(
                        () -> new SchemaRegistry().inspect(Parsed.value("{'patternProperties':{" + patterns + "}}")))
                .withMessageContaining("is a pattern too many: with repetitions written out");
        assertThat(CpuTime.since(begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void a_pattern_of_more_than_4096_characters_is_refused() {
        assertThatExceptionOfType(SchemaRefusedException.class)
                .isThrownBy(() -> new SchemaRegistry().inspect(Parsed.value("{'pattern':'" + "a".repeat(4_097) + "'}")))
                .withMessage("/pattern is a pattern of more than 4096 characters");
    }

    @Test
    @Tag("slow")
    void a_text_of_10_MiB_is_matched_by_an_ordinary_pattern() {
        JsonNode text = JsonNodeFactory.instance.stringNode("a".repeat(10 * 1024 * 1024));

        assertThat(Parsed.schema("{'pattern':'^[a-z]+$'}").validate(text)).isEmpty();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
