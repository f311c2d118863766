// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A blocking provider as slots call it: each call on a platform thread made for this instance, of which there are as many as the
 * provider has permits. Asking what it offers has one more, so it never waits behind calls.
 *
 * <p>A call keeps its permit until its thread has come back (see {@link Invocation}), so a thread is always free for the next.
 * Thread-safe.
 */
final class ThreadedProvider implements Provider {

    private final BlockingProvider provider;
    private final BoundedThreads calls;
    private final BoundedThreads discovery;
    private final AtomicBoolean isListing = new AtomicBoolean();

    ThreadedProvider(String name, int permits, BlockingProvider provider) {
        this.provider = provider;
        this.calls = new BoundedThreads("provider-" + name + "-call-", permits);
        this.discovery = new BoundedThreads("provider-" + name + "-discovery-", 1);
    }

    /** From now on as many calls may run at once. */
    void permits(int now) {
        calls.allow(now);
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext context) {
        if (!isListing.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new ProviderException(
                    Code.DEADLINE_EXCEEDED,
                    "has not come back from listing what it offers, which it was asked before"));
        }
        return run(discovery, context, () -> provider.capabilities(context), () -> isListing.set(false));
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        return run(calls, context, () -> provider.callTool(tool, arguments, context));
    }

    @Override
    public CompletionStage<ResourceResult> readResource(String uri, CallContext context) {
        return run(calls, context, () -> provider.readResource(uri, context));
    }

    @Override
    public CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext context) {
        return run(calls, context, () -> provider.getPrompt(prompt, arguments, context));
    }

    @Override
    public void close() {
        try {
            provider.close();
        } finally {
            calls.close();
            discovery.close();
        }
    }

    private static <T> CompletionStage<T> run(BoundedThreads threads, CallContext context, Callable<T> body) {
        return run(threads, context, body, () -> {});
    }

    /** @param back run on the thread when it has come back, whatever came of it and before anybody hears of that */
    private static <T> CompletionStage<T> run(
            BoundedThreads threads, CallContext context, Callable<T> body, Runnable back) {
        Work<T> work = new Work<>((Invocation<?>) context, body, back);
        work.call.lendThread(work::interrupt);
        if (!threads.execute(work)) {
            work.call.threadIsBack();
            work.answer.completeExceptionally(new CancellationException("closed"));
        }
        return work.answer;
    }

    /** One call on its thread, which is interrupted while it is in there and not a moment longer. */
    private static final class Work<T> implements Runnable {

        private final Invocation<?> call;
        private final Callable<T> body;
        private final Runnable back;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        @GuardedBy("this") private @Nullable Thread thread;

        @GuardedBy("this") private boolean isOver;

        Work(Invocation<?> call, Callable<T> body, Runnable back) {
            this.call = call;
            this.body = body;
            this.back = back;
        }

        @Override
        public void run() {
            try {
                answer.complete(inside());
            } catch (Throwable thrown) { // the gate has made text of it
                answer.completeExceptionally(thrown);
            } finally {
                leave();
                call.threadIsBack();
            }
        }

        private T inside() throws Exception {
            try {
                if (!enter()) {
                    throw new CancellationException("over before it began");
                }
                return body.call();
            } finally {
                back.run();
            }
        }

        void interrupt() {
            Thread inside;
            synchronized (this) {
                isOver = true;
                inside = thread;
                if (inside != null) {
                    inside.interrupt();
                }
            }
        }

        private synchronized boolean enter() {
            thread = Thread.currentThread();
            return !isOver;
        }

        private synchronized void leave() {
            thread = null;
            Thread.interrupted();
        }
    }
}
