// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import dev.mcpgateway.kernel.thread.Workers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** What waits for the end of some part of the start, and for 2.5 s at most. Thread-safe. */
public final class StartupBarrier {

    private static final Duration LONGEST = RequestContext.USUAL;
    /** Who waits in vain is told so before its own time is over: that would only say that it was. */
    private static final Duration TO_SAY_SO = Duration.ofMillis(50);

    private final CompletableFuture<Void> ended;
    private final Deadlines deadlines;
    private final Workers workers;
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

    /** @param ended completes when that part of the start has ended, well or badly */
    public StartupBarrier(CompletableFuture<Void> ended, Deadlines deadlines, Workers workers) {
        this.ended = ended;
        this.deadlines = deadlines;
        this.workers = workers;
        ended.thenRun(() -> waiting.forEach(this::goOn));
    }

    /** Whether nobody has to wait any more. */
    public boolean hasEnded() {
        return ended.isDone();
    }

    /** Waits until it has ended, for one who has more time than a client. */
    public void awaitEnd(Duration atMost) throws InterruptedException {
        try {
            ended.copy()
                    .completeOnTimeout(null, atMost.toNanos(), TimeUnit.NANOSECONDS)
                    .get();
        } catch (ExecutionException neverFails) {
            throw new IllegalStateException(neverFails);
        }
    }

    /**
     * Runs the task at once where it has ended, else when it has or when the time is up.
     *
     * @param arrival since when the caller waits, on the scale of {@link System#nanoTime()}
     */
    public void await(long arrival, Runnable task) {
        await(new Waiting(arrival + LONGEST.toNanos(), () -> false, task));
    }

    /**
     * As {@link #await(long, Runnable)}, and no longer than until what the caller waits for is there.
     *
     * @param isThere asked on any thread, at every {@link #lookAgain}
     */
    public void await(RequestContext request, BooleanSupplier isThere, Runnable task) {
        await(new Waiting(request.arrival() + LONGEST.minus(TO_SAY_SO).toNanos(), isThere, task));
    }

    /** Something more is there: those who waited for just that go on. Does not block. */
    public void lookAgain() {
        for (Waiting each : waiting) {
            if (each.isThere.getAsBoolean()) {
                goOn(each);
            }
        }
    }

    private void await(Waiting one) {
        if (ended.isDone()) {
            one.task.run();
            return;
        }
        waiting.add(one);
        deadlines.add(one);
        if (ended.isDone() || one.isThere.getAsBoolean()) { // since the caller has looked
            goOn(one);
        }
    }

    private void goOn(Waiting one) {
        if (one.goesOn.compareAndSet(false, true)) { // once
            waiting.remove(one);
            deadlines.remove(one);
            if (!workers.execute(this, 0, one.task)) {
                PlatformOrVirtual.start("held", one.task);
            }
        }
    }

    private final class Waiting extends Deadlines.Entry {

        private final BooleanSupplier isThere;
        private final Runnable task;
        private final AtomicBoolean goesOn = new AtomicBoolean();

        Waiting(long until, BooleanSupplier isThere, Runnable task) {
            super(until);
            this.isThere = isThere;
            this.task = task;
        }

        @Override
        protected void expired() {
            goOn(this);
        }
    }
}
