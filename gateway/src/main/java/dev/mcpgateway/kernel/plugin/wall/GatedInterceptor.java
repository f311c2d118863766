package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.util.List;

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
    public Verdict<List<ResourceContents>> beforeResource(InterceptedCall call) {
        return visit.make(
                call, inside -> BoundaryCopy.verdict(interceptor.beforeResource(inside), BoundaryCopy::resource));
    }

    @Override
    public List<ResourceContents> afterResource(InterceptedCall call, List<ResourceContents> contents) {
        return visit.make(call, inside -> {
            List<ResourceContents> after = interceptor.afterResource(inside, contents);
            return after == contents ? contents : BoundaryCopy.resource(after);
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
