// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.time.Duration;

/** When what has to be done, so that the bench ends in time on a slow or busy machine too. */
final class Schedule {

    private final long begin = System.nanoTime();
    private final Duration limit;

    Schedule(Duration limit) {
        this.limit = limit;
    }

    /** Whether that part of the time has passed. */
    boolean isPast(double part) {
        return System.nanoTime() - begin > limit.toNanos() * part;
    }
}
