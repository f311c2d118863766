package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.SchemaRefusedException;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a provider offers, checked: every definition that conforms, and by name and reason each one that does not.
 * Immutable.
 *
 * @param version the provider's own version; may be empty
 */
public record Offering(String version, List<OfferedTool> tools, List<LeftOut> leftOut) {

    /** Nothing: a provider that has not been discovered yet. */
    public static final Offering NONE = new Offering("", List.of(), List.of());

    private static final int SCHEMA_DEPTH = 64;
    private static final int NAME_LENGTH = 128;

    /** A tool whose definition conforms. */
    public record OfferedTool(
            Tool definition,
            JsonValue inputSchema,
            Optional<JsonValue> outputSchema,
            CompiledSchema input,
            Optional<CompiledSchema> output) {}

    /**
     * A definition that does not conform.
     *
     * @param kind {@code tool}, {@code resource} or {@code prompt}
     */
    public record LeftOut(String kind, String name, String reason) {}

    /**
     * Checks every definition; a bad one costs only itself.
     *
     * @param before what the provider offered last: what has not changed since is kept as it is
     */
    static Offering of(Capabilities capabilities, String prefix, Offering before) {
        SchemaRegistry registry = new SchemaRegistry();
        Map<String, OfferedTool> checked = HashMap.newHashMap(before.tools.size());
        before.tools.forEach(tool -> checked.put(tool.definition().name(), tool));
        List<OfferedTool> tools = new ArrayList<>();
        List<LeftOut> leftOut = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Tool tool : capabilities.tools()) {
            try {
                checkName(tool.name(), prefix, names);
                OfferedTool same = checked.get(tool.name());
                tools.add(same != null && same(same.definition(), tool) ? same : check(tool, registry));
            } catch (Refused refused) {
                leftOut.add(new LeftOut("tool", tool.name(), refused.reason));
            }
        }
        return new Offering(capabilities.version(), List.copyOf(tools), List.copyOf(leftOut));
    }

    /** Whether both say the same, to the byte. */
    static boolean same(Capabilities one, Capabilities other) {
        if (!one.version().equals(other.version())
                || one.tools().size() != other.tools().size()) {
            return false;
        }
        for (int i = 0; i < one.tools().size(); i++) {
            if (!same(one.tools().get(i), other.tools().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Tool one, Tool other) {
        return one.name().equals(other.name())
                && one.title().equals(other.title())
                && one.description().equals(other.description())
                && one.annotations().equals(other.annotations())
                && one.inputSchema().utf8().equals(other.inputSchema().utf8())
                && one.outputSchema()
                        .map(Json::utf8)
                        .equals(other.outputSchema().map(Json::utf8));
    }

    private static void checkName(String name, String prefix, Set<String> names) throws Refused {
        if (name.isEmpty()) {
            throw new Refused("it has no name");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean allowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '-'
                    || c == '.';
            if (!allowed) {
                throw new Refused("its name has a character other than A-Z a-z 0-9 _ - . at index " + i);
            }
        }
        int length = name.length() + (prefix.isEmpty() ? 0 : prefix.length() + 1);
        if (length > NAME_LENGTH) {
            throw new Refused(
                    "its name with the provider's has " + length + " characters, the limit is " + NAME_LENGTH);
        }
        if (!names.add(name)) {
            throw new Refused("the provider lists this name twice");
        }
    }

    private static OfferedTool check(Tool tool, SchemaRegistry registry) throws Refused {
        JsonValue inputSchema = parse("input schema", tool.inputSchema());
        CompiledSchema input = compile("input schema", inputSchema, registry);
        if (!input.isObjectAtRoot()) {
            throw new Refused("input schema: its root must say \"type\": \"object\"");
        }
        @Nullable JsonValue outputSchema = null;
        @Nullable CompiledSchema output = null;
        if (tool.outputSchema().isPresent()) {
            outputSchema = parse("output schema", tool.outputSchema().get());
            output = compile("output schema", outputSchema, registry);
        }
        return new OfferedTool(
                tool, inputSchema, Optional.ofNullable(outputSchema), input, Optional.ofNullable(output));
    }

    private static JsonValue parse(String what, Json schema) throws Refused {
        try {
            return JsonValue.parse(schema, SCHEMA_DEPTH);
        } catch (JsonFault fault) {
            throw new Refused(what + ": " + fault.text());
        }
    }

    private static CompiledSchema compile(String what, JsonValue schema, SchemaRegistry registry) throws Refused {
        try {
            return registry.compile(schema.tree(), schema.length());
        } catch (SchemaRefusedException refused) {
            String at = refused.pointer().isEmpty() ? "" : " at " + refused.pointer();
            throw new Refused(what + at + ": " + refused.reason());
        }
    }

    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        Refused(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
