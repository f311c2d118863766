// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import dev.mcpgateway.kernel.thread.WatchedThread;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which a provider is called: the caller's own, or others for a while where the provider keeps those.
 * Thread-safe.
 */
final class CallThreads implements WatchedThread.Visited {

    private static final Log LOG = Log.named("provider");
    private static final long OWN_THREADS_FOR = TimeUnit.SECONDS.toNanos(10);
    private static final int STRIKES = 3;

    private final Slot slot;
    private final Deadlines deadlines;
    private volatile boolean hasOwnThreads;
    private volatile long ownThreadsUntil;
    private long lastStrike; // this and below belong to the watching thread
    private int strikes;

    CallThreads(Slot slot, Deadlines deadlines) {
        this.slot = slot;
        this.deadlines = deadlines;
    }

    @Override
    public String name() {
        return slot.name();
    }

    /** Here, where that may be. */
    void run(Invocation<?> call) {
        if (hasOwnThreads && System.nanoTime() - ownThreadsUntil > 0) {
            hasOwnThreads = false; // forgiven
        }
        if (hasOwnThreads || deadlines.isOwnThread()) { // a provider that kept the wheel would stop every deadline
            runElsewhere(call);
        } else {
            runHere(call);
        }
    }

    void runElsewhere(Invocation<?> call) {
        PlatformOrVirtual.start("provider-" + slot.name() + "-call", () -> runHere(call));
    }

    /** A loop rather than a recursion: a provider may answer before it returns, a thousand times in a row. */
    private void runHere(Invocation<?> first) {
        Invocation<?> call = first;
        while (call != null) {
            boolean permitIsBack = true; // a call that ended while it waited never had one
            if (call.begin()) {
                Instance its = call.instance();
                ask(call, its == null ? null : its.provider());
                permitIsBack = !call.hasLentThread() && call.permitIsBack();
            }
            call = permitIsBack ? slot.takeNext(call) : null;
        }
    }

    /** On this thread, whether it has a permit or not. */
    <R> void ask(Invocation<R> call, @Nullable Provider provider) {
        WatchedThread watched = Thread.currentThread() instanceof WatchedThread thread ? thread : null;
        if (watched != null) {
            watched.enter(this);
        }
        try {
            if (provider == null) {
                call.failWith(
                        new Failure(Failure.Kind.UNAVAILABLE, slot.status().reason()));
                return;
            }
            CompletionStage<R> stage = call.ask(provider);
            stage.whenComplete(call);
        } catch (RuntimeException | Error thrown) { // a bug of ours: a plugin's exceptions end at its gate
            LOG.failure(Log.Level.ERROR, "a call could not be made", Fields.NONE.withProvider(slot.name()), thrown);
            call.failWith(new Failure(Failure.Kind.BROKEN, "could not be called"));
        } finally {
            if (watched != null) {
                watched.leave();
            }
        }
    }

    /**
     * A call kept a thread of the gateway for too long. A provider that does this gets threads of its own for a while.
     * Called by one thread.
     *
     * @param isToBlame false where it may have been the machine that was busy: the third time in a row counts
     */
    @Override
    public void keptThread(long now, boolean isToBlame) {
        strikes = now - lastStrike > OWN_THREADS_FOR ? 1 : strikes + 1;
        lastStrike = now;
        boolean isMarked = isToBlame || strikes >= STRIKES;
        if (isMarked) {
            ownThreadsUntil = now + OWN_THREADS_FOR;
            hasOwnThreads = true;
        }
        LOG.log(
                Log.Level.WARN,
                "provider '" + slot.name()
                        + "' kept a thread of the gateway for more than 50 ms: an asynchronous call must"
                        + " return at once" + (isMarked ? "; its calls get threads of their own for 10 s" : ""),
                Fields.NONE.withProvider(slot.name()));
    }
}
