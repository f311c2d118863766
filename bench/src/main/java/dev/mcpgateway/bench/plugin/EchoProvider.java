// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.plugin;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Answers at once, so that what a call costs is the gateway's alone. */
class EchoProvider implements Provider {

    private final Capabilities capabilities;

    EchoProvider(int tools, Tool... more) {
        capabilities = Capabilities.builder()
                .tools(Stream.concat(IntStream.range(0, tools).mapToObj(EchoProvider::tool), Stream.of(more))
                        .toList())
                .build();
    }

    private static Tool tool(int number) {
        // One schema each, as real tools have: shared ones would be compiled once.
        Json schema = Json.of(Map.of(
                "type",
                "object",
                "description",
                "of tool " + number,
                "properties",
                Map.of("message", Map.of("type", "string")),
                "required",
                List.of("message"),
                "additionalProperties",
                false));
        return Tool.named(EchoPlugin.toolName(number))
                .description("Returns input message unchanged")
                .inputSchema(schema)
                .outputSchema(schema)
                .build();
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext context) {
        return CompletableFuture.completedFuture(capabilities);
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        return CompletableFuture.completedFuture(ToolResult.of(arguments));
    }
}
