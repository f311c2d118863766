// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.StrictJson;
import dev.mcpgateway.kernel.text.Spelling;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;

/**
 * The keys there are, as {@code schemas/providers.schema.json} defines them, and the check of a tree against it.
 *
 * <p>It reads that schema itself, and only the keywords of JSON Schema that occur in it: loading the validator of
 * {@code kernel.schema} would take longer than the rest of the start up to the first answer, and its errors know no lines.
 * A test compares the two. The schema's titles are the words of the errors.
 */
final class ConfigSchema {

    private static final String RESOURCE = "dev/mcpgateway/kernel/config/providers.schema.json";
    private static final int MAX_JSON_DEPTH = 64;

    private final JsonNode root;
    private final Problems problems;

    private ConfigSchema(JsonNode root, Problems problems) {
        this.root = root;
        this.problems = problems;
    }

    static void check(YamlTree tree, Problems problems) {
        JsonNode schema = schema();
        new ConfigSchema(schema, problems).check(tree, schema, "the file");
    }

    /** The schema as it lies in the jar. */
    static JsonNode schema() {
        try {
            byte[] text = text();
            return StrictJson.parse(text, 0, text.length, MAX_JSON_DEPTH);
        } catch (IOException | URISyntaxException | JsonFault e) {
            throw new IllegalStateException(RESOURCE, e);
        }
    }

    // Through getResourceAsStream, hence a jar: URL, this takes a third of the whole loading of a configuration.
    private static byte[] text() throws IOException, URISyntaxException {
        Path home = Path.of(ConfigSchema.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        if (Files.isDirectory(home)) {
            return Files.readAllBytes(home.resolve(RESOURCE));
        }
        try (ZipFile jar = new ZipFile(home.toFile());
                InputStream in = jar.getInputStream(jar.getEntry(RESOURCE))) {
            return in.readAllBytes();
        }
    }

    /** @param what the thing that is checked, as the beginning of a sentence */
    private void check(YamlTree tree, JsonNode given, String what) {
        JsonNode schema = followed(given);
        if (!hasType(tree, schema.path("type"))) {
            problems.add(tree.at(), what + " must be " + expected(schema) + ", is " + tree.kind());
            return;
        }
        if (tree instanceof YamlTree.Mapping mapping) {
            checkMembers(mapping, schema, what);
        } else if (tree instanceof YamlTree.Sequence sequence) {
            checkItems(sequence, schema, what);
        } else if (!allows(schema, (YamlTree.Scalar) tree)) {
            problems.add(tree.at(), what + " must be " + expected(schema));
        }
    }

    private JsonNode followed(JsonNode schema) {
        JsonNode reference = schema.get("$ref");
        return reference == null ? schema : root.at(reference.stringValue().substring(1));
    }

    private static String expected(JsonNode schema) {
        String title = schema.path("title").asString("");
        if (!title.isEmpty()) {
            return title;
        }
        return switch (schema.path("type").asString("")) {
            case "object" -> "a mapping";
            case "array" -> "a list";
            default -> "text";
        };
    }

    private static boolean hasType(YamlTree tree, JsonNode type) {
        if (type.isMissingNode()) {
            return true;
        }
        if (type.isArray()) {
            for (JsonNode one : type) {
                if (hasType(tree, one)) {
                    return true;
                }
            }
            return false;
        }
        return switch (type.stringValue()) {
            case "object" -> tree instanceof YamlTree.Mapping;
            case "array" -> tree instanceof YamlTree.Sequence;
            case "string" -> tree instanceof YamlTree.Scalar scalar && scalar.value() instanceof String;
            case "boolean" -> tree instanceof YamlTree.Scalar scalar && scalar.value() instanceof Boolean;
            case "number" -> tree instanceof YamlTree.Scalar scalar && scalar.value() instanceof Number;
            case "integer" -> tree instanceof YamlTree.Scalar scalar && isWhole(scalar.value());
            default -> throw new IllegalStateException("a type nobody checks: " + type);
        };
    }

    private static boolean isWhole(Object value) {
        return value instanceof Number number
                && (!(number instanceof BigDecimal decimal)
                        || decimal.stripTrailingZeros().scale() <= 0);
    }

    private static boolean allows(JsonNode schema, YamlTree.Scalar scalar) {
        if (schema.has("enum") && !contains(schema.get("enum"), scalar.value())) {
            return false;
        }
        if (scalar.value() instanceof Number number) {
            BigDecimal value = new BigDecimal(number.toString());
            return (!schema.has("minimum")
                            || value.compareTo(schema.get("minimum").decimalValue()) >= 0)
                    && (!schema.has("maximum")
                            || value.compareTo(schema.get("maximum").decimalValue()) <= 0);
        }
        return !(scalar.value() instanceof String string) || allowsText(schema, string);
    }

    private static boolean allowsText(JsonNode schema, String text) {
        return text.length() >= schema.path("minLength").asInt(0)
                && (!schema.has("pattern")
                        || Pattern.compile(schema.get("pattern").stringValue())
                                .matcher(text)
                                .find());
    }

    private static boolean contains(JsonNode values, Object value) {
        for (JsonNode one : values) {
            if (one.stringValue().equals(value)) {
                return true;
            }
        }
        return false;
    }

    private void checkItems(YamlTree.Sequence sequence, JsonNode schema, String what) {
        if (sequence.items().size() < schema.path("minItems").asInt(0)) {
            problems.add(sequence.at(), what + " must not be empty");
        }
        for (YamlTree item : sequence.items()) {
            check(item, schema.get("items"), "an entry of " + what);
        }
    }

    private void checkMembers(YamlTree.Mapping mapping, JsonNode schema, String what) {
        JsonNode properties = schema.path("properties");
        JsonNode others = schema.path("additionalProperties");
        JsonNode names = schema.path("propertyNames");
        for (YamlTree.Member member : mapping.members()) {
            if (!names.isMissingNode() && !allowsText(names, member.key())) {
                problems.add(member.keyAt(), "'" + member.key() + "' in " + what + " must be " + expected(names));
            }
            if (properties.has(member.key())) {
                check(member.value(), properties.get(member.key()), "'" + member.key() + "'");
            } else if (others.isObject()) {
                check(member.value(), others, "'" + member.key() + "' in " + what);
            } else if (others.isBoolean() && !others.booleanValue()) {
                problems.add(member.keyAt(), unknown(member.key(), properties.propertyNames()));
            }
        }
        checkPresence(mapping, schema, what);
    }

    private void checkPresence(YamlTree.Mapping mapping, JsonNode schema, String what) {
        for (JsonNode name : schema.path("required")) {
            if (mapping.get(name.stringValue()).isEmpty()) {
                problems.add(mapping.at(), what + " must have the key '" + name.stringValue() + "'");
            }
        }
        schema.path("dependentRequired").forEachEntry((name, needed) -> {
            for (JsonNode other : needed) {
                if (mapping.get(name).isPresent()
                        && mapping.get(other.stringValue()).isEmpty()) {
                    problems.add(
                            mapping.at(),
                            what + " has the key '" + name + "' and must have '" + other.stringValue() + "' with it");
                }
            }
        });
        JsonNode alternatives = schema.path("anyOf"); // of required keys only
        if (!alternatives.isEmpty() && !hasOneOf(mapping, alternatives)) {
            List<String> keys = new ArrayList<>();
            alternatives.forEach(
                    one -> keys.add("'" + one.get("required").get(0).stringValue() + "'"));
            problems.add(mapping.at(), what + " must have the key " + String.join(" or ", keys));
        }
    }

    private static String unknown(String key, Collection<String> known) {
        String question = Spelling.question(key, known);
        return "unknown key '" + key + "'"
                + (question.isEmpty() ? "; known here: " + String.join(", ", known) : question);
    }

    private static boolean hasOneOf(YamlTree.Mapping mapping, JsonNode alternatives) {
        for (JsonNode one : alternatives) {
            if (mapping.get(one.get("required").get(0).stringValue()).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
