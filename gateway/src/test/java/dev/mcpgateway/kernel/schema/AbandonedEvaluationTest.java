// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Checks whose result nobody waits for any more. */
class AbandonedEvaluationTest {

    private static final int PAYLOAD = 10_000_000;
    private static final Duration WANTED = Duration.ofMillis(100);

    static Stream<Arguments> labours() {
        String names = listed(12_000, i -> "'name" + i + "'");
        return Stream.of(
                Arguments.of(
                        "alternatives of items",
                        "{'items':{'anyOf':[" + listed(20, i -> "{'type':'string','minLength':" + i + "}")
                                + ",{'type':'integer'}]}}",
                        "[1" + ",1".repeat(PAYLOAD / 2) + "]"),
                Arguments.of(
                        "lengths of one long text",
                        "{'allOf':[" + listed(1_900, i -> "{'minLength':" + i + "}") + "]}",
                        "'" + "ж".repeat(PAYLOAD / 2) + "'"),
                Arguments.of(
                        "names that are missing",
                        "{'items':{'allOf':[" + listed(600, i -> "{'anyOf':[{'$ref':'#/$defs/n'},true]}")
                                + "]},'$defs':{'n':{'required':[" + names + "]}}}",
                        "[{}" + ",{}".repeat(PAYLOAD / 300) + "]"),
                Arguments.of(
                        "names that are there",
                        "{'items':{'allOf':[" + listed(1_900, i -> "{'$ref':'#/$defs/n'}")
                                + "]},'$defs':{'n':{'required':[" + names + "]}}}",
                        "[" + listed(50, n -> "{" + listed(12_000, i -> "'name" + i + "':1") + "}") + "]"),
                Arguments.of(
                        "values that are listed",
                        "{'allOf':[" + listed(600, i -> "{'anyOf':[{'enum':[" + i + ",[1]]},true]}") + "]}",
                        "[1" + ",1".repeat(PAYLOAD / 2) + "]"),
                Arguments.of(
                        "objects compared",
                        "{'uniqueItems':true}",
                        "[" + listed(2, n -> "{" + listed(400_000, i -> "'name" + i + "':1") + ",'n':" + n + "}")
                                + "]"),
                Arguments.of(
                        "items compared",
                        "{'uniqueItems':true}",
                        "[" + listed(PAYLOAD / 8, i -> Integer.toString(i)) + "]"),
                Arguments.of(
                        "a pattern on a long text",
                        "{'pattern':'^(([a-z])+.)+[A-Z]([a-z])+$'}",
                        "'" + "abcdefgh".repeat(PAYLOAD / 8) + "'"));
    }

    @ParameterizedTest(name = "{0}")
    @Tag("slow")
    @MethodSource("labours")
    void a_check_ends_soon_after_its_call_is_over(String name, String schema, String value) {
        CompiledSchema compiled = Parsed.schema(schema);
        JsonNode instance = Parsed.json(value);

        Duration later = Duration.ofHours(1);
        for (int i = 0; i < 4; i++) { // the first pay for the compiler too
            long begin = CpuTime.nanos();
            List<Violation> violations =
                    compiled.validate(instance, () -> CpuTime.since(begin).compareTo(WANTED) > 0);
            Duration once = CpuTime.since(begin).minus(WANTED);
            later = once.compareTo(later) < 0 ? once : later;
            if (CpuTime.since(begin).compareTo(WANTED) > 0) {
                assertThat(violations)
                        .containsExactly(
                                new Violation("", "was not checked to the end, because its call was over before"));
            }
        }

        System.err.printf("%s: ended %d ms after its call%n", name, later.toMillis());
        assertThat(later).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void a_check_whose_call_goes_on_is_finished() {
        AtomicInteger asked = new AtomicInteger();
        CompiledSchema compiled = Parsed.schema("{'items':{'anyOf':[{'type':'string'},{'type':'integer'}]}}");

        List<Violation> violations = compiled.validate(Parsed.json("[1" + ",1".repeat(100_000) + "]"), () -> {
            asked.incrementAndGet();
            return false;
        });

        assertThat(violations).isEmpty();
        assertThat(asked).hasPositiveValue();
    }

    private static String listed(int count, java.util.function.IntFunction<String> item) {
        return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(","));
    }
}
