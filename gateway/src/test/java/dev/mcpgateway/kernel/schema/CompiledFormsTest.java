// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the library makes of schemas, and how long that is kept. */
class CompiledFormsTest {

    @Test
    void what_was_not_used_for_longest_goes_first_and_is_made_again() throws SchemaRefusedException {
        CompiledSchema one = Parsed.schema("{'const':1}");
        CompiledSchema two = Parsed.schema("{'const':2}");
        CompiledSchema three = Parsed.schema("{'const':3}");
        CompiledForms forms = new CompiledForms(2 * one.weight());

        Schema first = forms.of(one);
        Schema second = forms.of(two);
        assertThat(forms.of(one)).isSameAs(first);
        forms.of(three);

        assertThat(forms.has(one.key())).isTrue();
        assertThat(forms.has(two.key())).isFalse();
        assertThat(forms.has(three.key())).isTrue();
        assertThat(forms.of(two)).isNotSameAs(second);
    }

    @Test
    void schemas_of_one_text_share_what_is_made_of_them() throws SchemaRefusedException {
        CompiledForms forms = new CompiledForms(1_000_000);

        Schema made = forms.of(Parsed.schema("{'const':'shared'}"));

        assertThat(forms.of(Parsed.schema("{'const':'shared'}"))).isSameAs(made);
        assertThat(forms.of(Parsed.schema("{'const':'other'}"))).isNotSameAs(made);
    }

    @Test
    void one_that_is_larger_than_all_there_may_be_is_used_and_not_kept() throws SchemaRefusedException {
        CompiledSchema large = Parsed.schema("{'const':'large'}");
        CompiledForms forms = new CompiledForms(1);

        assertThat(forms.of(large)).isNotNull();
        assertThat(forms.has(large.key())).isFalse();
    }

    @Test
    void a_schema_that_was_inspected_is_not_compiled_before_its_first_check() {
        CompiledSchema schema = Parsed.schema("{'const':'not checked by yet'}");
        assertThat(schema.isCompiled()).isFalse();

        assertThat(schema.validate(Parsed.json("1"))).hasSize(1);

        assertThat(schema.isCompiled()).isTrue();
    }

    /** Whatever passes the inspection can be compiled: nobody hears of it later. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'maxLength':1e300,'minLength':1e300,'maxItems':1e300,'minContains':1e300,'maxProperties':1e300}",
                "{'maxLength':99999999999999999999,'minItems':99999999999999999999,'contains':{},'maxContains':1e99}",
                "{'maximum':1e9999,'exclusiveMinimum':-1e9999,'multipleOf':1e-9999}",
                "{'type':[]}",
                "{'enum':[],'const':[],'required':[],'properties':{},'dependentRequired':{},'examples':[]}",
                "{'enum':[1e9999,[1e9999],{'a':1e9999}],'const':1e9999}",
                "{'$id':'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66','$anchor':'a','$ref':'#a'}",
                "{'$id':'//host/p?q','$defs':{'a':{'$id':'x/../y','type':'string'}},'properties':{'a':{'$ref':'y'}}}",
                "{'$id':'a%20b','$vocabulary':{'https://example.com/v':true},'$comment':'c'}",
                "{'dependencies':{'a':['b'],'c':{}},'definitions':{'':{},'/':{},'~':{}}}",
                "{'$dynamicAnchor':'a','$dynamicRef':'#a','$defs':{'b':{'$dynamicAnchor':'b'}}}",
                "{'if':true,'then':false,'else':{},'not':{},'propertyNames':true,'unevaluatedItems':false}",
                "{'patternProperties':{'':{},'^(?!a)':false},'pattern':'','contentSchema':{'type':'string'}}",
                "{'id':'http://example.com/x','nullable':true,'discriminator':{},'format':'regex','readOnly':true}"
            })
    void what_is_odd_and_passes_the_inspection_is_compiled(String schema) {
        try {
            CompiledSchema inspected = Parsed.schema(schema);
            for (String value : List.of("1", "'a'", "[1]", "{'a':1}", "null", "true", "1e9999")) {
                assertThat(inspected.validate(Parsed.json(value)))
                        .noneMatch(each -> each.reason().startsWith("cannot be checked"));
            }
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasCauseInstanceOf(SchemaRefusedException.class);
            System.err.println(schema + ": " + refused.getCause());
        }
    }

    static Stream<Arguments> heavy() {
        return Stream.of(
                Arguments.of("small", "{'type':'object','title':'%d','properties':{'text':{'type':'string'}}}"),
                Arguments.of("empty subschemas", "{'title':'%d','allOf':[{}" + ",{}".repeat(1_990) + "]}"),
                Arguments.of(
                        "subschemas",
                        "{'title':'%d','allOf':[{}" + ",{'type':'string','minLength':1}".repeat(1_990) + "]}"),
                Arguments.of("names", "{'title':'%d','required':['a'" + names(12_000) + "]}"),
                Arguments.of("values", "{'title':'%d','enum':['a'" + names(12_000) + "]}"),
                Arguments.of("arrays", "{'title':'%d','examples':[[7000]" + ",[7000]".repeat(30_000) + "]}"),
                Arguments.of("patterns", "{'title':'%d','patternProperties':{" + patterns() + "}}"));
    }

    @ParameterizedTest(name = "{0}")
    @Tag("slow")
    @MethodSource("heavy")
    void the_weight_of_a_form_is_about_what_it_takes(String name, String schema) throws SchemaRefusedException {
        int count = name.equals("small") ? 2_000 : 20;
        List<CompiledSchema> inspected = new ArrayList<>();
        long begin = CpuTime.nanos();
        for (int i = 0; i < count; i++) {
            inspected.add(Parsed.schema(schema.formatted(i)));
        }
        Duration inspection = CpuTime.since(begin);
        CompiledForms forms = new CompiledForms(Long.MAX_VALUE);
        forms.of(Parsed.schema("{}"));
        long before = heap();
        begin = CpuTime.nanos();
        long weight = 0;
        for (CompiledSchema each : inspected) {
            forms.of(each);
            weight += each.weight();
        }
        Duration compilation = CpuTime.since(begin);
        long taken = heap() - before;

        System.err.printf(
                "%s: %d bytes each, weighed %d; inspected in %d us, compiled in %d us%n",
                name,
                taken / count,
                weight / count,
                inspection.toNanos() / 1000 / count,
                compilation.toNanos() / 1000 / count);
        assertThat(forms.has(inspected.getFirst().key())).isTrue();
        assertThat(weight).isBetween(taken / 2, taken * 8);
    }

    private static String names(int count) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < count; i++) {
            names.append(",'name").append(i).append('\'');
        }
        return names.toString();
    }

    private static String patterns() {
        StringBuilder patterns = new StringBuilder("'':true");
        for (int i = 0; i < 48; i++) {
            patterns.append(",'(a{998})")
                    .append((char) ('A' + i % 26))
                    .append(i)
                    .append("':true");
        }
        return patterns.toString();
    }

    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }
}
