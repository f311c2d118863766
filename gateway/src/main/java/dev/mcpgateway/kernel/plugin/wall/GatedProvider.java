// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A plugin's provider as the kernel sees it: answers with the kernel's own stages, values and exceptions only. */
final class GatedProvider implements Provider {

    private static final Function<ToolResult, ToolResult> TOOL_RESULT = BoundaryCopy::toolResult;
    private static final Function<ResourceResult, ResourceResult> RESOURCE = BoundaryCopy::resource;
    private static final Function<PromptResult, PromptResult> PROMPT_RESULT = BoundaryCopy::promptResult;

    private final Gate gate;
    private final String name;
    private final Provider provider;
    private final InterceptorGate visit;

    private GatedProvider(Gate gate, String name, Provider provider) {
        this.gate = gate;
        this.name = name;
        this.provider = provider;
        this.visit = new InterceptorGate(gate, "provider '" + name + "'");
    }

    /** @throws ProviderException when the plugin's own opening ended in anything but a provider */
    static ProviderInstance open(Gate gate, String name, Callable<@Nullable ProviderInstance> opening)
            throws InterruptedException {
        gate.checkIn(); // before the look at the gate: who waits for its last guest must not miss this one
        boolean isOpen = false;
        try {
            ProviderInstance opened = openInside(gate, name, opening);
            isOpen = true;
            return opened;
        } finally {
            if (!isOpen) {
                gate.checkOut();
            }
        }
    }

    private static ProviderInstance openInside(Gate gate, String name, Callable<@Nullable ProviderInstance> opening)
            throws InterruptedException {
        if (gate.isClosed()) {
            throw gate.gone();
        }
        String what = "opening provider '" + name + "'";
        ClassLoader before = gate.enter();
        try {
            ProviderInstance opened = opening.call();
            if (opened == null) {
                throw new IllegalStateException("open returned null: it must return a provider or throw");
            }
            return switch (opened) {
                case Provider provider -> new GatedProvider(gate, name, provider);
                case BlockingProvider provider -> new GatedBlockingProvider(gate, name, provider);
            };
        } catch (InterruptedException e) {
            throw new InterruptedException(); // the kernel's own doing: the time to open was up
        } catch (Throwable thrown) {
            throw gate.asText(what, "failed", thrown);
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext call) {
        return ask(call, "discovery", found -> BoundaryCopy.capabilities(found, this::warn), provider::capabilities);
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
        return ask(call, "tool", TOOL_RESULT, inside -> provider.callTool(tool, arguments, inside));
    }

    @Override
    public CompletionStage<ResourceResult> readResource(String uri, CallContext call) {
        return ask(call, "resource", RESOURCE, inside -> provider.readResource(uri, inside));
    }

    @Override
    public CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext call) {
        return ask(call, "prompt", PROMPT_RESULT, inside -> provider.getPrompt(prompt, arguments, inside));
    }

    @Override
    public void reconnect() {
        if (!visit.isEnded() && !gate.isClosed()) {
            gate.quietly("reconnecting provider '" + name + "'", provider::reconnect);
        }
    }

    @Override
    public void close() {
        visit.end(provider::close);
    }

    private <T> CompletionStage<T> ask(
            CallContext call,
            String asked,
            Function<T, T> sound,
            Function<CallContext, @Nullable CompletionStage<T>> question) {
        GatedStage<T> answer = new GatedStage<>(gate, name, asked, call, sound);
        if (gate.isClosed()) {
            answer.completeExceptionally(gate.gone());
            return answer;
        }
        gate.callBegins();
        ClassLoader before = gate.enter();
        try {
            answer.follow(question.apply(new GatedCall(gate, call)));
        } catch (Throwable thrown) {
            answer.fail(thrown);
        } finally {
            gate.leave(before);
        }
        return answer;
    }

    private void warn(String text) {
        gate.warn("provider '" + name + "' " + text);
    }
}
