// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * One argument of a prompt as MCP clients know it, which send nothing but strings (MCP specification, server/prompts,
 * PromptArgument): a property of the prompt's {@code args_schema}.
 *
 * @param title a name for people; may be empty
 * @param description may be empty
 * @param written what a string that a client sends stands for
 * @param choices the values of its {@code enum}, as a client writes them; empty where there is none
 */
public record PromptArgument(
        String name, String title, String description, boolean isRequired, Written written, List<String> choices) {

    private static final int LONGEST_CHAIN = 16;

    /** How a client writes a value in a string. */
    public enum Written {
        AS_IT_IS,
        AS_NUMBER,
        AS_BOOLEAN
    }

    /** All arguments, in the order of the schema's properties. */
    static List<PromptArgument> of(JsonNode schema) throws NonconformingException {
        List<PromptArgument> arguments = new ArrayList<>();
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        for (var property : schema.path("properties").properties()) {
            arguments.add(of(property.getKey(), property.getValue(), schema, required.contains(property.getKey())));
        }
        return List.copyOf(arguments);
    }

    private static PromptArgument of(String name, JsonNode property, JsonNode schema, boolean isRequired)
            throws NonconformingException {
        JsonNode typed = typed(property, schema);
        Set<String> types = typesOf(typed);
        types.remove("null");
        if (!types.isEmpty() && types.stream().allMatch(type -> type.equals("object") || type.equals("array"))) {
            throw new NonconformingException("args schema at /properties/" + name
                    + ": clients send strings, so it must be a string, number, integer or boolean");
        }
        List<String> choices = new ArrayList<>();
        for (JsonNode choice : typed.path("enum")) {
            if (choice.isString() || choice.isBoolean()) {
                choices.add(choice.asString());
            } else if (choice.isNumber()) {
                choices.add(plain(choice));
            }
        }
        return new PromptArgument(
                name,
                property.path("title").asString(""),
                property.path("description").asString(""),
                isRequired,
                written(types),
                List.copyOf(choices));
    }

    private static Written written(Set<String> types) {
        if (types.isEmpty() || types.contains("string")) {
            return Written.AS_IT_IS;
        }
        if (types.contains("number") || types.contains("integer")) {
            return Written.AS_NUMBER;
        }
        return types.contains("boolean") ? Written.AS_BOOLEAN : Written.AS_IT_IS;
    }

    /** The place where the property's type or its choices stand: behind references within the schema, where it has them. */
    private static JsonNode typed(JsonNode property, JsonNode schema) {
        JsonNode at = property;
        for (int i = 0; i < LONGEST_CHAIN && !at.has("type") && !at.has("enum"); i++) {
            String reference = at.path("$ref").asString("");
            if (!reference.startsWith("#/")) {
                break;
            }
            at = schema.at(reference.substring(1));
        }
        return at;
    }

    private static Set<String> typesOf(JsonNode typed) {
        Set<String> types = new TreeSet<>();
        JsonNode type = typed.path("type");
        if (type.isString()) {
            types.add(type.stringValue());
        }
        type.forEach(each -> types.add(each.asString("")));
        if (types.isEmpty()) { // an enum without a type says by its values what it is
            typed.path("enum")
                    .forEach(value -> types.add(value.getNodeType().name().toLowerCase(Locale.ROOT)));
        }
        return types;
    }

    private static String plain(JsonNode number) {
        if (number.isIntegralNumber()) {
            return number.bigIntegerValue().toString();
        }
        BigDecimal decimal = number.decimalValue();
        return decimal.toString();
    }
}
