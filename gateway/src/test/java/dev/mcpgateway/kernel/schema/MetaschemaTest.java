// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Our own reading of the metaschema, against the metaschema. */
class MetaschemaTest {

    private static final Schema METASCHEMA = com.networknt.schema.SchemaRegistry.withDialect(Dialects.getDraft202012())
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

    // What we refuse beyond the metaschema.
    private static final Pattern OF_OUR_OWN = Pattern.compile(
            ".*(refers |is the same as another|is not a regular expression|must be https://json-schema.org/).*");

    private static final List<String> VALUES = List.of(
            "true",
            "false",
            "null",
            "0",
            "-0",
            "1",
            "2.0",
            "1.5",
            "-1",
            "1e2",
            "''",
            "'a'",
            "'#a'",
            "'a#'",
            "'string'",
            "'integer'",
            "'1a'",
            "'_a.b-c'",
            "[]",
            "['a']",
            "['a','a']",
            "['a','b']",
            "['string','null']",
            "['string','string']",
            "[1]",
            "[{}]",
            "[true]",
            "[{'type':1}]",
            "{}",
            "{'a':true}",
            "{'a':{}}",
            "{'a':1}",
            "{'a':['b']}",
            "{'a':['b','b']}",
            "{'a':[]}",
            "{'type':'string'}",
            "{'type':'text'}",
            "{'a':{'minLength':-1}}",
            "{'https://example.com/v':true}");

    @Test
    @Tag("slow")
    void twenty_thousand_schemas_are_judged_alike_by_the_metaschema_and_by_us() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> keywords = Shape.OF_KEYWORD.keySet().stream().sorted().toList();
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            JsonNode schema = randomSchema(random, keywords);

            boolean conforms = METASCHEMA.validate(schema).isEmpty();

            String refusal = refusal(schema);
            if (conforms ? refusal.isEmpty() || OF_OUR_OWN.matcher(refusal).matches() : !refusal.isEmpty()) {
                refused += conforms ? 0 : 1;
                continue;
            }
            throw new AssertionError("seed " + seed + ": " + schema + " conforms: " + conforms + ", but: " + refusal);
        }
        assertThat(refused).as("schemas that break the metaschema").isBetween(1_000, 19_000);
    }

    @Test
    void every_keyword_is_judged_alike_with_every_value() {
        for (String keyword : Shape.OF_KEYWORD.keySet()) {
            for (String value : VALUES) {
                ObjectNode schema = JsonNodeFactory.instance.objectNode();
                schema.set(keyword, Parsed.json(value));

                String refusal = refusal(schema);

                if (METASCHEMA.validate(schema).isEmpty()) {
                    assertThat(refusal)
                            .as(schema.toString())
                            .matches(r -> r.isEmpty() || OF_OUR_OWN.matcher(r).matches());
                } else {
                    assertThat(refusal).as(schema.toString()).isNotEmpty();
                }
            }
        }
    }

    private static JsonNode randomSchema(Random random, List<String> keywords) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            String keyword = keywords.get(random.nextInt(keywords.size()));
            JsonNode value = Parsed.json(VALUES.get(random.nextInt(VALUES.size())));
            if (random.nextInt(3) == 0) {
                ObjectNode inner = JsonNodeFactory.instance.objectNode();
                inner.set(keyword, value);
                if (random.nextBoolean()) {
                    schema.set("items", inner);
                } else {
                    schema.set(
                            "properties", JsonNodeFactory.instance.objectNode().set("type", inner));
                }
            } else {
                schema.set(keyword, value);
            }
        }
        return schema;
    }

    private static String refusal(JsonNode schema) {
        try {
            SchemaInspection.of(schema);
            return "";
        } catch (SchemaRefusedException e) {
            return e.pointer() + " " + e.reason();
        }
    }
}
