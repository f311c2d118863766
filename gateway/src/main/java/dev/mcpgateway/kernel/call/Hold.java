package dev.mcpgateway.kernel.call;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What waits for the end of some part of the start, and for 2.5 s at most. Thread-safe. */
public final class Hold {

    private static final Duration LONGEST = Duration.ofMillis(2_500);

    private final CompletableFuture<Void> ended;
    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private final Executor afterwards = Executors.newVirtualThreadPerTaskExecutor();

    /** @param ended completes when that part of the start has ended, well or badly */
    public Hold(CompletableFuture<Void> ended) {
        this.ended = ended;
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
        if (ended.isDone()) {
            task.run();
            return;
        }
        long left = Math.max(0, arrival + LONGEST.toNanos() - System.nanoTime());
        ended.copy().completeOnTimeout(null, left, TimeUnit.NANOSECONDS).thenRunAsync(task, afterwards);
    }

    /**
     * As {@link #await(long, Runnable)}, and no longer than until what the caller waits for is there.
     *
     * @param isThere asked on any thread, at every {@link #lookAgain}
     */
    public void await(long arrival, BooleanSupplier isThere, Runnable task) {
        Waiting one = new Waiting(isThere, task);
        waiting.add(one);
        if (isThere.getAsBoolean()) { // since the caller has looked
            one.goOn();
        } else {
            await(arrival, one::goOn);
        }
    }

    /** Something more is there: those who waited for just that go on. Does not block. */
    public void lookAgain() {
        for (Waiting each : waiting) {
            if (each.isThere.getAsBoolean()) {
                afterwards.execute(each::goOn);
            }
        }
    }

    private final class Waiting {

        private final BooleanSupplier isThere;
        private final Runnable task;

        Waiting(BooleanSupplier isThere, Runnable task) {
            this.isThere = isThere;
            this.task = task;
        }

        void goOn() {
            if (waiting.remove(this)) { // once
                task.run();
            }
        }
    }
}
