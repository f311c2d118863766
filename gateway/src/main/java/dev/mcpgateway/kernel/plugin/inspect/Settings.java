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

/** Judges a plugin's entry in the configuration by the schema that its jar brings. */
final class Settings {

    private static final int MOST_LEVELS = 64;

    private Settings() {}

    /** Returns the settings as the plugin is to see them; an entry that is not there counts as an empty one. */
    static Map<String, Object> checked(String id, Optional<Map<String, Object>> entry, Optional<byte[]> schema)
            throws PluginFault {
        Map<String, Object> given = entry.orElse(Map.of());
        if (schema.isEmpty()) {
            if (!given.isEmpty()) {
                throw new PluginFault(
                        Code.SETTINGS_UNKNOWN,
                        "the configuration has settings under plugins." + id
                                + ", but this plugin takes none: remove them, or take a version that knows them");
            }
            return Map.of();
        }
        JsonValue settings = asJson(id, given);
        List<Violation> violations = compile(schema.get()).validate(settings.tree());
        if (!violations.isEmpty()) {
            throw invalid(id, inWords(violations));
        }
        return settings.object();
    }

    private static JsonValue asJson(String id, Map<String, Object> given) throws PluginFault {
        try {
            return JsonValue.parse(Json.of(given), MOST_LEVELS);
        } catch (JsonFault fault) {
            throw invalid(id, fault.text());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw invalid(id, "a value that JSON does not know");
        }
    }

    private static CompiledSchema compile(byte[] schema) throws PluginFault {
        try {
            JsonValue parsed = JsonValue.parse(schema, 0, schema.length, MOST_LEVELS);
            return new SchemaRegistry().compile(parsed.tree(), schema.length);
        } catch (JsonFault fault) {
            throw unusable(fault.text());
        } catch (SchemaRefusedException refused) {
            throw unusable("at '" + refused.pointer() + "': " + refused.reason());
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

    private static PluginFault invalid(String id, String what) {
        return new PluginFault(
                Code.SETTINGS_INVALID, "correct its settings under plugins." + id + " in the configuration: " + what);
    }

    private static PluginFault unusable(String what) {
        return new PluginFault(
                Code.SETTINGS_SCHEMA, "the schema of its settings cannot be used, which its author must mend: " + what);
    }
}
