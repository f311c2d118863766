// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static dev.mcpgateway.acceptance.kit.HostileProvider.json;
import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Trace;
import dev.mcpgateway.provider.v1.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Schemas that a provider may send and must not get away with; what is wrong with one costs no other. */
class SchemaRefusalTest {

    private static final String DIALECT = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";

    /** A recursive schema: objects in objects. */
    private static final String TREE = """
            {"type":"object","properties":{"child":{"$ref":"#"}},"additionalProperties":false}""";

    private static final String TAKES_ANY_OBJECT = "{\"type\":\"object\"}";

    private static final Map<String, String> NONE = Map.of(
            "array.v1", "[]",
            "text.v1", "\"object\"",
            "broken.v1", "{\"type\":",
            "no-object-root.v1", "{\"type\":\"array\"}",
            "old-dialect.v1", "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}",
            "fails-the-metaschema.v1",
                    "{" + DIALECT + ",\"type\":\"object\",\"properties\":{\"a\":{\"minLength\":\"one\"}}}");

    private static final Map<String, String> WRONG_INSIDE = Map.of(
            "wrong.v1", "{\"type\":\"object\",\"properties\":{\"a\":{\"minLength\":\"one\"}}}",
            "lost.v1", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/nope\"}}}");

    private static final Map<String, String> LEAVING = references("http://127.0.0.1:9/schema.json");

    private static final Map<String, String> CIRCLES = Map.of(
            "self.v1", "{\"type\":\"object\",\"$ref\":\"#\"}",
            "two.v1",
                    "{\"type\":\"object\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},"
                            + "\"properties\":{\"x\":{\"$ref\":\"#/$defs/a\"}}}",
            "all-of.v1",
                    "{\"type\":\"object\",\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}},"
                            + "\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}");

    /** One gateway for all, and one run of {@code list} of each kind beside it: each test has a provider of its own. */
    private static final Map<String, HostileProvider> PROVIDERS = new LinkedHashMap<>();

    private static Installation installation;
    private static Gateway gateway;
    private static Client client;
    private static JsonNode list;
    private static String table;

    @BeforeAll
    static void start() {
        String id = "\"$id\":\"https://example.com/arguments\"";
        installation = Installation.create();
        provide("none", offering(NONE));
        provide("inside", offering(WRONG_INSIDE));
        provide("leaving", offering(LEAVING));
        provide("circles", offering(CIRCLES));
        provide(
                "odd",
                HostileProvider.start()
                        .tool("good.v1", echo())
                        .tool(tool("answers-oddly.v1", TAKES_ANY_OBJECT, "{\"type\":\"objekt\"}"), echo()));
        provide("deep", HostileProvider.start().tool(tool("tree.v1", TREE), echo()));
        provide(
                "numbers",
                demanding("{" + id + ",\"type\":\"object\",\"$defs\":{\"v\":{\"type\":\"number\"}},"
                        + "\"properties\":{\"value\":{\"$ref\":\"#/$defs/v\"}}}"));
        provide(
                "strings",
                demanding("{" + id + ",\"type\":\"object\",\"$defs\":{\"v\":{\"type\":\"string\"}},"
                        + "\"properties\":{\"value\":{\"$ref\":\"#/$defs/v\"}}}"));
        Tool named = tool(
                "named.v1",
                "{\"$id\":\"https://example.com/s\",\"type\":\"object\",\"$defs\":{\"n\":{\"type\":\"null\"}},"
                        + "\"properties\":{\"a\":{\"$ref\":\"s#/$defs/n\"}}}",
                "{\"$id\":\"https://example.com/s\",\"type\":\"object\"}");
        Tool foreign = tool(
                "foreign.v1",
                TAKES_ANY_OBJECT,
                "{\"type\":\"object\",\"properties\":{\"a\":{\"pattern\":\"^https\\\\:(?P<rest>.*)\"}}}");
        provide(
                "acme",
                HostileProvider.start().tool(named, result("{}")).tool(foreign, result("{\"a\":\"ftp:\"}")),
                "timeout: 20s");
        provide("strict", HostileProvider.start().tool(tool("list.v1", """
                        {"type":"object","properties":{"numbers":{"type":"array","items":{"type":"number"}}},
                         "required":["numbers"]}"""), echo()));
        gateway = installation.start();
        client = gateway.client();
        client.initialize();
        client.awaitExactly(
                "none.good.v1",
                "inside.good.v1",
                "leaving.good.v1",
                "circles.good.v1",
                "odd.good.v1",
                "deep.tree.v1",
                "numbers.take.v1",
                "strings.take.v1",
                "acme.named.v1",
                "acme.foreign.v1",
                "strict.list.v1");
        list = Json.parse(installation.run("list", "--json").stdout());
        table = installation.run("list").stdout();
    }

    private static void provide(String name, HostileProvider provider, String... lines) {
        PROVIDERS.put(name, provider);
        installation.grpc(
                name,
                Stream.concat(Stream.of(provider.entry()), Stream.of(lines)).toArray(String[]::new));
    }

    private static HostileProvider provider(String name) {
        return Objects.requireNonNull(PROVIDERS.get(name));
    }

    @AfterAll
    static void end() {
        try {
            gateway.close();
        } finally {
            installation.close();
            PROVIDERS.values().forEach(HostileProvider::close);
        }
    }

    @Test
    void a_schema_that_is_none_leaves_out_its_tool_and_no_other() {
        assertThat(leftOut("none")).containsOnlyKeys(NONE.keySet());
    }

    @Test
    void the_reason_names_the_place_in_the_schema() {
        Map<String, String> reasons = leftOut("inside");
        assertThat(reasons.get("wrong.v1")).contains("/properties/a");
        assertThat(reasons.get("lost.v1")).contains("/properties/a", "#/nope");
    }

    @Test
    void an_output_schema_that_is_none_leaves_out_its_tool_too() {
        gateway.log().await("answers-oddly.v1"); // awaited with the others: it is not listed
    }

    @Test
    void a_reference_that_leaves_the_schema_leaves_out_its_tool() {
        assertThat(leftOut("leaving")).containsOnlyKeys(LEAVING.keySet());
    }

    @Test
    void no_socket_is_opened_for_a_reference(@TempDir Path folder) throws IOException {
        assumeTrue(Trace.isAvailable(), "strace is not installed, or may not trace here");
        try (ServerSocket bait = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HostileProvider provider = offering(references("http://127.0.0.1:" + bait.getLocalPort() + "/s.json"));
                Installation own = Installation.create().grpc("odd", provider.entry())) {
            Trace trace = Trace.of(own, folder.resolve("trace"), "list");
            assertThat(trace.stdout()).contains("odd.good.v1").contains("http.v1");
            List<String> connections = trace.connections();
            assertThat(connections).isNotEmpty().allMatch(address -> address.equals(provider.address()));
            bait.setSoTimeout(1);
            try {
                bait.accept().close();
                throw new AssertionError("somebody asked for the schema");
            } catch (SocketTimeoutException nobodyCame) {
                // as it should be
            }
        }
    }

    @Test
    void references_in_a_circle_leave_out_their_tool() {
        assertThat(leftOut("circles")).containsOnlyKeys(CIRCLES.keySet());
    }

    @Test
    void arguments_may_be_64_deep_and_no_deeper_under_a_recursive_schema() {
        HostileProvider provider = provider("deep");
        assertThat(client.call("deep.tree.v1", nested(63)).text()).isEqualTo(nested(63));
        assertThat(client.call("deep.tree.v1", nested(64)).text()).isEqualTo(nested(64));
        int received = provider.received();
        Reply refused = client.call("deep.tree.v1", nested(65));
        assertThat(refused.errorCode()).isEqualTo(-32602);
        assertThat(refused.errorText()).contains("64");
        assertThat(provider.received()).isEqualTo(received);
        assertThat(client.call("deep.tree.v1", "{\"child\":{\"chidl\":{}}}").text())
                .contains("/child");
    }

    @Test
    void schemas_with_one_id_in_two_providers_are_each_their_own() {
        for (int i = 0; i < 3; i++) {
            assertThat(client.call("numbers.take.v1", "{\"value\":1}").isError())
                    .isFalse();
            assertThat(client.call("strings.take.v1", "{\"value\":\"1\"}").isError())
                    .isFalse();
            assertThat(client.call("numbers.take.v1", "{\"value\":\"1\"}").text())
                    .contains("/value");
            assertThat(client.call("strings.take.v1", "{\"value\":1}").text()).contains("/value");
        }
    }

    @Test
    void clients_are_given_no_name_of_a_root_and_no_pattern_that_they_cannot_compile() {
        JsonNode named = listed("acme.named.v1");
        assertThat(named.path("inputSchema"))
                .isEqualTo(Json.parse("{\"type\":\"object\",\"$defs\":{\"n\":{\"type\":\"null\"}},"
                        + "\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}}}"));
        assertThat(named.path("outputSchema")).isEqualTo(Json.parse("{\"type\":\"object\"}"));
        assertThat(listed("acme.foreign.v1").has("outputSchema")).isFalse();
        assertThat(client.call("acme.foreign.v1", "{}").text()).contains("/a");
        assertThat(table).contains("output schema foreign.v1", "is none in JavaScript's Unicode mode");
    }

    private static JsonNode listed(String tool) {
        return client.tools().stream()
                .filter(each -> each.path("name").asString().equals(tool))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void arguments_that_violate_the_schema_are_refused_with_path_and_reason_at_most_five_times() {
        Reply one = client.call("strict.list.v1", "{\"numbers\":[1,\"x\"]}");
        assertThat(one.isError()).isTrue();
        assertThat(one.text()).contains("/numbers/1");
        assertThat(client.call("strict.list.v1", "{}").text()).contains("numbers");
        String many = client.call("strict.list.v1", "{\"numbers\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]}")
                .text();
        assertThat(many.split("/numbers/", -1)).hasSize(5 + 1);
        assertThat(provider("strict").received()).isZero();
    }

    private static Map<String, String> references(String http) {
        Map<String, String> schemas = new LinkedHashMap<>();
        schemas.put("http.v1", "{\"type\":\"object\",\"$ref\":\"" + http + "\"}");
        schemas.put("nested.v1", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"" + http + "\"}}}");
        schemas.put("file.v1", "{\"type\":\"object\",\"$ref\":\"file:///etc/passwd\"}");
        schemas.put("classpath.v1", "{\"type\":\"object\",\"$ref\":\"classpath:/draft/2020-12/schema\"}");
        schemas.put("nowhere.v1", "{\"type\":\"object\",\"$ref\":\"#/nope\"}");
        schemas.put("dynamic.v1", "{\"type\":\"object\",\"$dynamicRef\":\"" + http + "#it\"}");
        return schemas;
    }

    /** What of this provider is left out and why, by the log and by {@code list}, which must agree; the good tool serves. */
    private static Map<String, String> leftOut(String provider) {
        assertThat(client.call(provider + ".good.v1", "{}").isError()).isFalse();
        Map<String, String> reasons = new LinkedHashMap<>();
        for (JsonNode each : list.path("providers")
                .valueStream()
                .filter(one -> one.path("name").asString().equals(provider))
                .findFirst()
                .orElseThrow()
                .path("leftOut")) {
            String name = each.path("name").asString();
            String reason = each.path("reason").asString();
            assertThat(reason).isNotBlank();
            gateway.log()
                    .await(line -> line.path("provider").asString("").equals(provider)
                            && line.path("message").asString("").contains(name)
                            && line.path("message").asString("").contains(reason));
            reasons.put(name, reason);
        }
        reasons.forEach((name, reason) -> assertThat(table.lines())
                .anyMatch(line -> line.contains(provider) && line.contains(name) && line.contains(reason)));
        System.out.println("left out: " + reasons);
        return reasons;
    }

    private static HostileProvider offering(Map<String, String> schemas) {
        HostileProvider provider = HostileProvider.start().tool("good.v1", echo());
        schemas.forEach((name, schema) -> provider.tool(tool(name, schema), echo()));
        return provider;
    }

    private static HostileProvider demanding(String schema) {
        return HostileProvider.start().tool(tool("take.v1", schema), echo());
    }

    private static Tool tool(String name, String inputSchema) {
        return Tool.newBuilder().setName(name).setInputSchema(json(inputSchema)).build();
    }

    private static Tool tool(String name, String inputSchema, String outputSchema) {
        return tool(name, inputSchema).toBuilder()
                .setOutputSchema(json(outputSchema))
                .build();
    }

    private static String nested(int depth) {
        return "{\"child\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }
}
