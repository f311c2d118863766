// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keeps every call open until the test ends it. */
class FakeProvider implements Provider {

    static final Duration TIMEOUT = Duration.ofMillis(2_500);

    /** A call that has reached the provider. */
    record Asked(CallContext context, CompletableFuture<ToolResult> answer) {}

    final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    /** A connected slot with this provider in it. */
    static Slot slot(Provider provider, Deadlines deadlines, int permits, int queue) {
        Terms terms = new Terms("fake", "plugin", "", permits, queue, TIMEOUT, "fake", Duration.ofSeconds(60));
        Slot slot = new Slot(terms, deadlines);
        slot.replaceInstance(provider);
        slot.status(Status.now(Status.State.CONNECTED, ""));
        return slot;
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext context) {
        return CompletableFuture.completedFuture(Capabilities.of());
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        CompletableFuture<ToolResult> answer = new CompletableFuture<>();
        asked.add(new Asked(context, answer));
        return answer;
    }

    /** A tool call whose end the test can wait for; more than one end is an error. */
    static final class Call extends Invocation<ToolResult> {

        private static final Json NO_ARGUMENTS = Json.of(Map.of());

        private final CompletableFuture<Object> outcome = new CompletableFuture<>();

        Call(Slot slot) {
            this(slot, TIMEOUT);
        }

        Call(Slot slot, Duration left) {
            this(slot, RequestContext.arrived(slot.deadlines(), System.nanoTime()), left);
        }

        private Call(Slot slot, RequestContext request, Duration left) {
            super(slot, request);
            request.allow(left);
            request.heldBy(this);
            request.arm();
        }

        void cancel() {
            request().cancel();
        }

        /** A {@link ToolResult} or a {@link Failure}. */
        CompletableFuture<Object> outcome() {
            return outcome;
        }

        @Override
        protected CompletionStage<ToolResult> ask(Provider provider) {
            return provider.callTool("tool", NO_ARGUMENTS, this);
        }

        @Override
        protected void answered(ToolResult answer) {
            endWith(answer);
        }

        @Override
        protected void failed(Failure failure) {
            endWith(failure);
        }

        private void endWith(Object end) {
            request().done();
            if (!outcome.complete(end)) {
                throw new AssertionError("the call has ended twice");
            }
        }
    }
}
