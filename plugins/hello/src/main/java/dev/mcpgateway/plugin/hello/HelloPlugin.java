// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The example to start from: a plugin with one provider, which offers two tools, a resource and a prompt. Clients see
 * {@code hello.echo.v1}, {@code hello.sum.v1}, {@code hello://greeting} and {@code hello-plan}.
 */
public final class HelloPlugin implements GatewayPlugin {

    @Override
    public List<ProviderOffer> providers(PluginContext context) {
        return List.of(new ProviderOffer("hello", opened -> new Hello()));
    }

    /** Its methods may block and throw, and run concurrently: each call has a thread to itself. */
    private static final class Hello implements BlockingProvider {
        @Override
        public Capabilities capabilities(CallContext context) throws IOException {
            return Capabilities.builder()
                    .version("0.1.0")
                    .tools(List.of(
                            tool("echo.v1", "Returns input message unchanged"),
                            tool("sum.v1", "Sums an array of numbers")))
                    .resources(List.of(Resource.at("hello://greeting", "greeting")
                            .description("A greeting from this provider")
                            .mimeType("text/plain")
                            .build()))
                    .prompts(List.of(Prompt.named("hello-plan")
                            .description("Greet a user and propose a plan")
                            .argumentsSchema(schema("hello-plan.args"))
                            .build()))
                    .build();
        }

        private static Tool tool(String name, String description) throws IOException {
            return Tool.named(name)
                    .description(description)
                    .inputSchema(schema(name + ".input"))
                    .outputSchema(schema(name + ".output"))
                    .build();
        }

        private static Json schema(String name) throws IOException {
            String file = "/schemas/" + name + ".json"; // in this jar
            try (InputStream in = requireNonNull(Hello.class.getResourceAsStream(file), file)) {
                return Json.ofUtf8(in.readAllBytes());
            }
        }

        /** The arguments conform to the tool's input schema: the gateway has seen to that. */
        @Override
        public ToolResult callTool(String tool, Json arguments, CallContext context) {
            return switch (tool) {
                case "echo.v1" -> echo(arguments);
                case "sum.v1" ->
                    Sum.of((List<?>) requireNonNull(arguments.object().get("numbers")));
                default -> throw unknown("tool", tool);
            };
        }

        /**
         * The message comes back as it was spelled, escapes and all, which a Java string no longer knows. So the text is
         * cut: from the quote behind the only key, which holds no colon, to the last quote.
         */
        private static ToolResult echo(Json arguments) {
            String text = UTF_8.decode(arguments.utf8()).toString();
            String message = text.substring(text.indexOf('"', text.indexOf(':')), text.lastIndexOf('"') + 1);
            return ToolResult.of(Json.ofUtf8(("{\"message\":" + message + "}").getBytes(UTF_8)));
        }

        @Override
        public ResourceResult readResource(String uri, CallContext context) {
            if (!uri.equals("hello://greeting")) {
                throw unknown("resource", uri);
            }
            return ResourceResult.of(ResourceContents.text(uri, "Hello, MCP").withMimeType("text/plain"));
        }

        @Override
        public PromptResult getPrompt(String prompt, Json arguments, CallContext context) {
            if (!prompt.equals("hello-plan")) {
                throw unknown("prompt", prompt);
            }
            String text = "Hello, " + arguments.object().get("name") + "! Let me propose a plan for you...";
            return PromptResult.of(PromptMessage.user(text)).withDescription("Greet a user and propose a plan");
        }

        private static ProviderException unknown(String kind, String name) {
            return new ProviderException(ProviderException.Code.NOT_FOUND, "unknown " + kind + " \"" + name + "\"");
        }
    }
}
