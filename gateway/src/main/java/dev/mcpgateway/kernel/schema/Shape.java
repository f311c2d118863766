// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the metaschema of draft 2020-12 lets a keyword hold. Written out here because loading that metaschema and its
 * validators takes longer than everything else before the first answer; a test compares the two.
 */
enum Shape {
    /** One subschema. */
    SCHEMA,
    /** One or more subschemas. */
    SCHEMA_LIST,
    /** Subschemas by name. */
    SCHEMA_MAP,
    /** Subschemas by regular expression. */
    PATTERN_MAP,
    /** Subschemas or lists of names, by name: {@code dependencies} of earlier drafts, checked and never applied. */
    LEGACY_DEPENDENCIES,
    ANY,
    STRING,
    BOOLEAN,
    NUMBER,
    POSITIVE_NUMBER,
    COUNT,
    LIST,
    NAMES,
    NAMES_MAP,
    TYPE,
    PATTERN,
    ID,
    ANCHOR,
    VOCABULARY;

    static final Map<String, Shape> OF_KEYWORD = Map.ofEntries(
            Map.entry("$id", ID),
            Map.entry("$schema", STRING),
            Map.entry("$ref", STRING),
            Map.entry("$anchor", ANCHOR),
            Map.entry("$dynamicRef", STRING),
            Map.entry("$dynamicAnchor", ANCHOR),
            Map.entry("$vocabulary", VOCABULARY),
            Map.entry("$comment", STRING),
            Map.entry("$defs", SCHEMA_MAP),
            Map.entry("$recursiveAnchor", ANCHOR),
            Map.entry("$recursiveRef", STRING),
            Map.entry("definitions", SCHEMA_MAP),
            Map.entry("dependencies", LEGACY_DEPENDENCIES),
            Map.entry("prefixItems", SCHEMA_LIST),
            Map.entry("items", SCHEMA),
            Map.entry("contains", SCHEMA),
            Map.entry("additionalProperties", SCHEMA),
            Map.entry("properties", SCHEMA_MAP),
            Map.entry("patternProperties", PATTERN_MAP),
            Map.entry("dependentSchemas", SCHEMA_MAP),
            Map.entry("propertyNames", SCHEMA),
            Map.entry("if", SCHEMA),
            Map.entry("then", SCHEMA),
            Map.entry("else", SCHEMA),
            Map.entry("allOf", SCHEMA_LIST),
            Map.entry("anyOf", SCHEMA_LIST),
            Map.entry("oneOf", SCHEMA_LIST),
            Map.entry("not", SCHEMA),
            Map.entry("unevaluatedItems", SCHEMA),
            Map.entry("unevaluatedProperties", SCHEMA),
            Map.entry("type", TYPE),
            Map.entry("const", ANY),
            Map.entry("enum", LIST),
            Map.entry("multipleOf", POSITIVE_NUMBER),
            Map.entry("maximum", NUMBER),
            Map.entry("exclusiveMaximum", NUMBER),
            Map.entry("minimum", NUMBER),
            Map.entry("exclusiveMinimum", NUMBER),
            Map.entry("maxLength", COUNT),
            Map.entry("minLength", COUNT),
            Map.entry("pattern", PATTERN),
            Map.entry("maxItems", COUNT),
            Map.entry("minItems", COUNT),
            Map.entry("uniqueItems", BOOLEAN),
            Map.entry("maxContains", COUNT),
            Map.entry("minContains", COUNT),
            Map.entry("maxProperties", COUNT),
            Map.entry("minProperties", COUNT),
            Map.entry("required", NAMES),
            Map.entry("dependentRequired", NAMES_MAP),
            Map.entry("title", STRING),
            Map.entry("description", STRING),
            Map.entry("default", ANY),
            Map.entry("deprecated", BOOLEAN),
            Map.entry("readOnly", BOOLEAN),
            Map.entry("writeOnly", BOOLEAN),
            Map.entry("examples", LIST),
            Map.entry("format", STRING),
            Map.entry("contentEncoding", STRING),
            Map.entry("contentMediaType", STRING),
            Map.entry("contentSchema", SCHEMA));

    private static final Set<String> TYPES =
            Set.of("array", "boolean", "integer", "null", "number", "object", "string");
    private static final String TYPE_NAMES = "array, boolean, integer, null, number, object, string";
    private static final Pattern ANCHOR_NAME = Pattern.compile("[A-Za-z_][-A-Za-z0-9._]*");

    /** What is wrong with a keyword's own value; the subschemas inside it are looked at one by one elsewhere. */
    Optional<String> fault(JsonNode value) {
        return switch (this) {
            case ANY, SCHEMA -> Optional.empty();
            case SCHEMA_LIST -> fault(value.isArray() && !value.isEmpty(), "must be a list of at least one schema");
            case SCHEMA_MAP, PATTERN_MAP -> fault(value.isObject(), "must be an object of schemas");
            case LEGACY_DEPENDENCIES -> fault(value.isObject(), "must be an object of schemas or lists of names");
            case STRING, PATTERN -> fault(value.isString(), "must be a string");
            case BOOLEAN -> fault(value.isBoolean(), "must be true or false");
            case NUMBER -> fault(value.isNumber(), "must be a number");
            case POSITIVE_NUMBER ->
                fault(value.isNumber() && value.decimalValue().signum() > 0, "must be a number greater than 0");
            case COUNT -> fault(isCount(value), "must be a whole number, 0 or more");
            case LIST -> fault(value.isArray(), "must be a list");
            case NAMES -> fault(isNames(value), "must be a list of strings without repetition");
            case NAMES_MAP ->
                fault(value.isObject() && allNames(value), "must be an object of lists of strings without repetition");
            case TYPE ->
                fault(isType(value), "must be one of " + TYPE_NAMES + ", or a list of them without repetition");
            case ID ->
                fault(value.isString() && isId(value.stringValue()), "must be a URI reference without a fragment");
            case ANCHOR ->
                fault(
                        value.isString()
                                && ANCHOR_NAME.matcher(value.stringValue()).matches(),
                        "must be a name of A-Z a-z 0-9 - . _ that begins with a letter or _");
            case VOCABULARY -> fault(isVocabulary(value), "must be an object of true and false by URI");
        };
    }

    private static Optional<String> fault(boolean conforms, String fault) {
        return conforms ? Optional.empty() : Optional.of(fault);
    }

    private static boolean isId(String text) {
        int fragment = text.indexOf('#');
        return fragment < 0 || fragment == text.length() - 1;
    }

    private static boolean isCount(JsonNode value) {
        return value.isNumber()
                && value.decimalValue().signum() >= 0
                && value.decimalValue().stripTrailingZeros().scale() <= 0;
    }

    private static boolean isType(JsonNode value) {
        if (value.isString()) {
            return TYPES.contains(value.stringValue());
        }
        if (!isNames(value) || value.isEmpty()) {
            return false;
        }
        for (JsonNode name : value) {
            if (!TYPES.contains(name.stringValue())) {
                return false;
            }
        }
        return true;
    }

    static boolean isNames(JsonNode value) {
        if (!value.isArray()) {
            return false;
        }
        Set<String> seen = new HashSet<>();
        for (JsonNode name : value) {
            if (!name.isString() || !seen.add(name.stringValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean allNames(JsonNode value) {
        for (JsonNode names : value) {
            if (!isNames(names)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVocabulary(JsonNode value) {
        if (!value.isObject()) {
            return false;
        }
        for (JsonNode required : value) {
            if (!required.isBoolean()) {
                return false;
            }
        }
        return true;
    }
}
