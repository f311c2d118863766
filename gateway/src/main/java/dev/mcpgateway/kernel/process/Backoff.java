// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.time.Duration;

/** How long to wait before the next start. For one thread. */
final class Backoff {

    private static final Duration STEADY = Duration.ofSeconds(30);
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private int failures;

    Duration afterDeath(Duration lifetime) {
        if (lifetime.compareTo(STEADY) >= 0) {
            failures = 0;
        }
        return pause(failures++);
    }

    /** What could not be started is not tried again at once: it takes a person to change that. */
    Duration afterFailedStart() {
        failures = Math.max(failures, 1);
        return pause(failures++);
    }

    private static Duration pause(int earlierFailures) {
        if (earlierFailures == 0) {
            return Duration.ZERO;
        }
        int doublings = Math.min(earlierFailures - 1, 10);
        return Duration.ofMillis(Math.min(FIRST_MILLIS << doublings, LONGEST_MILLIS));
    }
}
