package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.PluginJar;
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
        /** The same tools in Java. */
        IN_A_JAR {
            @Override
            Installation installation() {
                Installation installation = Installation.createWithoutPlugins();
                helloInJava().writeTo(installation.pluginsDir());
                return installation;
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

    private static PluginJar helloInJava() {
        PluginJar jar = PluginJar.withProvider("hello", """
                final class Source extends BlockingProvider {
                    Source(ProviderContext context) {
                        super(context);
                    }

                    @Override
                    protected Capabilities list(CallContext context) throws Exception {
                        return Capabilities.of(
                                tool("echo.v1", "Returns input message unchanged"),
                                tool("sum.v1", "Sums an array of numbers"));
                    }

                    private static Tool tool(String name, String description) throws Exception {
                        return Tool.named(name)
                                .description(description)
                                .inputSchema(schema(name + ".input.json"))
                                .outputSchema(schema(name + ".output.json"))
                                .build();
                    }

                    private static Json schema(String file) throws Exception {
                        try (java.io.InputStream in = Source.class.getResourceAsStream("/" + file)) {
                            return Json.ofUtf8(in.readAllBytes());
                        }
                    }

                    @Override
                    protected ToolResult call(String tool, Json arguments, CallContext context) {
                        return tool.equals("echo.v1") ? ToolResult.of(arguments) : sum(arguments);
                    }

                    private static ToolResult sum(Json arguments) {
                        java.math.BigInteger sum = java.math.BigInteger.ZERO;
                        for (Object number : (List<?>) arguments.object().get("numbers")) {
                            sum = sum.add(new java.math.BigInteger(number.toString()));
                        }
                        return sum.bitLength() > 63
                                ? ToolResult.error("the sum does not fit in 64 bits")
                                : ToolResult.of(Json.of(Map.of("sum", sum)));
                    }
                }
                """);
        for (String tool : List.of("echo.v1", "sum.v1")) {
            for (String file : List.of(tool + ".input.json", tool + ".output.json")) {
                jar.entry(file, schema(file));
            }
        }
        return jar;
    }

    private static byte[] schema(String file) {
        try {
            return Files.readAllBytes(Checkout.ROOT.resolve("schemas/hello/" + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
