// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.resource.SchemaLoader;
import dev.mcpgateway.kernel.json.JsonValue;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Makes of a schema what the validator library checks values with. Each lives in a world of its own: two schemas cannot
 * reach each other, whatever they call themselves.
 */
final class Compilation {

    private static final SchemaLoader NOTHING =
            SchemaLoader.builder().allow(address -> false).build();

    private Compilation() {}

    /** @param text of a schema that has passed {@link SchemaInspection} */
    static Schema of(JsonValue text) throws SchemaRefusedException {
        JsonNode schema = text.tree();
        return of(schema, SchemaInspection.of(schema));
    }

    static Schema of(JsonNode schema, SchemaInspection inspection) throws SchemaRefusedException {
        try {
            Schema compiled = library(inspection.patterns()).getSchema(SchemaLocation.DOCUMENT, schema);
            compiled.initializeValidators();
            return compiled;
        } catch (SchemaException e) {
            throw Refusal.at("", "cannot be compiled");
        } catch (StackOverflowError e) {
            throw Refusal.at("", "is nested too deep");
        }
    }

    private static com.networknt.schema.SchemaRegistry library(Patterns patterns) {
        SchemaRegistryConfig config = SchemaRegistryConfig.builder()
                .locale(Locale.ROOT)
                .formatAssertionsEnabled(false)
                .preloadSchema(false)
                .regularExpressionFactory(patterns)
                .build();
        return com.networknt.schema.SchemaRegistry.withDialect(
                Vocabulary.DIALECT,
                library -> library.schemaRegistryConfig(config)
                        .schemaCacheEnabled(false)
                        .schemaLoader(NOTHING));
    }
}
