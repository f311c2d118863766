// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Slot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The catalog of the moment. One thread replaces it, by one reference write; everybody reads it without a lock. Who
 * keeps lists of it is told when they have changed: 100 ms after the last change and at most 400 ms after the first.
 */
public final class LiveCatalog implements Supplier<Catalog>, AutoCloseable {

    private static final Log LOG = Log.named("catalog");
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMillis(400);

    private final Runnable listsChanged;
    private final ScheduledThreadPoolExecutor announcer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("catalog").factory());
    private volatile Catalog current = Catalog.empty();

    @GuardedBy("this") private long firstChange;

    @GuardedBy("this") private @Nullable Future<?> pending;

    /** @param listsChanged called when a list has changed; also where it has changed back, for who read it between */
    public LiveCatalog(Runnable listsChanged) {
        this.listsChanged = listsChanged;
        announcer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public Catalog get() {
        return current;
    }

    /** Builds the catalog anew; called by one thread at a time. */
    public void rebuild(List<Slot> slots) {
        Catalog before = current;
        Catalog now = Catalog.of(slots, before);
        current = now;
        for (Slot slot : slots) {
            logClashes(slot, now.leftOut(slot), before.leftOut(slot));
        }
        if (!now.listsTheSame(before)) {
            announceSoon();
        }
    }

    /** What does not conform was logged when it was discovered. */
    private static void logClashes(Slot slot, List<LeftOut> now, List<LeftOut> before) {
        List<LeftOut> nonconforming = slot.offering().leftOut();
        for (LeftOut each : now) {
            if (!nonconforming.contains(each) && !before.contains(each)) {
                LOG.log(
                        Log.Level.WARN,
                        each.kind() + " '" + each.name() + "' of provider '" + slot.name() + "' is left out: "
                                + each.reason(),
                        Fields.NONE.withProvider(slot.name()).withCapability(each.name()));
            }
        }
    }

    @Override
    public void close() {
        announcer.shutdownNow();
    }

    private synchronized void announceSoon() {
        long now = System.nanoTime();
        if (pending == null) {
            firstChange = now;
        } else {
            pending.cancel(false);
        }
        long delay = Math.max(0, Math.min(QUIET.toNanos(), firstChange + LONGEST.toNanos() - now));
        try {
            pending = announcer.schedule(this::announce, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            pending = null;
        }
    }

    private void announce() {
        synchronized (this) {
            pending = null;
        }
        listsChanged.run();
    }
}
