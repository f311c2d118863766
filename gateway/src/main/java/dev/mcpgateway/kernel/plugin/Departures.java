package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.watch.LeakWatch;
import dev.mcpgateway.kernel.thread.Residue;
import java.lang.ref.PhantomReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The end of plugins: their last calls are awaited, they are closed, and watched until their classes are gone. Belongs to the
 * folder's thread, but for what says otherwise; each plugin that goes has a thread of its own.
 */
final class Departures {

    /** For a plugin to close when the gateway ends. */
    static final Duration END = Duration.ofSeconds(3);

    private static final Log LOG = Log.named("plugin");
    private static final Duration LAST_CALLS = Duration.ofSeconds(30);

    private final Ledger ledger;
    private final ScheduledExecutorService thread;
    private final Duration limit;
    private final UnaryOperator<Runnable> safely;
    private final LeakWatch leaks;
    private final Set<Thread> under = ConcurrentHashMap.newKeySet(); // of any thread
    private volatile boolean isTheEnd;

    /**
     * @param thread the folder's
     * @param limit for a plugin to close
     * @param safely keeps what goes wrong from the folder's thread
     */
    Departures(Ledger ledger, ScheduledExecutorService thread, Duration limit, UnaryOperator<Runnable> safely) {
        this.ledger = ledger;
        this.thread = thread;
        this.limit = limit;
        this.safely = safely;
        this.leaks = new LeakWatch(thread);
    }

    /** It gets nothing new any more: what it has, it may finish. */
    void drain(Resident resident) {
        Cell cell = resident.cell();
        if (cell == null) {
            return;
        }
        ledger.draining(resident);
        Thread departure = Thread.ofPlatform()
                .daemon()
                .name("plugin-" + resident.id() + "-end")
                .unstarted(() -> {
                    try {
                        awaitLastCalls(resident, cell);
                        close(cell);
                        Residue.clearAll();
                        thread.execute(safely.apply(() -> isGone(resident, cell)));
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
    void discard(Cell cell) {
        Thread.ofPlatform().daemon().name("plugin-discarded").start(() -> close(cell));
    }

    /** The gateway ends: last calls have been awaited before, and plugins have {@link #END} to close. */
    void hurry() {
        isTheEnd = true;
        under.forEach(Thread::interrupt);
    }

    /** Waits for those that are under way; of any thread but the folder's. */
    void await(long deadlineNanos) throws InterruptedException {
        for (Thread each : under) {
            TimeUnit.NANOSECONDS.timedJoin(each, Math.max(1, deadlineNanos - System.nanoTime()));
        }
    }

    private void awaitLastCalls(Resident resident, Cell cell) {
        try {
            if (!isTheEnd && !cell.awaitUnused(System.nanoTime() + LAST_CALLS.toNanos())) {
                LOG.warn("plugin " + resident.id() + " " + resident.version()
                        + " is closed although something of it is still in use after 30 s");
            }
        } catch (InterruptedException theEnd) {
            // it is closed now
        }
    }

    private void close(Cell cell) {
        try {
            Duration atMost = isTheEnd && limit.compareTo(END) > 0 ? END : limit;
            cell.close(System.nanoTime() + atMost.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void isGone(Resident resident, Cell cell) {
        PhantomReference<ClassLoader> loader = cell.loader();
        resident.isClosed();
        ledger.gone(resident);
        leaks.watch(loader, new LeakWatch.Observer() {
            @Override
            public void leaked(Set<String> threads) {
                String why = threads.isEmpty()
                        ? "something outside of it keeps an object or a class of it"
                        : "these threads of it still run: " + String.join(", ", threads);
                ledger.leaked(
                        resident,
                        "it was closed, but its classes are still in memory: " + why
                                + "; see docs/plugin-author/when-it-fails.md");
            }

            @Override
            public void collected() {
                ledger.gone(resident);
            }
        });
    }
}
