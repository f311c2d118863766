// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The schemas of one list, inspected; schemas of equal text are one. Not thread-safe.
 *
 * <p>A schema is known by its own text, never by its {@code $id}, and lives in a world of its own: two schemas cannot
 * reach each other, whatever they call themselves.
 */
public final class SchemaRegistry {

    /** Bytes of UTF-8 that a schema may have. */
    public static final int MAX_BYTES = 256 * 1024;

    private static final int DEPTH = 64;

    private final Map<SchemaText, CompiledSchema> known = new HashMap<>();

    /**
     * Reads a schema of draft 2020-12 in full and finds out whether values can be checked by it. What it takes to check
     * them is made at the first check.
     *
     * @param schema of which only the text is kept, in bytes of its own
     * @throws SchemaRefusedException when it is not an object, does not conform to the metaschema, refers to anything
     *     outside itself or back to itself without end, has a pattern that is no regular expression, or is too large
     */
    public CompiledSchema inspect(JsonValue schema) throws SchemaRefusedException {
        if (schema.length() > MAX_BYTES) {
            throw Refusal.at("", "has " + schema.length() + " bytes, more than the limit of " + MAX_BYTES);
        }
        CompiledSchema same = known.get(new SchemaText(schema));
        if (same != null) {
            return same;
        }
        if (!schema.tree().isObject()) {
            throw Refusal.at("", "must be an object");
        }
        CompiledSchema inspected = inspectWithAnyRoot(schema);
        known.put(inspected.key(), inspected);
        return inspected;
    }

    /** Loads what compiling and checking need, which takes some tens of milliseconds the first time, ahead of need. */
    public static void warmUp() {
        byte[] any = "{\"type\":\"object\"}".getBytes(StandardCharsets.UTF_8);
        try {
            JsonValue schema = JsonValue.parse(any, 0, any.length, DEPTH);
            inspectWithAnyRoot(schema).validate(schema.tree().path("type"));
        } catch (SchemaRefusedException | JsonFault e) {
            throw new AssertionError(e);
        }
    }

    /** Without the rule that a schema is an object: for tests of everything else. */
    static CompiledSchema inspectWithAnyRoot(JsonValue schema) throws SchemaRefusedException {
        try {
            JsonNode tree = schema.tree();
            SchemaInspection inspection = SchemaInspection.of(tree);
            // A long chain of references, an unknown vocabulary: here the library refuses by rules of its own, which is
            // to be
            // heard now and not at the first check. A test looks for more of that kind.
            if (inspection.usesCoreKeywords()) {
                Compilation.of(tree, inspection);
            }
            return new CompiledSchema(schema.detached(), inspection);
        } catch (StackOverflowError e) {
            throw Refusal.at("", "is nested too deep");
        }
    }
}
