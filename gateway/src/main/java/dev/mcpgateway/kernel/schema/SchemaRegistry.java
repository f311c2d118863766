package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.resource.SchemaLoader;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The schemas of one provider, compiled; dropped with it. Thread-safe.
 *
 * <p>A schema is known by its own text, never by its {@code $id}, and lives in a world of its own: two schemas cannot
 * reach each other, whatever they call themselves.
 */
public final class SchemaRegistry {

    /** Bytes of UTF-8 that a schema may have. */
    public static final int MAX_BYTES = 256 * 1024;

    // Two for each of 10,000 tools, and room for what a provider changes at run time.
    private static final int CAPACITY = 32_768;

    private static final SchemaLoader NOTHING =
            SchemaLoader.builder().allow(address -> false).build();

    private final Map<JsonNode, CompiledSchema> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JsonNode, CompiledSchema> eldest) {
            return size() > CAPACITY;
        }
    };

    /**
     * Compiles a schema of draft 2020-12, or finds it compiled.
     *
     * @param schema not changed any more
     * @param utf8Length the length of its text in bytes
     * @throws SchemaRefusedException when it is not an object, does not conform to the metaschema, refers to anything
     *     outside itself or back to itself without end, has a pattern that is no regular expression, or is too large
     */
    public CompiledSchema compile(JsonNode schema, int utf8Length) throws SchemaRefusedException {
        if (utf8Length > MAX_BYTES) {
            throw Refusal.at("", "has " + utf8Length + " bytes, more than the limit of " + MAX_BYTES);
        }
        if (!schema.isObject()) {
            throw Refusal.at("", "must be an object");
        }
        synchronized (known) {
            CompiledSchema compiled = known.get(schema);
            if (compiled != null) {
                return compiled;
            }
        }
        CompiledSchema compiled = compileWithAnyRoot(schema);
        synchronized (known) {
            known.put(schema, compiled);
        }
        return compiled;
    }

    /** Loads what compiling and checking need, which takes some tens of milliseconds the first time, ahead of need. */
    public static void warmUp() {
        try {
            compileWithAnyRoot(JsonNodeFactory.instance.objectNode().put("type", "object"))
                    .validate(JsonNodeFactory.instance.arrayNode());
        } catch (SchemaRefusedException e) {
            throw new AssertionError(e);
        }
    }

    /** Without the rule that a schema is an object: for tests of everything else. */
    static CompiledSchema compileWithAnyRoot(JsonNode schema) throws SchemaRefusedException {
        try {
            Inspection inspection = Inspection.of(schema);
            Schema compiled = library(inspection.patterns()).getSchema(SchemaLocation.DOCUMENT, schema);
            compiled.initializeValidators();
            return new CompiledSchema(
                    compiled,
                    !inspection.patterns().isEmpty(),
                    Flow.isCheap(inspection.positions()),
                    schema.path("type").asString("").equals("object"));
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
