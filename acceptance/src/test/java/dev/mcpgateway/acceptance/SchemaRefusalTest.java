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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Schemas that a provider may send and must not get away with; what is wrong with one costs no other. */
class SchemaRefusalTest {

    private static final String DIALECT = "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"";

    /** A recursive schema: objects in objects. */
    private static final String TREE = """
            {"type":"object","properties":{"child":{"$ref":"#"}},"additionalProperties":false}""";

    @Test
    void a_schema_that_is_none_leaves_out_its_tool_and_no_other() {
        assertLeftOut(Map.of(
                "array.v1", "[]",
                "text.v1", "\"object\"",
                "broken.v1", "{\"type\":",
                "no-object-root.v1", "{\"type\":\"array\"}",
                "old-dialect.v1", "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}",
                "fails-the-metaschema.v1",
                        "{" + DIALECT + ",\"type\":\"object\",\"properties\":{\"a\":{\"minLength\":\"one\"}}}"));
    }

    @Test
    void the_reason_names_the_place_in_the_schema() {
        Map<String, String> reasons = leftOut(Map.of(
                "wrong.v1", "{\"type\":\"object\",\"properties\":{\"a\":{\"minLength\":\"one\"}}}",
                "lost.v1", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/nope\"}}}"));
        assertThat(reasons.get("wrong.v1")).contains("/properties/a");
        assertThat(reasons.get("lost.v1")).contains("/properties/a", "#/nope");
    }

    @Test
    void an_output_schema_that_is_none_leaves_out_its_tool_too() {
        Tool tool = Tool.newBuilder()
                .setName("answers-oddly.v1")
                .setInputSchema(json("{\"type\":\"object\"}"))
                .setOutputSchema(json("{\"type\":\"objekt\"}"))
                .build();
        try (HostileProvider provider =
                        HostileProvider.start().tool("good.v1", echo()).tool(tool, echo());
                Installation installation = Installation.create().grpc("odd", provider.entry());
                Gateway gateway = installation.start()) {
            gateway.client().initialize();
            gateway.client().awaitExactly("odd.good.v1");
            gateway.log().await("answers-oddly.v1");
        }
    }

    @Test
    void a_reference_that_leaves_the_schema_leaves_out_its_tool() {
        assertLeftOut(references("http://127.0.0.1:9/schema.json"));
    }

    @Test
    void no_socket_is_opened_for_a_reference(@TempDir Path folder) throws IOException {
        assumeTrue(Trace.isAvailable(), "strace is not installed, or may not trace here");
        try (ServerSocket bait = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HostileProvider provider = offering(references("http://127.0.0.1:" + bait.getLocalPort() + "/s.json"));
                Installation installation = Installation.create().grpc("odd", provider.entry())) {
            Trace trace = Trace.of(installation, folder.resolve("trace"), "list");
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
        assertLeftOut(Map.of(
                "self.v1", "{\"type\":\"object\",\"$ref\":\"#\"}",
                "two.v1",
                        "{\"type\":\"object\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},"
                                + "\"properties\":{\"x\":{\"$ref\":\"#/$defs/a\"}}}",
                "all-of.v1",
                        "{\"type\":\"object\",\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}},"
                                + "\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}"));
    }

    @Test
    void arguments_may_be_64_deep_and_no_deeper_under_a_recursive_schema() {
        Tool tool =
                Tool.newBuilder().setName("tree.v1").setInputSchema(json(TREE)).build();
        try (HostileProvider provider = HostileProvider.start().tool(tool, echo());
                Installation installation = Installation.create().grpc("odd", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("odd.tree.v1");
            assertThat(client.call("odd.tree.v1", nested(63)).text()).isEqualTo(nested(63));
            assertThat(client.call("odd.tree.v1", nested(64)).text()).isEqualTo(nested(64));
            int received = provider.received();
            Reply refused = client.call("odd.tree.v1", nested(65));
            assertThat(refused.errorCode()).isEqualTo(-32602);
            assertThat(refused.errorText()).contains("64");
            assertThat(provider.received()).isEqualTo(received);
            assertThat(client.call("odd.tree.v1", "{\"child\":{\"chidl\":{}}}").text())
                    .contains("/child");
        }
    }

    @Test
    void schemas_with_one_id_in_two_providers_are_each_their_own() {
        String id = "\"$id\":\"https://example.com/arguments\"";
        try (HostileProvider numbers =
                        demanding("{" + id + ",\"type\":\"object\",\"$defs\":{\"v\":{\"type\":\"number\"}},"
                                + "\"properties\":{\"value\":{\"$ref\":\"#/$defs/v\"}}}");
                HostileProvider strings =
                        demanding("{" + id + ",\"type\":\"object\",\"$defs\":{\"v\":{\"type\":\"string\"}},"
                                + "\"properties\":{\"value\":{\"$ref\":\"#/$defs/v\"}}}");
                Installation installation =
                        Installation.create().grpc("numbers", numbers.entry()).grpc("strings", strings.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("numbers.take.v1", "strings.take.v1");
            for (int i = 0; i < 3; i++) {
                assertThat(client.call("numbers.take.v1", "{\"value\":1}").isError())
                        .isFalse();
                assertThat(client.call("strings.take.v1", "{\"value\":\"1\"}").isError())
                        .isFalse();
                assertThat(client.call("numbers.take.v1", "{\"value\":\"1\"}").text())
                        .contains("/value");
                assertThat(client.call("strings.take.v1", "{\"value\":1}").text())
                        .contains("/value");
            }
        }
    }

    @Test
    void clients_are_given_no_name_of_a_root_and_no_pattern_that_they_cannot_compile() {
        Tool named = Tool.newBuilder()
                .setName("named.v1")
                .setInputSchema(json(
                        "{\"$id\":\"https://example.com/s\",\"type\":\"object\",\"$defs\":{\"n\":{\"type\":\"null\"}},"
                                + "\"properties\":{\"a\":{\"$ref\":\"s#/$defs/n\"}}}"))
                .setOutputSchema(json("{\"$id\":\"https://example.com/s\",\"type\":\"object\"}"))
                .build();
        Tool foreign = Tool.newBuilder()
                .setName("foreign.v1")
                .setInputSchema(json("{\"type\":\"object\"}"))
                .setOutputSchema(
                        json("{\"type\":\"object\",\"properties\":{\"a\":{\"pattern\":\"^https\\\\:(?P<rest>.*)\"}}}"))
                .build();
        try (HostileProvider provider =
                        HostileProvider.start().tool(named, result("{}")).tool(foreign, result("{\"a\":\"ftp:\"}"));
                Installation installation = Installation.create().grpc("acme", provider.entry(), "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("acme.named.v1", "acme.foreign.v1");

            JsonNode first = client.tools().get(0);
            assertThat(first.path("inputSchema"))
                    .isEqualTo(Json.parse("{\"type\":\"object\",\"$defs\":{\"n\":{\"type\":\"null\"}},"
                            + "\"properties\":{\"a\":{\"$ref\":\"#/$defs/n\"}}}"));
            assertThat(first.path("outputSchema")).isEqualTo(Json.parse("{\"type\":\"object\"}"));
            assertThat(client.tools().get(1).has("outputSchema")).isFalse();
            assertThat(client.call("acme.foreign.v1", "{}").text()).contains("/a");
            assertThat(installation.run("list").stdout())
                    .contains("output schema foreign.v1", "is none in JavaScript's Unicode mode");
        }
    }

    @Test
    void arguments_that_violate_the_schema_are_refused_with_path_and_reason_at_most_five_times() {
        Tool tool =
                Tool.newBuilder().setName("list.v1").setInputSchema(json("""
                        {"type":"object","properties":{"numbers":{"type":"array","items":{"type":"number"}}},
                         "required":["numbers"]}""")).build();
        try (HostileProvider provider = HostileProvider.start().tool(tool, echo());
                Installation installation = Installation.create().grpc("odd", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("odd.list.v1");
            Reply one = client.call("odd.list.v1", "{\"numbers\":[1,\"x\"]}");
            assertThat(one.isError()).isTrue();
            assertThat(one.text()).contains("/numbers/1");
            assertThat(client.call("odd.list.v1", "{}").text()).contains("numbers");
            String many = client.call("odd.list.v1", "{\"numbers\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]}")
                    .text();
            assertThat(many.split("/numbers/", -1)).hasSize(5 + 1);
            assertThat(provider.received()).isZero();
        }
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

    private static void assertLeftOut(Map<String, String> schemas) {
        assertThat(leftOut(schemas)).containsOnlyKeys(schemas.keySet());
    }

    /** What is left out and why, by the log and by {@code list}, which must agree; the good tool must have stayed. */
    private static Map<String, String> leftOut(Map<String, String> schemas) {
        try (HostileProvider provider = offering(schemas);
                Installation installation = Installation.create().grpc("odd", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("odd.good.v1");
            assertThat(client.call("odd.good.v1", "{}").isError()).isFalse();
            Map<String, String> reasons = new LinkedHashMap<>();
            JsonNode list = Json.parse(installation.run("list", "--json").stdout());
            for (JsonNode each : list.path("providers").path(0).path("leftOut")) {
                String name = each.path("name").asString();
                String reason = each.path("reason").asString();
                assertThat(reason).isNotBlank();
                gateway.log()
                        .await(line -> line.path("message").asString("").contains(name)
                                && line.path("message").asString("").contains(reason));
                reasons.put(name, reason);
            }
            String table = installation.run("list").stdout();
            reasons.forEach((name, reason) -> assertThat(table).contains(name, reason));
            System.out.println("left out: " + reasons);
            return reasons;
        }
    }

    private static HostileProvider offering(Map<String, String> schemas) {
        HostileProvider provider = HostileProvider.start().tool("good.v1", echo());
        schemas.forEach((name, schema) -> provider.tool(
                Tool.newBuilder().setName(name).setInputSchema(json(schema)).build(), echo()));
        return provider;
    }

    private static HostileProvider demanding(String schema) {
        return HostileProvider.start()
                .tool(
                        Tool.newBuilder()
                                .setName("take.v1")
                                .setInputSchema(json(schema))
                                .build(),
                        echo());
    }

    private static String nested(int depth) {
        return "{\"child\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
    }
}
