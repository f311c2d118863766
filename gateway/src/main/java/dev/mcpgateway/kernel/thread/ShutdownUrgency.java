// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Whether the end of a gateway is in a hurry, because it was sent a signal: clients that end a server kill it soon after one.
 * Thread-safe.
 */
public final class ShutdownUrgency {

    private static final long POLL_MILLIS = 5;

    private volatile long since; // 0 while there is none

    /** From now on there is. */
    public synchronized void hurry() {
        if (since == 0) {
            since = System.nanoTime() | 1;
        }
    }

    /**
     * Until when something may take that began then, on the scale of {@link System#nanoTime()}; it may come nearer.
     *
     * @param hurried what it may take from when there is haste, if that is sooner
     */
    public long deadline(long beginNanos, Duration usual, Duration hurried) {
        long deadline = beginNanos + usual.toNanos();
        long urgentSince = since;
        if (urgentSince == 0) {
            return deadline;
        }
        long from = urgentSince - beginNanos > 0 ? urgentSince : beginNanos;
        long sooner = from + hurried.toNanos();
        return sooner - deadline < 0 ? sooner : deadline;
    }

    /**
     * Waits from now on for as long as {@link #deadline} says.
     *
     * @return whether it came about
     */
    public boolean await(BooleanSupplier condition, Duration usual, Duration hurried) throws InterruptedException {
        return await(condition, System.nanoTime(), usual, hurried);
    }

    /** Likewise, for what began then. */
    public boolean await(BooleanSupplier condition, long begin, Duration usual, Duration hurried)
            throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline(begin, usual, hurried) >= 0) {
                return condition.getAsBoolean();
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return true;
    }
}
