// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A blocking provider that is called on the caller's own thread. */
record OnThisThread(BlockingProvider provider) implements Provider {

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext context) {
        return called(() -> provider.capabilities(context));
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        return called(() -> provider.callTool(tool, arguments, context));
    }

    @Override
    public void close() {
        provider.close();
    }

    private static <T> CompletionStage<T> called(Callable<T> body) {
        try {
            return CompletableFuture.completedFuture(body.call());
        } catch (Exception thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }
}
