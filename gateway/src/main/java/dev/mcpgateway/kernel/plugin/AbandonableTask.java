// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Work for the folder's thread on a thread of its own, since it may block, or hang for ever: then it is given up and what
 * comes of it later does not count. Thread-safe.
 */
final class AbandonableTask {

    private final ScheduledExecutorService home;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Consumer<Thread> givenUp;
    private final Thread thread;
    private volatile @Nullable Future<?> timer;

    private AbandonableTask(
            ScheduledExecutorService home, String name, Consumer<AbandonableTask> work, Consumer<Thread> givenUp) {
        this.home = home;
        this.givenUp = givenUp;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> work.accept(this));
    }

    /**
     * @param home whose thread the errand is for
     * @param name of the thread
     * @param givenUp told at home, with the thread, when the time is over; the thread is interrupted
     */
    static AbandonableTask run(
            ScheduledExecutorService home,
            String name,
            Duration limit,
            Consumer<AbandonableTask> work,
            Consumer<Thread> givenUp) {
        AbandonableTask errand = new AbandonableTask(home, name, work, givenUp);
        try {
            errand.timer = home.schedule(errand::giveUp, limit.toNanos(), TimeUnit.NANOSECONDS);
            errand.thread.start();
        } catch (RejectedExecutionException closing) {
            // nobody is there any more
        }
        return errand;
    }

    /** At home: does nothing where the work is done. */
    void giveUp() {
        if (!isTooLate()) {
            givenUp.accept(thread);
            thread.interrupt();
        }
    }

    /** It was given up: nobody wants the result any more. From the first {@code false} on it cannot be. */
    boolean isTooLate() {
        if (!decided.compareAndSet(false, true)) {
            return true;
        }
        Future<?> pending = timer;
        if (pending != null) {
            pending.cancel(false); // it knows the thread, and so what the thread has loaded
        }
        return false;
    }

    /** Brings something home. */
    void tell(Runnable result) {
        try {
            home.execute(PluginFolder.safely(result));
        } catch (RejectedExecutionException closing) {
            // nobody is there any more
        }
    }
}
