// SPDX-License-Identifier: Apache-2.0
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
import dev.mcpgateway.kernel.settings.Places;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.kernel.text.Spelling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JsonPointer;

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
    public Map<String, Object> checked(String where, Settings settings) throws PluginFault {
        Map<String, Object> given = settings.values();
        if (schema.isEmpty()) {
            if (given.isEmpty()) {
                return Map.of();
            }
            throw new PluginFault(
                    Code.SETTINGS_UNKNOWN,
                    before(settings.places().ofKey("")) + "the configuration has " + where
                            + ", but the plugin takes no settings there: remove them, or take a version that knows them");
        }
        JsonValue json = asJson(where, settings);
        CompiledSchema compiled = compile(where, schema.get());
        List<Violation> violations = compiled.validate(json.tree());
        if (!violations.isEmpty()) {
            throw invalid(
                    where,
                    violations.stream()
                            .map(each -> inWords(each, compiled, settings.places()))
                            .collect(Collectors.joining("; ")));
        }
        return json.object();
    }

    /** What the schema says of settings that are left out: by name, of those at the top that have a {@code default}. */
    Map<String, Object> defaults() throws PluginFault {
        if (schema.isEmpty()) {
            return Map.of();
        }
        Map<String, Object> defaults = new HashMap<>();
        if (parsed("listen", schema.get()).object().get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, each) -> {
                if (each instanceof Map<?, ?> property && property.get("default") != null) {
                    defaults.put(String.valueOf(name), property.get("default"));
                }
            });
        }
        return defaults;
    }

    private static JsonValue parsed(String where, byte[] schema) throws PluginFault {
        try {
            return JsonValue.parse(schema, 0, schema.length, MOST_LEVELS);
        } catch (JsonFault fault) {
            throw unusable(where, fault.text());
        }
    }

    private static JsonValue asJson(String where, Settings settings) throws PluginFault {
        String place = before(settings.places().ofValue(""));
        try {
            return JsonValue.parse(Json.of(settings.values()), MOST_LEVELS);
        } catch (JsonFault fault) {
            throw invalid(where, place + fault.text());
        } catch (IllegalArgumentException | NullPointerException e) {
            throw invalid(where, place + "a value that JSON does not know");
        }
    }

    private static CompiledSchema compile(String where, byte[] schema) throws PluginFault {
        try {
            return new SchemaRegistry().inspect(parsed(where, schema));
        } catch (SchemaRefusedException refused) {
            throw unusable(where, "at '" + refused.pointer() + "': " + refused.reason());
        }
    }

    private static String inWords(Violation violation, CompiledSchema schema, Places places) {
        String path = violation.path();
        if (violation.closedBy().isEmpty()) {
            return before(places.ofValue(path)) + before(path) + violation.reason();
        }
        JsonPointer pointer = JsonPointer.compile(path);
        String key = pointer.last().getMatchingProperty();
        return before(places.ofKey(path)) + before(pointer.head().toString()) + "unknown key '" + key + "'"
                + Spelling.question(key, schema.allowedBeside(violation));
    }

    private static String before(String place) {
        return place.isEmpty() ? "" : place + ": ";
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
