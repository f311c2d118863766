// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Providers.News;
import dev.mcpgateway.kernel.thread.OwningThread;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The control thread: every change of a provider's state and every new catalog happens on it, one after the other. It
 * never waits; what may block gets a thread of its own.
 */
final class ControlThread implements AutoCloseable {

    private static final Log LOG = Log.named("provider");
    private static final Duration NO_MORE_THREADS = Duration.ofMillis(500);
    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private final OwningThread owner = new OwningThread("control");
    private final ScheduledThreadPoolExecutor thread;
    // Each task has a thread that ends with it: one that lives on would keep what plugins leave in its thread-locals.
    private final ExecutorService blocking = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("discovery-", 0).factory());
    private final ExecutorService virtualThreads = Executors.newVirtualThreadPerTaskExecutor();
    private final Duration opening;
    // Half of the processors are left to calls.
    private final Semaphore turns =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
    private final Runnable changed;
    private final Consumer<News> news;
    private boolean isChanged; // on the control thread

    /**
     * @param changed called on the control thread when anything that is offered, or its availability, has changed
     * @param opening how long a plugin may take to open a provider
     */
    ControlThread(Runnable changed, Consumer<News> news, Duration opening) {
        this.opening = opening;
        this.changed = changed;
        this.news = news;
        thread = new ScheduledThreadPoolExecutor(1, owner);
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Whether this is the control thread. */
    boolean isThisThread() {
        return owner.isThis();
    }

    void run(Runnable task) {
        try {
            thread.execute(safely(task));
        } catch (RejectedExecutionException closing) {
            // nobody looks at the state of a gateway that ends
        }
    }

    /** What runs it, once for all the times that are waiting for this thread; to be called by any thread, by many at once. */
    Runnable once(Runnable task) {
        AtomicBoolean isWaiting = new AtomicBoolean();
        return () -> {
            if (isWaiting.compareAndSet(false, true)) {
                run(() -> {
                    isWaiting.set(false);
                    task.run();
                });
            }
        };
    }

    @Nullable Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
        try {
            return thread.schedule(safely(task), delay, unit);
        } catch (RejectedExecutionException closing) {
            return null;
        }
    }

    void runBlocking(Runnable task) {
        try {
            blocking.execute(safely(task));
        } catch (RejectedExecutionException closing) {
            // as above
        } catch (OutOfMemoryError noMoreThreads) { // or a provider would wait for ever for what it began
            schedule(() -> runBlocking(task), NO_MORE_THREADS.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** How long a plugin may take to open a provider. */
    Duration opening() {
        return opening;
    }

    /** As {@link #runBlocking}, for work that keeps a processor: where many have some, they take turns. */
    void inspect(Runnable task) {
        runBlocking(() -> {
            try {
                boolean isItsTurn = turns.tryAcquire(LONGEST_TURN.toNanos(), TimeUnit.NANOSECONDS);
                try {
                    task.run();
                } finally {
                    turns.release(isItsTurn ? 1 : 0);
                }
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        });
    }

    ExecutorService virtualThreads() {
        return virtualThreads;
    }

    /**
     * Something has changed: that is passed on once for all changes that are waiting for this thread now, and before anything
     * that is {@link #run} after it. On the control thread.
     */
    void changed() {
        assert isThisThread();
        if (!isChanged) {
            isChanged = true;
            run(() -> {
                if (isChanged) { // nobody was in more of a hurry
                    passOn();
                }
            });
        }
    }

    /** Passes on now what has changed, in place of what waits for that. On the control thread. */
    void passOn() {
        assert isThisThread();
        isChanged = false;
        changed.run();
    }

    /** Says to the log, and to clients that listen, what has become of a provider. */
    void say(boolean isWarning, String provider, String text) {
        LOG.log(isWarning ? Log.Level.WARN : Log.Level.INFO, text, Fields.ofProvider(provider));
        news.accept(new News(isWarning, text));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        blocking.shutdownNow();
        virtualThreads.shutdownNow();
    }

    /** What goes wrong in it goes to the log, and no further. */
    static Runnable safely(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error thrown) {
                LOG.failure(Log.Level.ERROR, "a change of state failed", Fields.NONE, thrown);
            }
        };
    }
}
