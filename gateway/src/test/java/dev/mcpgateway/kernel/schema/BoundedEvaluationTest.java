// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Values and schemas that could take a check for ever: the depth, the time and the memory it may have. */
class BoundedEvaluationTest {

    private static final int ARGUMENT_DEPTH = 64;
    private static final String TOO_LONG = "takes too long to check by its schema";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'properties':{'c':{'$ref':'#'}}}",
                "{'$ref':'#/$defs/n','$defs':{'n':{'anyOf':[{'type':'object','properties':{'c':{'$ref':'#/$defs/n'}}},"
                        + "{'type':'null'}]}}}",
                "{'$ref':'#/$defs/n','$defs':{'n':{'oneOf':[{'allOf':[{'anyOf':[{'type':'object','properties':{'c':"
                        + "{'$ref':'#/$defs/m'}}}]}]},{'type':'null'}]},'m':{'allOf':[{'$ref':'#/$defs/n'}]}}}",
                "{'$dynamicAnchor':'n','type':'object','additionalProperties':{'$dynamicRef':'#n'}}"
            })
    void a_recursive_schema_goes_as_deep_as_arguments_may_be(String schema) throws Exception {
        CompiledSchema compiled = Parsed.schema(schema);
        byte[] text = nested(ARGUMENT_DEPTH).getBytes(StandardCharsets.UTF_8);

        assertThat(compiled.validate(Parsed.json(nested(ARGUMENT_DEPTH - 1)))).isEmpty();
        assertThat(compiled.validate(StrictJson.parse(text, 0, text.length, ARGUMENT_DEPTH)))
                .isEmpty();
        assertThat(onVirtualThread(() -> compiled.validate(Parsed.json(nested(ARGUMENT_DEPTH)))))
                .isEmpty();

        byte[] tooDeep = nested(ARGUMENT_DEPTH + 1).getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(JsonFault.class)
                .isThrownBy(() -> StrictJson.parse(tooDeep, 0, tooDeep.length, ARGUMENT_DEPTH));
    }

    @Test
    void a_value_far_deeper_than_the_parser_lets_through_is_refused_in_plain_words() {
        CompiledSchema compiled = Parsed.schema("{'properties':{'c':{'allOf':[{'anyOf':[{'$ref':'#'}]}]}}}");

        assertThat(compiled.validate(Parsed.json(nested(900))))
                .containsExactly(new Violation("", "is nested too deep to be checked by its schema"));
    }

    @Test
    void a_stack_that_is_too_small_is_a_refusal_and_not_an_error() throws InterruptedException {
        CompiledSchema compiled = Parsed.schema("{'properties':{'c':{'allOf':[{'anyOf':[{'$ref':'#'}]}]}}}");
        JsonNode value = Parsed.json(nested(100));
        List<List<Violation>> answers = new java.util.concurrent.CopyOnWriteArrayList<>();
        Thread small = new Thread(null, () -> answers.add(compiled.validate(value)), "small-stack", 100_000);
        small.start();
        small.join();

        assertThat(answers).hasSize(1).allSatisfy(answer -> assertThat(answer).hasSizeLessThan(2));
    }

    /** {@code keyword} of two references to the next, and so on: 2^levels ways to {@code last}. */
    private static String doubling(String keyword, int levels, String last) {
        StringBuilder schema = new StringBuilder("'$ref':'#/$defs/a0','$defs':{");
        for (int i = 0; i < levels; i++) {
            String next = "{'$ref':'#/$defs/a" + (i + 1) + "'}";
            schema.append("'a" + i + "':{'" + keyword + "':[" + next + "," + next + "]},");
        }
        return schema.append("'a" + levels + "':" + last + "}").toString();
    }

    static Stream<Arguments> explosions() {
        return Stream.of(
                Arguments.of("2^28 alternatives", "{" + doubling("anyOf", 28, "{'type':'string'}") + "}", "1"),
                Arguments.of("2^28 conjuncts, all met", "{" + doubling("allOf", 28, "{'type':'string'}") + "}", "'a'"),
                Arguments.of(
                        "alternatives that recur",
                        "{'anyOf':[{'additionalProperties':{'$ref':'#'}},{'additionalProperties':{'$ref':'#'}},"
                                + "{'type':'null'}],'required':['c']}",
                        nested(40)),
                Arguments.of(
                        "unevaluated properties of alternatives",
                        "{" + doubling("anyOf", 28, "{'properties':{'a':{}}}") + ",'unevaluatedProperties':false}",
                        "{'a':1}"));
    }

    @ParameterizedTest(name = "{0}")
    @Tag("slow")
    @MethodSource("explosions")
    void a_schema_whose_cost_explodes_ends_in_a_budget_error(String name, String schema, String value) {
        CompiledSchema compiled = Parsed.schema(schema);
        JsonNode instance = Parsed.json(value);

        Duration took = Duration.ofHours(1);
        for (int i = 0; i < 3; i++) { // the first pays for the compiler too, and any of them for a busy machine
            long begin = CpuTime.nanos();
            List<Violation> violations = compiled.validate(instance);
            Duration once = CpuTime.since(begin);
            took = once.compareTo(took) < 0 ? once : took;
            assertThat(violations).containsExactly(new Violation("", TOO_LONG));
        }

        System.err.printf(
                "%s: %d ms, plain %d%n",
                name, took.toMillis(), plainStepsOfTheBudget().toMillis());
        assertThat(compiled.isCheap()).isFalse();
        assertThat(took).isLessThan(plainStepsOfTheBudget().multipliedBy(8));
    }

    /** What as many steps as the budget has take at an ordinary schema, on this machine and as busy as it is now. */
    private static Duration plainStepsOfTheBudget() {
        int values = 1_000_000; // two steps each
        CompiledSchema plain = Parsed.schema("{'items':{'type':'integer'}}");
        JsonNode integers = Parsed.json("[" + "1,".repeat(values - 1) + "1]");
        long begin = CpuTime.nanos();
        assertThat(plain.validate(integers)).isEmpty();
        return CpuTime.since(begin);
    }

    @Test
    @Tag("slow")
    void a_schema_of_a_million_alternatives_is_judged_in_time_or_ends_in_a_budget_error() {
        CompiledSchema compiled = Parsed.schema("{" + doubling("anyOf", 20, "{'type':'string'}") + "}");

        Duration took = Duration.ofHours(1);
        for (int i = 0; i < 3; i++) {
            long begin = CpuTime.nanos();
            List<Violation> violations = compiled.validate(Parsed.json("1"));
            Duration once = CpuTime.since(begin);
            took = once.compareTo(took) < 0 ? once : took;
            assertThat(violations).hasSize(1);
        }

        System.err.printf("2^20 alternatives: %d ms%n", took.toMillis());
        assertThat(took).isLessThan(plainStepsOfTheBudget().multipliedBy(8));
    }

    @Test
    void a_million_errors_are_neither_kept_nor_looked_for() {
        assertThat(Parsed.schema("{" + doubling("allOf", 20, "{'type':'string'}") + "}")
                        .validate(Parsed.json("1")))
                .hasSize(5)
                .containsOnly(new Violation("", "must be a string, is an integer"));
    }

    @Test
    @Tag("slow")
    void a_large_value_is_given_the_time_its_size_needs() {
        CompiledSchema compiled = Parsed.schema("{'items':{'anyOf':[{'pattern':'^[a-z]+$'},{'multipleOf':3}]}}");
        StringBuilder value = new StringBuilder("['abc'");
        while (value.length() < 5_000_000) {
            value.append(",'abcdefghi',33");
        }

        assertThat(compiled.validate(Parsed.json(value + "]"))).isEmpty();
    }

    @Test
    void equal_items_are_found_in_time_also_where_all_strings_have_one_hash() {
        CompiledSchema compiled = Parsed.schema("{'uniqueItems':true}");
        StringBuilder colliding = new StringBuilder("['x'");
        for (int i = 0; i < 1 << 16; i++) {
            colliding.append(",'");
            for (int bit = 0; bit < 16; bit++) {
                colliding.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            colliding.append('\'');
        }

        assertThat(compiled.validate(Parsed.json(colliding + "]"))).isEmpty();
        assertThat(compiled.validate(Parsed.json(colliding + ",'x']"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1,1.0]",
                "[{'a':1,'b':[2]},{'b':[2.0],'a':1}]",
                "[null,null]",
                "[true,true]",
                "['a','a']",
                "[[],[]]",
                "[1e2,100]"
            })
    void items_are_equal_by_value(String items) {
        assertThat(Parsed.schema("{'uniqueItems':true}").validate(Parsed.json(items)))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[1,true]", "[0,false,null,'',[],{}]", "[{'a':1},{'a':2},{'b':1}]", "[[1,2],[2,1]]", "['1',1]"})
    void items_of_other_values_and_types_differ(String items) {
        assertThat(Parsed.schema("{'uniqueItems':true}").validate(Parsed.json(items)))
                .isEmpty();
    }

    @Test
    void two_schemas_with_one_id_are_each_their_own_in_one_registry_and_in_two() throws SchemaRefusedException {
        String number = "{'$id':'https://example.com/s','$ref':'#a','$defs':{'a':{'$anchor':'a','type':'number'}}}";
        String string = number.replace("number", "string");
        SchemaRegistry one = new SchemaRegistry();
        SchemaRegistry two = new SchemaRegistry();

        for (SchemaRegistry other : List.of(one, two)) {
            CompiledSchema ofNumbers = one.inspect(Parsed.value(number));
            CompiledSchema ofStrings = other.inspect(Parsed.value(string));

            assertThat(ofNumbers.validate(Parsed.json("1"))).isEmpty();
            assertThat(ofNumbers.validate(Parsed.json("'a'"))).hasSize(1);
            assertThat(ofStrings.validate(Parsed.json("'a'"))).isEmpty();
            assertThat(ofStrings.validate(Parsed.json("1"))).hasSize(1);
        }
    }

    @Test
    void two_schemas_with_one_hash_are_each_their_own() throws SchemaRefusedException {
        JsonValue first = Parsed.value("{'const':'aA'}");
        JsonValue second = Parsed.value("{'const':'BB'}");
        assertThat(new SchemaText(first)).hasSameHashCodeAs(new SchemaText(second));
        SchemaRegistry registry = new SchemaRegistry();

        assertThat(registry.inspect(first).validate(Parsed.json("'aA'"))).isEmpty();
        assertThat(registry.inspect(second).validate(Parsed.json("'aA'"))).hasSize(1);
    }

    @Test
    void a_schema_that_is_known_is_not_inspected_again() throws SchemaRefusedException {
        SchemaRegistry registry = new SchemaRegistry();

        assertThat(registry.inspect(Parsed.value("{'type':'object'}")))
                .isSameAs(registry.inspect(Parsed.value("{'type':'object'}")));
    }

    @Test
    @Tag("slow")
    void many_threads_check_by_one_schema_at_once() throws Exception {
        CompiledSchema compiled = Parsed.schema("{'$ref':'#/$defs/n','$defs':{'n':{'type':'object','properties':{'c':"
                + "{'$ref':'#/$defs/n'},'v':{'pattern':'^a+$'}},'unevaluatedProperties':false}}}");
        JsonNode good = Parsed.json("{'c':{'c':{'v':'aa'}},'v':'a'}");
        JsonNode bad = Parsed.json("{'c':{'c':{'v':'ab','x':1}},'v':'a'}");
        List<Violation> expected = compiled.validate(bad);
        assertThat(expected).hasSize(2);

        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> checks = () -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(compiled.validate(good)).isEmpty();
                    assertThat(compiled.validate(bad)).isEqualTo(expected);
                }
                return null;
            };
            for (var done : threads.invokeAll(java.util.Collections.nCopies(16, checks))) {
                done.get();
            }
        }
    }

    private static String nested(int depth) {
        return "{\"c\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }

    private static <T> T onVirtualThread(Callable<T> work) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.submit(work).get();
        }
    }
}
