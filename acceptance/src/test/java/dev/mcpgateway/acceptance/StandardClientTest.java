// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Library;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The official Java SDK's client, as anybody's program would use it: it checks what it gets by the output schemas. */
class StandardClientTest {

    @Test
    void the_official_sdk_connects_lists_and_calls() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            try (McpSyncClient client = connect(installation)) {
                McpSchema.InitializeResult hello = client.initialize();
                assertThat(hello.serverInfo().name()).isNotBlank();
                assertThat(hello.serverInfo().version()).isEqualTo("0.1.0-SNAPSHOT");

                // The first list waits for 2.5 s, which a busy machine may need for more than that.
                await().untilAsserted(() -> assertThat(client.listTools().tools())
                        .extracting(McpSchema.Tool::name)
                        .containsExactly("hello-go.echo.v1", "hello-go.sum.v1"));
                assertThat(client.listTools().tools())
                        .extracting(McpSchema.Tool::description)
                        .containsExactly("Returns input message unchanged", "Sums an array of numbers");

                CallToolResult echo =
                        client.callTool(new CallToolRequest("hello-go.echo.v1", Map.of("message", "Grüße, 世界 🌍")));
                assertThat(echo.isError()).isNotEqualTo(true);
                assertThat(echo.structuredContent()).isEqualTo(Map.of("message", "Grüße, 世界 🌍"));

                CallToolResult sum =
                        client.callTool(new CallToolRequest("hello-go.sum.v1", Map.of("numbers", List.of(1, 2, 3))));
                assertThat(textOf(sum)).isEqualTo("{\"sum\":6}");
                assertThat(sum.structuredContent()).isEqualTo(Map.of("sum", 6));
            }
        }
    }

    @Test
    void the_official_sdk_sees_a_refused_call_as_a_result_the_model_can_read() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            try (McpSyncClient client = connect(installation)) {
                client.initialize();
                await().untilAsserted(
                                () -> assertThat(client.listTools().tools()).hasSize(2));

                CallToolResult refused =
                        client.callTool(new CallToolRequest("hello-go.sum.v1", Map.of("numbers", List.of("x"))));

                assertThat(refused.isError()).isTrue();
                assertThat(textOf(refused)).contains("/numbers/0");
            }
        }
    }

    @Test
    void the_official_sdk_reads_resources_fills_in_prompts_and_completes() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Library.in(installation, "first");
            try (McpSyncClient client = connect(installation)) {
                client.initialize();
                await().untilAsserted(
                                () -> assertThat(client.listTools().tools()).isNotEmpty());

                assertThat(client.listResources().resources())
                        .extracting(McpSchema.Resource::name)
                        .startsWith("first.greeting");
                assertThat(client.listResourceTemplates().resourceTemplates())
                        .extracting(McpSchema.ResourceTemplate::uriTemplate)
                        .containsExactly("hello://big/{bytes}");
                assertThat(client.readResource(new McpSchema.ReadResourceRequest("hello://greeting"))
                                .contents())
                        .containsExactly(new McpSchema.TextResourceContents(
                                "hello://greeting", "text/plain", "Hello from first"));
                assertThatThrownBy(() -> client.readResource(new McpSchema.ReadResourceRequest("hello://nowhere")))
                        .isInstanceOfSatisfying(
                                McpError.class,
                                e -> assertThat(e.getJsonRpcError().code()).isEqualTo(-32002));

                assertThat(client.listPrompts().prompts())
                        .extracting(McpSchema.Prompt::name)
                        .containsExactly("hello-plan", "typed", "silent", "hangs");
                assertThat(client.getPrompt(new McpSchema.GetPromptRequest("hello-plan", Map.of("name", "Alice")))
                                .messages())
                        .hasSize(2);
                assertThat(client.completeCompletion(new McpSchema.CompleteRequest(
                                        new McpSchema.PromptReference("typed"),
                                        new McpSchema.CompleteRequest.CompleteArgument("colour", "ro")))
                                .completion()
                                .values())
                        .containsExactly("rose");
            }
        }
    }

    @Test
    void the_official_sdk_pings_and_sets_the_log_level() {
        try (Installation installation = Installation.create()) {
            try (McpSyncClient client = connect(installation)) {
                client.initialize();

                client.setLoggingLevel(LoggingLevel.WARNING);
                assertThat(client.ping()).isNotNull();
                assertThat(client.listTools().tools()).isEmpty();
            }
        }
    }

    private static McpSyncClient connect(Installation installation) {
        installation.writeConfiguration();
        ServerParameters launch = ServerParameters.builder(Checkout.launcher().toString())
                .args("--config", installation.configurationFile().toString())
                .env(installation.cleanEnvironment())
                .build();
        StdioClientTransport transport =
                new StdioClientTransport(launch, new JacksonMcpJsonMapper(JsonMapper.shared()));
        transport.setStdErrorHandler(line -> {}); // else it prints every log line as an error of its own
        return McpClient.sync(transport)
                .requestTimeout(Duration.ofSeconds(10))
                .initializationTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static String textOf(CallToolResult result) {
        return ((TextContent) result.content().getFirst()).text();
    }
}
