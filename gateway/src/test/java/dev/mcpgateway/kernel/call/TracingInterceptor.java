// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.util.Queue;

/** Lets everything pass, and notes its way in and out. */
final class TracingInterceptor implements Interceptor {

    private final String name;
    private final Queue<String> seen;

    TracingInterceptor(String name, Queue<String> seen) {
        this.name = name;
        this.seen = seen;
    }

    @Override
    public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
        seen.add("> " + name);
        return Verdict.pass();
    }

    @Override
    public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
        seen.add("< " + name);
        return result;
    }

    @Override
    public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
        seen.add("> " + name);
        return Verdict.pass();
    }

    @Override
    public ResourceResult afterResource(InterceptedCall call, ResourceResult result) {
        seen.add("< " + name);
        return result;
    }

    @Override
    public void close() {
        seen.add(name + " closed");
    }
}
