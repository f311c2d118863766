// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;

/** A plugin's interceptor as the kernel sees it: it throws nothing but what {@link InterceptorGate} does, and its values are sound. */
final class GatedInterceptor implements Interceptor {

    private final InterceptorGate visit;
    private final Interceptor interceptor;

    GatedInterceptor(InterceptorGate visit, Interceptor interceptor) {
        this.visit = visit;
        this.interceptor = interceptor;
    }

    @Override
    public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
        return visit.make(
                call,
                inside -> BoundaryCopy.verdict(interceptor.beforeTool(inside, arguments), BoundaryCopy::toolResult));
    }

    @Override
    public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
        return visit.make(call, inside -> BoundaryCopy.toolResult(interceptor.afterTool(inside, arguments, result)));
    }

    @Override
    public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
        return visit.make(
                call, inside -> BoundaryCopy.verdict(interceptor.beforeResource(inside), BoundaryCopy::resource));
    }

    @Override
    public ResourceResult afterResource(InterceptedCall call, ResourceResult result) {
        return visit.make(call, inside -> {
            ResourceResult after = interceptor.afterResource(inside, result);
            return after == result ? result : BoundaryCopy.resource(after);
        });
    }

    @Override
    public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
        return visit.make(
                call,
                inside ->
                        BoundaryCopy.verdict(interceptor.beforePrompt(inside, arguments), BoundaryCopy::promptResult));
    }

    @Override
    public PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) {
        return visit.make(
                call, inside -> BoundaryCopy.promptResult(interceptor.afterPrompt(inside, arguments, result)));
    }

    @Override
    public void close() {
        visit.end(interceptor::close);
    }
}
