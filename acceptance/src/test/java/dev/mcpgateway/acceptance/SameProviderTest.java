// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A provider written as plain Java in a plugin jar and one behind gRPC are the same thing to a client. */
class SameProviderTest {

    enum Home {
        /** hello-go, started by the gateway. */
        BEHIND_GRPC {
            @Override
            Installation installation() {
                return Installation.create().grpc("hello", HelloGo.SUPERVISED);
            }
        },
        /** plugins/hello. */
        IN_A_JAR {
            @Override
            Installation installation() {
                return Installation.createWithoutPlugins().plugin(Checkout.pluginJar("hello"));
            }
        };

        abstract Installation installation();
    }

    @ParameterizedTest
    @EnumSource
    void it_is_listed_called_refused_and_failing_in_the_same_words(Home home) {
        try (Installation installation = home.installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();

            client.awaitExactly("hello.echo.v1", "hello.sum.v1");
            List<JsonNode> tools = client.tools();
            assertThat(tools)
                    .extracting(tool -> tool.path("description").asString())
                    .containsExactly("Returns input message unchanged", "Sums an array of numbers");
            assertThat(tools.get(0).path("inputSchema")).isEqualTo(Json.parse(schema("echo.v1.input.json")));
            assertThat(tools.get(1).path("outputSchema")).isEqualTo(Json.parse(schema("sum.v1.output.json")));
            assertThat(tools.get(1).path("_meta").path("dev.mcpgateway/name").asString())
                    .isEqualTo("hello.sum.v1");

            assertResult(client.call("hello.echo.v1", "{\"message\":\"Hi\"}"), "{\"message\":\"Hi\"}");
            assertResult(
                    client.call("hello_echo_v1", "{\"message\":\"…🙂\\u0000\\\"\"}"),
                    "{\"message\":\"…🙂\\u0000\\\"\"}");
            assertResult(client.call("hello.sum.v1", "{\"numbers\":[1,2,3]}"), "{\"sum\":6}");
            assertResult(client.call("hello.sum.v1", "{\"numbers\":[]}"), "{\"sum\":0}");

            Reply refused = client.call("hello.sum.v1", "{\"numbers\":[\"x\"]}");
            assertThat(refused.isError()).isTrue();
            assertThat(refused.text()).contains("/numbers/0");
            assertThat(client.call("hello.sum.v1", "{\"numbers\":[],\"more\":1}")
                            .isError())
                    .isTrue();

            Reply failed = client.call("hello.sum.v1", "{\"numbers\":[9223372036854775807,1]}");
            assertThat(failed.isError()).isTrue();
            assertThat(failed.text()).isEqualTo("the sum does not fit in 64 bits");
            assertThat(failed.result().has("structuredContent")).isFalse();

            Reply unknown = client.call("hello.product.v1", "{}");
            assertThat(unknown.errorCode()).isEqualTo(-32602);
            assertThat(unknown.errorText()).contains("hello.product.v1");

            assertThat(client.list("resources/list", "resources").toString()).isEqualTo("""
                    [{"uri":"hello://greeting","name":"hello.greeting","description":"A greeting from this provider",\
                    "mimeType":"text/plain"}]""");
            assertThat(client.read("hello://greeting").result().path("contents").toString())
                    .isEqualTo("""
                    [{"uri":"hello://greeting","mimeType":"text/plain","text":"Hello, MCP"}]""");
            assertThat(client.read("hello://farewell").errorText()).contains("hello://farewell");

            assertThat(client.list("prompts/list", "prompts").toString()).isEqualTo("""
                    [{"name":"hello-plan","description":"Greet a user and propose a plan",\
                    "arguments":[{"name":"name","description":"Whom to greet","required":true}],\
                    "_meta":{"dev.mcpgateway/name":"hello.hello-plan"}}]""");
            assertThat(client.prompt("hello-plan", "{\"name\":\"Alice\"}")
                            .result()
                            .toString())
                    .isEqualTo("""
                    {"description":"Greet a user and propose a plan","messages":[{"role":"user",\
                    "content":{"type":"text","text":"Hello, Alice! Let me propose a plan for you..."}}]}""");

            JsonNode line = gateway.log()
                    .await(each -> each.path("capability").asString("").contains("sum.v1")
                            && each.path("provider").asString("").equals("hello"));
            assertThat(line.path("correlation_id").asString()).hasSize(36);
            assertThat(line.has("duration_ms")).isTrue();
            assertThat(line.has("outcome")).isTrue();

            JsonNode list = Json.parse(installation.run("list", "--json").stdout());
            assertThat(list.path("tools")).hasSize(2);
            assertThat(list.path("providers").path(0).path("name").asString()).isEqualTo("hello");
            assertThat(installation
                            .run("call", "hello.sum.v1", "{\"numbers\":[1,2,3]}")
                            .stdout())
                    .isEqualTo("{\"sum\":6}\n");
        }
    }

    private static void assertResult(Reply reply, String json) {
        assertThat(reply.isError()).as(reply.text()).isFalse();
        assertThat(Json.parse(reply.text())).isEqualTo(Json.parse(json));
        assertThat(reply.result().path("structuredContent")).isEqualTo(Json.parse(json));
    }

    private static byte[] schema(String file) {
        try {
            return Files.readAllBytes(Checkout.ROOT.resolve("schemas/hello/" + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
