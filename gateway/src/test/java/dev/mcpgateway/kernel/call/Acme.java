// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A tool that answers with its arguments, a resource and a prompt, unless the test says otherwise. */
final class Acme implements Provider {

    static final String URI = "acme://greeting";

    private static final Json SCHEMA = Json.of(Map.of(
            "type", "object",
            "properties", Map.of("message", Map.of("type", "string")),
            "required", List.of("message")));

    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    volatile Answering answer = arguments -> CompletableFuture.completedFuture(ToolResult.of(arguments));
    volatile CompletableFuture<ResourceResult> contents =
            CompletableFuture.completedFuture(ResourceResult.of(ResourceContents.text(URI, "hello")));
    volatile CompletableFuture<PromptResult> filled = CompletableFuture.completedFuture(
            PromptResult.of(PromptMessage.user("go")).withDescription("plan"));

    interface Answering {
        CompletionStage<ToolResult> to(Json arguments);
    }

    /** The tool's arguments and its result. */
    static Json message(String text) {
        return Json.of(Map.of("message", text));
    }

    static String said(Json message) {
        return String.valueOf(message.object().get("message"));
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext call) {
        return CompletableFuture.completedFuture(Capabilities.builder()
                .tools(List.of(Tool.named("echo.v1")
                        .inputSchema(SCHEMA)
                        .outputSchema(SCHEMA)
                        .build()))
                .resources(List.of(Resource.at(URI, "greeting").build()))
                .prompts(List.of(Prompt.named("plan")
                        .argumentsSchema(Json.of(
                                Map.of("type", "object", "properties", Map.of("days", Map.of("type", "integer")))))
                        .build()))
                .build());
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
        asked.add(arguments.toString());
        return answer.to(arguments);
    }

    @Override
    public CompletionStage<ResourceResult> readResource(String uri, CallContext call) {
        asked.add(uri);
        return contents;
    }

    @Override
    public CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext call) {
        asked.add(arguments.toString());
        return filled;
    }
}
