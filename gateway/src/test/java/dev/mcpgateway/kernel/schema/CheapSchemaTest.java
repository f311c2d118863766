// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What may be checked on the thread that reads. */
class CheapSchemaTest {

    private static final int LARGEST_ON_THE_READING_THREAD = 64 * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"echo.v1.input", "echo.v1.output", "sum.v1.input", "sum.v1.output"})
    void the_demo_tools_schemas_are_cheap(String name) throws IOException {
        Path file = Path.of("..", "schemas", "hello", name + ".json");

        CompiledSchema compiled = Parsed.schema(Files.readString(file));

        assertThat(compiled.isCheap()).isTrue();
        assertThat(compiled.isObjectAtRoot()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'type':'object','properties':{'a':{'enum':['x','y']},'b':{'type':['string','null'],'maxLength':10}}}",
                "{'items':{'anyOf':[{'type':'string'},{'type':'null'},{'$ref':'#/$defs/a'}]},'$defs':{'a':{'minimum':1}}}"
            })
    void ordinary_schemas_are_cheap(String schema) {
        assertThat(Parsed.schema(schema).isCheap()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'properties':{'a':{'$ref':'#'}}}",
                "{'$dynamicAnchor':'a','items':{'$dynamicRef':'#a'}}",
                "{'items':{'pattern':'a'}}",
                "{'patternProperties':{'a':{}}}",
                "{'uniqueItems':true}",
                "{'unevaluatedProperties':false}",
                "{'unevaluatedItems':false}",
                "{'contains':{}}",
                "{'propertyNames':{}}",
                "{'dependentSchemas':{'a':{}}}",
                "{'multipleOf':0.01}",
                "{'anyOf':[{},{},{},{},{},{},{},{}]}"
            })
    void what_may_cost_more_than_the_size_of_the_value_is_not(String schema) {
        assertThat(Parsed.schema(schema).isCheap()).isFalse();
    }

    @Test
    void long_lists_and_many_subschemas_are_not() {
        assertThat(Parsed.schema("{'enum':[" + "1,".repeat(64) + "2]}").isCheap())
                .isFalse();
        StringBuilder wide = new StringBuilder("{'properties':{'a':{}");
        for (int i = 0; i < 300; i++) {
            wide.append(",'p").append(i).append("':{}");
        }
        assertThat(Parsed.schema(wide + "}}").isCheap()).isFalse();
    }

    @Test
    @Tag("slow")
    void the_dearest_of_cheap_schemas_holds_the_reading_thread_for_milliseconds_only() {
        StringBuilder dear =
                new StringBuilder("{'items':{'anyOf':[{'type':'null'},{'type':'string'},{'type':'boolean'},"
                        + "{'minProperties':1},{'required':['a']},{'properties':{'p':{}");
        for (int i = 0; i < 240; i++) {
            dear.append(",'p").append(i).append("':{}");
        }
        CompiledSchema compiled = Parsed.schema(dear + "}}]}}");
        JsonNode value = Parsed.json("[" + "{},".repeat(LARGEST_ON_THE_READING_THREAD / 3 - 2) + "{}]");
        assertThat(compiled.isCheap()).isTrue();

        long best = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            long begin = CpuTime.nanos();
            assertThat(compiled.validate(value)).isEmpty();
            best = Math.min(best, CpuTime.nanos() - begin);
        }

        System.err.printf("dearest cheap schema on 64 KiB: %.1f ms%n", best / 1e6);
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'type':'array'}", "{'type':['object','null']}", "{'properties':{}}"})
    void only_the_type_object_makes_a_root_an_object(String schema) {
        assertThat(Parsed.schema(schema).isObjectAtRoot()).isFalse();
    }
}
