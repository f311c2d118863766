// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit.sample;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.List;
import java.util.Map;

/** Greets in every way that MCP has. */
public final class Greeter implements GatewayPlugin {

    @Override
    public List<ProviderOffer> providers(PluginContext context) {
        String greeting = String.valueOf(context.settings().getOrDefault("greeting", "Hello"));
        return List.of(new ProviderOffer(context.pluginId(), opened -> new Greetings(greeting)));
    }

    private static final class Greetings implements BlockingProvider {

        private static final Json SCHEMA = Json.of(Map.of(
                "type", "object",
                "properties", Map.of("name", Map.of("type", "string")),
                "required", List.of("name")));

        private final String greeting;

        Greetings(String greeting) {
            this.greeting = greeting;
        }

        @Override
        public Capabilities capabilities(CallContext context) {
            return Capabilities.builder()
                    .tools(List.of(Tool.named("greet.v1").inputSchema(SCHEMA).build()))
                    .resources(List.of(
                            Resource.at("greeter://greeting", "greeting").build()))
                    .prompts(List.of(
                            Prompt.named("greeting").argumentsSchema(SCHEMA).build()))
                    .build();
        }

        @Override
        public ToolResult callTool(String tool, Json arguments, CallContext context) {
            return ToolResult.of(Json.of(Map.of("greeting", to(arguments))));
        }

        @Override
        public ResourceResult readResource(String uri, CallContext context) {
            return ResourceResult.of(ResourceContents.text(uri, greeting).withMimeType("text/plain"));
        }

        @Override
        public PromptResult getPrompt(String prompt, Json arguments, CallContext context) {
            return PromptResult.of(PromptMessage.user(to(arguments)));
        }

        private String to(Json arguments) {
            return greeting + ", " + arguments.object().get("name") + "!";
        }
    }
}
