// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The library's errors in our words, which name what the schema wants and never the value that was given. */
final class Reason {

    /** No alternative of {@code anyOf} or {@code oneOf} matches. */
    static final String NONE_MATCHES = "alternatives";

    /** More than one alternative of {@code oneOf} matches. */
    static final String SEVERAL_MATCH = "alternatives.several";

    static final int LONGEST = 200; // bytes
    private static final int SHOWN = 40;

    private Reason() {}

    static Violation of(Error error) {
        String keyword = error.getKeyword();
        NodePath location = error.getInstanceLocation();
        String path = path(location, location.getNameCount());
        if (keyword.equals("additionalProperties") || keyword.equals("unevaluatedProperties")) {
            String property = error.getProperty();
            if (property != null) {
                NodePath rule = error.getSchemaLocation().getFragment();
                return new Violation(
                        PlainText.oneLine(Position.under(path, property), LONGEST),
                        "is not an allowed property",
                        Optional.of(path(rule, rule.getNameCount() - 1)));
            }
        }
        return violation(path, reason(keyword, error));
    }

    static Violation of(BudgetExceeded exceeded) {
        return violation("", exceeded.reason());
    }

    private static Violation violation(String path, String reason) {
        return new Violation(PlainText.oneLine(path, LONGEST), PlainText.oneLine(reason, LONGEST));
    }

    private static String reason(String keyword, Error error) {
        JsonNode wanted = error.getSchemaNode();
        return switch (keyword) {
            case "type" -> "must be " + types(wanted) + ", is " + typeOf(error.getInstanceNode());
            case "required" -> "must have the property '" + property(error) + "'";
            case "dependentRequired" -> "must have the property '" + dependent(error) + "', because of another it has";
            case "propertyNames" -> "has a property with a name that is not allowed: '" + property(error) + "'";
            case "enum" -> "must be " + (wanted.size() == 1 ? "" : "one of ") + list(wanted);
            case "const" -> "must be " + shown(wanted);
            case "minimum" -> "must be at least " + shown(wanted);
            case "maximum" -> "must be at most " + shown(wanted);
            case "exclusiveMinimum" -> "must be greater than " + shown(wanted);
            case "exclusiveMaximum" -> "must be less than " + shown(wanted);
            case "multipleOf" -> "must be a multiple of " + shown(wanted);
            case "minLength" -> "must be at least " + count(wanted, "character") + " long";
            case "maxLength" -> "must be at most " + count(wanted, "character") + " long";
            case "minItems" -> "must have at least " + count(wanted, "item");
            case "maxItems" -> "must have at most " + count(wanted, "item");
            case "minProperties" -> "must have at least " + count(wanted, "property");
            case "maxProperties" -> "must have at most " + count(wanted, "property");
            case "pattern" -> "must match the pattern " + wanted.stringValue();
            case "uniqueItems" -> "must not have two equal items";
            case "contains", "minContains" -> "has too few of the items it must contain";
            case "maxContains" -> "has too many of the items it may contain";
            case "items", "unevaluatedItems" -> "has an item that is not allowed";
            case "false" -> "is not allowed";
            case "not" -> "is what the schema rules out with 'not'";
            case NONE_MATCHES -> "matches none of the " + wanted.size() + " alternatives";
            case SEVERAL_MATCH -> "matches more than one of the " + wanted.size() + " alternatives";
            default -> "breaks '" + keyword + "'";
        };
    }

    /** A JSON Pointer of the library's path, as far as its first names. */
    private static String path(NodePath location, int names) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < names; i++) {
            String token = String.valueOf(location.getElement(i));
            path.append(Position.under("", token));
        }
        return path.toString();
    }

    private static String property(Error error) {
        return PlainText.oneLine(String.valueOf(error.getProperty()), SHOWN);
    }

    /** Here the library's property is the one that is there. */
    private static String dependent(Error error) {
        Object[] arguments = error.getArguments();
        return PlainText.oneLine(arguments == null || arguments.length == 0 ? "" : String.valueOf(arguments[0]), SHOWN);
    }

    private static String types(JsonNode wanted) {
        if (wanted.isString()) {
            return withArticle(wanted.stringValue());
        }
        List<String> names = new ArrayList<>();
        for (JsonNode type : wanted) {
            String name = withArticle(type.stringValue());
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        int last = names.size() - 1;
        return last == 0 ? names.getFirst() : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    private static String typeOf(JsonNode value) {
        return withArticle(
                switch (value.getNodeType()) {
                    case ARRAY -> "array";
                    case BOOLEAN -> "boolean";
                    case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
                    case OBJECT -> "object";
                    case STRING -> "string";
                    default -> "null";
                });
    }

    private static String withArticle(String type) {
        return switch (type) {
            case "null" -> type;
            case "array", "integer", "object" -> "an " + type;
            default -> "a " + type;
        };
    }

    private static String count(JsonNode wanted, String thing) {
        String number = shown(wanted);
        if (number.equals("1")) {
            return "1 " + thing;
        }
        return number + " " + (thing.endsWith("y") ? thing.substring(0, thing.length() - 1) + "ies" : thing + "s");
    }

    private static String list(JsonNode values) {
        StringBuilder list = new StringBuilder();
        for (JsonNode value : values) {
            if (list.length() >= LONGEST) {
                break;
            }
            list.append(list.isEmpty() ? "" : ", ").append(shown(value));
        }
        return list.toString();
    }

    private static String shown(JsonNode wanted) {
        if (wanted.isContainer()) {
            return wanted.isArray() ? "a certain array" : "a certain object";
        }
        if (wanted.isNull()) {
            return "null";
        }
        return PlainText.oneLine(wanted.isString() ? '"' + wanted.stringValue() + '"' : wanted.asString(), SHOWN);
    }
}
