// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Has garbage collected before the heap grows for it. The serial collector takes new pages up to {@code -Xmx} before it looks
 * for garbage among what has left its young generation, and large messages leave it one after the other. So when a large message
 * comes or goes, and more is used than the goal, a collection is asked for. What lives then decides about the next goal: twice
 * that, at least the least. Thread-safe.
 */
public final class HeapGoal {

    /** What a message has that is worth a look, in bytes. */
    static final int NOTEWORTHY = 1024 * 1024;

    /** The launcher sets it, in MB, where the collector is the serial one; else nothing is ever asked for. */
    private static final int LEAST_MB = Integer.getInteger("mcpgateway.heapGoalMb", 0);

    private static final int LIVE_SHARE = 2;

    /** Of the whole process. */
    public static final HeapGoal SHARED = new HeapGoal(
            LEAST_MB > 0 ? (long) LEAST_MB << 20 : Long.MAX_VALUE,
            () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
            System::gc);

    private final long least;
    private final LongSupplier used;
    private final Runnable collection;
    private final AtomicBoolean isCollecting = new AtomicBoolean();
    private volatile long goal;

    /**
     * @param least bytes; below, garbage is left alone
     * @param used bytes of the heap, garbage among them
     * @param collection returns when the heap has been collected
     */
    HeapGoal(long least, LongSupplier used, Runnable collection) {
        this.least = least;
        this.used = used;
        this.collection = collection;
        this.goal = least;
    }

    /** A message of so many bytes has come or is about to go. Takes as long as the collection, if there is one. */
    public void passes(int bytes) {
        if (bytes < NOTEWORTHY || used.getAsLong() <= goal || !isCollecting.compareAndSet(false, true)) {
            return;
        }
        try {
            collection.run();
            goal = Math.max(least, LIVE_SHARE * used.getAsLong());
        } finally {
            isCollecting.set(false);
        }
    }
}
