// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/**
 * How much of what one process writes is looked at: so many bytes a second, of all its outputs together, and two seconds' worth
 * at once from one that was quiet before. Thread-safe.
 */
final class OutputQuota {

    static final int BYTES_A_SECOND = 1_000_000;

    private static final double BURST = 2.0 * BYTES_A_SECOND;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    @GuardedBy("this") private long last = System.nanoTime();

    @GuardedBy("this") private double left = BURST;

    /** Returns false when these bytes are to be passed over. */
    synchronized boolean take(int bytes) {
        long now = System.nanoTime();
        left = Math.min(BURST, left + (now - last) / NANOS * BYTES_A_SECOND);
        last = now;
        if (left <= 0) {
            return false;
        }
        left -= bytes;
        return true;
    }
}
