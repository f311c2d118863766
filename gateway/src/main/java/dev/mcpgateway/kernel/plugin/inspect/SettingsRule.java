package dev.mcpgateway.kernel.plugin.inspect;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.SchemaRefusedException;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges settings by a schema that a jar brings; where it brings none, there may be no settings. The schema is read
 * when the first settings are, since most plugins have none. Immutable.
 */
public final class SettingsRule {

    private static final int MOST_LEVELS = 64;

    private final Optional<byte[]> schema;

    SettingsRule(Optional<byte[]> schema) {
        this.schema = schema;
    }

    /**
     * Returns the settings as the plugin is to see them: immutable, numbers as in {@link Json#value()}.
     *
     * @param where they stand, for the operator, e.g. {@code plugins.acme}
     */
    public Map<String, Object> checked(String where, Map<String, Object> given) throws PluginFault {
        if (schema.isEmpty()) {
            if (given.isEmpty()) {
                return Map.of();
            }
            throw new PluginFault(
                    Code.SETTINGS_UNKNOWN,
                    "the configuration has " + where
                            + ", but the plugin takes no settings there: remove them, or take a version that knows them");
        }
        JsonValue settings = asJson(where, given);
        List<Violation> violations = compile(where, schema.get()).validate(settings.tree());
        if (!violations.isEmpty()) {
            throw invalid(where, inWords(violations));
        }
        return settings.object();
    }

    private static JsonValue asJson(String where, Map<String, Object> given) throws PluginFault {
        try {
            return JsonValue.parse(Json.of(given), MOST_LEVELS);
        } catch (JsonFault fault) {
            throw invalid(where, fault.text());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw invalid(where, "a value that JSON does not know");
        }
    }

    private static CompiledSchema compile(String where, byte[] schema) throws PluginFault {
        try {
            JsonValue parsed = JsonValue.parse(schema, 0, schema.length, MOST_LEVELS);
            return new SchemaRegistry().inspect(parsed);
        } catch (JsonFault fault) {
            throw unusable(where, fault.text());
        } catch (SchemaRefusedException refused) {
            throw unusable(where, "at '" + refused.pointer() + "': " + refused.reason());
        }
    }

    private static String inWords(List<Violation> violations) {
        StringBuilder words = new StringBuilder();
        for (Violation violation : violations) {
            words.append(words.isEmpty() ? "" : "; ")
                    .append(violation.path())
                    .append(violation.path().isEmpty() ? "" : ": ")
                    .append(violation.reason());
        }
        return words.toString();
    }

    private static PluginFault invalid(String where, String what) {
        return new PluginFault(Code.SETTINGS_INVALID, "correct " + where + " in the configuration: " + what);
    }

    private static PluginFault unusable(String where, String what) {
        return new PluginFault(
                Code.SETTINGS_SCHEMA,
                "the jar's schema for " + where + " cannot be used, which the plugin's author must mend: " + what);
    }
}
