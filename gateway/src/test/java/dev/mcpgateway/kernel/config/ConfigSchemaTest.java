// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.StrictJson;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code schemas/providers.schema.json}, and that the gateway reads it as every JSON Schema validator does. */
class ConfigSchemaTest {

    private static final Path SCHEMA = Path.of("..", "schemas", "providers.schema.json");

    // What ConfigSchema evaluates, and what only tells.
    private static final Set<String> KEYWORDS = Set.of(
            "$ref",
            "additionalProperties",
            "anyOf",
            "dependentRequired",
            "enum",
            "items",
            "maximum",
            "minItems",
            "minLength",
            "minimum",
            "pattern",
            "properties",
            "propertyNames",
            "required",
            "type",
            "$defs",
            "$id",
            "$schema",
            "default",
            "description",
            "title");

    @TempDir
    Path folder;

    @Test
    void the_schema_in_the_jar_is_the_one_that_editors_read() throws Exception {
        byte[] text = Files.readAllBytes(SCHEMA);

        assertThat(ConfigSchema.schema()).isEqualTo(StrictJson.parse(text, 0, text.length, 64));
    }

    @Test
    void every_keyword_in_it_is_one_that_the_gateway_evaluates_or_that_only_tells() {
        Set<String> used = new TreeSet<>();
        collectKeywords(ConfigSchema.schema(), used);

        assertThat(KEYWORDS).containsAll(used);
    }

    @Test
    void every_key_has_a_description_for_editors() {
        JsonNode schema = ConfigSchema.schema();
        for (JsonNode at : List.of(
                schema,
                schema.at("/$defs/provider"),
                schema.at("/$defs/gateway"),
                schema.at("/$defs/provider/properties/tls"))) {
            at.get("properties")
                    .forEachEntry((key, value) -> assertThat(value.has("description") || value.has("$ref"))
                            .as(key)
                            .isTrue());
        }
    }

    @Test
    void its_defaults_are_those_of_the_gateway() throws Exception {
        String explicit = "providers:\n  - {name: a, type: grpc, address: 'a:1'" + defaults("/$defs/provider") + "}\n"
                + "gateway: {" + defaults("/$defs/gateway").replaceFirst("^, ", "") + "}\n";
        Path file = folder.resolve("providers.yaml");

        Configuration written = Configuration.load(Files.writeString(file, explicit), Map.of());
        Configuration leftOut = Configuration.load(
                Files.writeString(file, "providers:\n  - {name: a, type: grpc, address: 'a:1'}\n"), Map.of());

        assertThat(written).isEqualTo(leftOut);
        assertThat(explicit).contains("timeout: \"2.5s\"", "connections: 15", "payloadLimit: \"10MiB\"");
    }

    private static String defaults(String pointer) {
        StringBuilder yaml = new StringBuilder();
        ConfigSchema.schema().at(pointer).get("properties").forEachEntry((key, value) -> {
            if (value.has("default")) {
                yaml.append(", ").append(key).append(": ").append(value.get("default"));
            }
        });
        return yaml.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "providers: []",
                "providers: [{name: a, type: grpc, address: 'a:1'}]",
                "providers: [{name: a, type: grpc, command: [a, 1, true]}]",
                "providers: [{name: a, type: grpc}]",
                "providers: [{name: a, address: 'a:1'}]",
                "providers: [{name: a, type: grpc, address: 'a:1', tls: {key: k}}]",
                "providers: [{name: a, type: grpc, address: 'a:1', tls: {key: k, certificate: c}}]",
                "providers: [{name: a, type: grpc, address: 'a:1', connections: 1.0}]",
                "providers: [{name: a, type: grpc, address: 'a:65536'}]",
                "providers: [{name: a, type: grpc, address: 'unix:/a'}]",
                "providers: [{name: a, type: grpc, address: 'a:1', env: {A_1: 1}}]",
                "providers: [{name: a, type: grpc, address: 'a:1', env: {1A: 1}}]",
                "providers: [{name: a, type: grpc, address: 'a:1', prefix: ''}]",
                "providers: [{name: a, type: grpc, address: 'a:1', enabled: no}]",
                "{providers: [], gateway: {payloadLimit: 10MB}}",
                "{providers: [], gateway: {toolNames: auto, require: ['']}}",
                "{providers: [], plugins: {a: {b: [c, {d: null}]}}}",
                "{providers: [], plugins: {a: null}}",
                "{providers: [], extra: 1}",
                "{}",
                "[]",
                "x"
            })
    void a_file_is_judged_alike_by_the_gateway_and_by_a_JSON_Schema_validator(String yaml) throws Exception {
        assertJudgedAlike(yaml, validator());
    }

    @Test
    @Tag("slow")
    void ten_thousand_files_are_judged_alike_by_the_gateway_and_by_a_JSON_Schema_validator() throws Exception {
        CompiledSchema validator = validator();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int good = 0;
        for (int i = 0; i < 10_000; i++) {
            try {
                good += assertJudgedAlike(randomFile(random), validator) ? 1 : 0;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(good).as("valid ones").isBetween(500, 9_500);
    }

    private static String randomFile(Random random) {
        List<String> values = List.of(
                "a",
                "grpc",
                "'a:1'",
                "7",
                "1.5",
                "true",
                "null",
                "''",
                "2.5s",
                "10MiB",
                "[]",
                "[a]",
                "{}",
                "{a: b}",
                "auto",
                "[1, true]",
                "-1",
                "'unix:/x'",
                "no",
                "500",
                "[[]]",
                "{A: 1}",
                "{ca: x}",
                "{key: k, certificate: c}");
        List<String> keys = new ArrayList<>(
                ConfigSchema.schema().at("/$defs/provider/properties").propertyNames());
        keys.add("other");
        StringBuilder yaml = new StringBuilder("{providers: [{name: a, type: grpc, address: 'a:1'");
        Set<String> used = new TreeSet<>(List.of("name", "type", "address"));
        for (int i = random.nextInt(3); i > 0; i--) {
            String key = keys.get(random.nextInt(keys.size()));
            if (used.add(key)) {
                yaml.append(", ").append(key).append(": ").append(values.get(random.nextInt(values.size())));
            }
        }
        yaml.append("}]");
        if (random.nextInt(3) == 0) {
            List<String> settings = List.copyOf(
                    ConfigSchema.schema().at("/$defs/gateway/properties").propertyNames());
            yaml.append(", gateway: {")
                    .append(settings.get(random.nextInt(settings.size())))
                    .append(": ")
                    .append(values.get(random.nextInt(values.size())))
                    .append('}');
        }
        return yaml.append('}').toString();
    }

    private static boolean assertJudgedAlike(String yaml, CompiledSchema validator) throws ConfigurationException {
        Problems problems = new Problems(Path.of("test.yaml"));
        YamlTree tree = new YamlReader(yaml, new Variables(Map.of()), problems).read();
        ConfigSchema.check(tree, problems);
        String ours = "";
        try {
            problems.throwIfAny();
        } catch (ConfigurationException e) {
            ours = e.text();
        }

        assertThat(ours.isEmpty())
                .as("%s%nours: %s%ntheirs: %s", yaml, ours, validator.validate(json(tree)))
                .isEqualTo(validator.validate(json(tree)).isEmpty());
        return ours.isEmpty();
    }

    private static CompiledSchema validator() throws Exception {
        byte[] text = Files.readAllBytes(SCHEMA);
        return new SchemaRegistry().inspect(JsonValue.parse(text, 0, text.length, 64));
    }

    private static JsonNode json(YamlTree tree) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (tree) {
            case YamlTree.Mapping mapping -> {
                ObjectNode object = make.objectNode();
                mapping.members().forEach(member -> object.set(member.key(), json(member.value())));
                yield object;
            }
            case YamlTree.Sequence sequence -> {
                ArrayNode array = make.arrayNode();
                sequence.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case YamlTree.Scalar scalar ->
                switch (scalar.value()) {
                    case String string -> make.stringNode(string);
                    case Boolean bool -> make.booleanNode(bool);
                    case Long number -> make.numberNode(number);
                    case BigInteger number -> make.numberNode(number);
                    case BigDecimal number -> make.numberNode(number);
                    default -> make.nullNode();
                };
        };
    }

    private static void collectKeywords(JsonNode schema, Set<String> into) {
        schema.forEachEntry((keyword, value) -> {
            into.add(keyword);
            switch (keyword) {
                case "properties", "$defs" -> value.forEachEntry((name, inner) -> collectKeywords(inner, into));
                case "items", "additionalProperties", "propertyNames" -> {
                    if (value.isObject()) {
                        collectKeywords(value, into);
                    }
                }
                case "anyOf" ->
                    value.forEach(inner -> {
                        assertThat(inner.propertyNames()).containsExactly("required");
                        assertThat(inner.get("required").size()).isEqualTo(1);
                    });
                default -> {}
            }
        });
    }
}
