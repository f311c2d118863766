// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.plugin;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Knows how long its own method takes, and has a tool more that tells. To be called one call at a time. */
final class TimedEcho extends EchoProvider {

    private final long[] nanos = new long[1 << 16]; // of the last calls
    private int calls;

    TimedEcho(int tools) {
        super(tools, Tool.named(EchoPlugin.OWN_TIME).build());
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        if (tool.equals(EchoPlugin.OWN_TIME)) {
            return CompletableFuture.completedFuture(ToolResult.text(Long.toString(median())));
        }
        long begin = System.nanoTime();
        CompletionStage<ToolResult> answer = super.callTool(tool, arguments, context);
        long took = System.nanoTime() - begin;
        synchronized (this) {
            nanos[calls++ % nanos.length] = took;
        }
        return answer;
    }

    /** Of the calls since it was last asked for. */
    private synchronized long median() {
        long[] sorted = Arrays.copyOf(nanos, Math.min(calls, nanos.length));
        calls = 0;
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }
}
