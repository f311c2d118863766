// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.watch.LeakWatch;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.ThreadLocalCleaner;
import java.lang.ref.PhantomReference;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The end of plugins: their last calls are awaited, they are closed, and watched until their classes are gone. Belongs to the
 * folder's thread, but for what says otherwise; each plugin that goes has a thread of its own.
 */
final class PluginShutdown {

    // For all plugins to close when the gateway ends, and what of that is for what the kernel has open of them.
    private static final Duration END = Duration.ofMillis(1_500);
    private static final Duration HURRIED = Duration.ofMillis(600);
    private static final Duration LAST_INSTANCES = Duration.ofMillis(750);
    private static final Duration HURRIED_INSTANCES = Duration.ofMillis(300);
    private static final long TO_SAY_SO_NANOS = Duration.ofMillis(50).toNanos(); // that one did not close in time

    private static final Log LOG = Log.named("plugin");
    private static final Duration LAST_CALLS = Duration.ofSeconds(30);

    private final PluginStates states;
    private final ScheduledExecutorService thread;
    private final Duration limit;
    private final LeakWatch leaks;
    private final Set<Thread> under = ConcurrentHashMap.newKeySet(); // of any thread
    private final Set<Thread> awaitingLastCalls =
            new HashSet<>(); // its own lock; who is in it is interrupted by the end
    private volatile @Nullable End end; // of the gateway

    /** Of the gateway: how much time there is for plugins. */
    static final class End {

        private final long begin = System.nanoTime();
        private final ShutdownUrgency urgency;

        private End(ShutdownUrgency urgency) {
            this.urgency = urgency;
        }

        private long deadline() {
            return urgency.deadline(begin, END, HURRIED);
        }

        private long closingDeadline() {
            return deadline() - TO_SAY_SO_NANOS;
        }

        private long instancesDeadline() {
            return urgency.deadline(begin, LAST_INSTANCES, HURRIED_INSTANCES);
        }

        /** Nanoseconds, at least one. */
        long left() {
            return Math.max(1, deadline() - System.nanoTime());
        }
    }

    /**
     * @param thread the folder's
     * @param limit for a plugin to close
     */
    PluginShutdown(PluginStates states, ScheduledExecutorService thread, Duration limit) {
        this.states = states;
        this.thread = thread;
        this.limit = limit;
        this.leaks = new LeakWatch(thread);
    }

    /** It gets nothing new any more: what it has, it may finish. */
    void drain(RunningPlugin resident) {
        Cell cell = resident.cell();
        if (cell == null) {
            return;
        }
        states.draining(resident);
        Thread departure = Thread.ofPlatform()
                .daemon()
                .name("plugin-" + resident.id() + "-end")
                .unstarted(() -> {
                    try {
                        awaitLastCalls(resident, cell);
                        close(cell);
                        ThreadLocalCleaner.clearAll();
                        thread.execute(PluginFolder.safely(() -> onGone(resident, cell)));
                    } catch (RejectedExecutionException closing) {
                        // nobody is there any more
                    } finally {
                        under.remove(Thread.currentThread());
                    }
                });
        under.add(departure);
        departure.start();
    }

    /** Closes a cell that never served: not on the thread that started it, which may have been interrupted. Of any thread. */
    void discard(Jar jar, Cell cell) {
        Thread.ofPlatform().daemon().name("plugin-discarded").start(() -> {
            close(cell);
            neverServed(jar, cell.loader());
        });
    }

    /** One that did not start has been closed; of any thread. */
    void neverServed(Jar jar, PhantomReference<ClassLoader> loader) {
        Runnable watch = () -> leaks.watch(loader, new LeakWatch.Observer() {
            @Override
            public void leaked(Set<String> threads) {
                LOG.warn("plugin " + jar.id() + " in " + jar.fileName() + " did not start, and "
                        + stillInMemory(threads));
            }

            @Override
            public void collected() {}
        });
        try {
            thread.execute(PluginFolder.safely(watch));
        } catch (RejectedExecutionException closing) {
            // nobody wants to know any more
        }
    }

    /** The gateway ends, from now on; of any thread. */
    End end(ShutdownUrgency urgency) {
        return new End(urgency);
    }

    /** Last calls have been awaited before: what goes and what will go has this much time. */
    void begin(End of) {
        end = of;
        synchronized (awaitingLastCalls) {
            awaitingLastCalls.forEach(Thread::interrupt);
        }
    }

    /** Waits for those that are under way; of any thread but the folder's. */
    void await(End of) throws InterruptedException {
        of.urgency.await(() -> under.stream().noneMatch(Thread::isAlive), of.begin, END, HURRIED);
    }

    private void awaitLastCalls(RunningPlugin resident, Cell cell) {
        synchronized (awaitingLastCalls) {
            awaitingLastCalls.add(Thread.currentThread());
        }
        try {
            if (end == null && !cell.awaitUnused(System.nanoTime() + LAST_CALLS.toNanos())) {
                LOG.warn("plugin " + resident.id() + " " + resident.version()
                        + " is closed although something of it is still in use after 30 s");
            }
        } catch (InterruptedException theEnd) {
            // as below
        } finally {
            synchronized (awaitingLastCalls) {
                awaitingLastCalls.remove(Thread.currentThread());
            }
            Thread.interrupted(); // what the plugin does to close is not for the end to cut short
        }
        End now = end;
        if (now != null) {
            awaitLastInstances(now, cell);
        }
    }

    /** The providers and interceptors of the plugin are being closed: it is closed after them. */
    private static void awaitLastInstances(End end, Cell cell) {
        try {
            cell.awaitUnused(end.instancesDeadline());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(Cell cell) {
        try {
            long usual = System.nanoTime() + limit.toNanos();
            End now = end;
            cell.close(now != null && now.closingDeadline() - usual < 0 ? now.closingDeadline() : usual);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onGone(RunningPlugin resident, Cell cell) {
        PhantomReference<ClassLoader> loader = cell.loader();
        resident.markClosed();
        states.gone(resident);
        leaks.watch(loader, new LeakWatch.Observer() {
            @Override
            public void leaked(Set<String> threads) {
                states.leaked(resident, stillInMemory(threads));
            }

            @Override
            public void collected() {
                states.gone(resident);
            }
        });
    }

    private static String stillInMemory(Set<String> threads) {
        String why = threads.isEmpty()
                ? "something outside of it keeps an object or a class of it"
                : "these threads of it still run: " + String.join(", ", threads);
        return "it was closed, but its classes are still in memory: " + why
                + "; see docs/plugin-author/when-it-fails.md";
    }
}
