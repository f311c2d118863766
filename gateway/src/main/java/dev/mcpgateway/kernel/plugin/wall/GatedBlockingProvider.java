// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;

/** A plugin's blocking provider as the kernel sees it: its values are sound, and it throws nothing but what {@link InterceptorGate} does. */
final class GatedBlockingProvider implements BlockingProvider {

    private final Gate gate;
    private final String name;
    private final BlockingProvider provider;
    private final InterceptorGate visit;

    GatedBlockingProvider(Gate gate, String name, BlockingProvider provider) {
        this.gate = gate;
        this.name = name;
        this.provider = provider;
        this.visit = new InterceptorGate(gate, "provider '" + name + "'");
    }

    @Override
    public Capabilities capabilities(CallContext call) {
        return ask(
                call,
                "discovery",
                inside -> BoundaryCopy.capabilities(
                        provider.capabilities(inside), text -> gate.warn("provider '" + name + "' " + text)));
    }

    @Override
    public ToolResult callTool(String tool, Json arguments, CallContext call) {
        return ask(call, "tool", inside -> BoundaryCopy.toolResult(provider.callTool(tool, arguments, inside)));
    }

    @Override
    public ResourceResult readResource(String uri, CallContext call) {
        return ask(call, "resource", inside -> BoundaryCopy.resource(provider.readResource(uri, inside)));
    }

    @Override
    public PromptResult getPrompt(String prompt, Json arguments, CallContext call) {
        return ask(call, "prompt", inside -> BoundaryCopy.promptResult(provider.getPrompt(prompt, arguments, inside)));
    }

    @Override
    public void close() {
        visit.end(provider::close);
    }

    private <T> T ask(CallContext call, String asked, InterceptorGate.Body<T, CallContext> body) {
        return InterceptorGate.make(
                gate,
                "a call of provider '" + name + "'",
                "could not answer: " + asked + " failed",
                call,
                new GatedCall(gate, call),
                body);
    }
}
