// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import java.time.Duration;

/**
 * For how long a health service must say the same before it counts: one that cannot make up its mind must not move the
 * lists of every client back and forth. A provider that is steady waits for nothing but {@link #BEFORE_DOWN}. On the event
 * loop's thread only.
 */
final class FlapDamping {

    /** What is over within this nobody needs to know. */
    static final Duration BEFORE_DOWN = Duration.ofMillis(300);

    private static final Duration FIRST_DOUBT = Duration.ofMillis(500);
    private static final Duration GREATEST_DOUBT = Duration.ofSeconds(5);
    private static final Duration FORGOTTEN = Duration.ofSeconds(10);

    private Duration beforeUp = Duration.ZERO;
    private long lastUp = System.nanoTime() - FORGOTTEN.toNanos();

    /** How long it must say that it serves before it is up again. */
    Duration beforeUp() {
        return beforeUp;
    }

    void markUp() {
        lastUp = System.nanoTime();
    }

    /** The sooner after it was up, the less it is believed next time. */
    void markDown() {
        if (System.nanoTime() - lastUp > FORGOTTEN.toNanos()) {
            beforeUp = Duration.ZERO;
        } else if (beforeUp.isZero()) {
            beforeUp = FIRST_DOUBT;
        } else {
            Duration doubled = beforeUp.multipliedBy(2);
            beforeUp = doubled.compareTo(GREATEST_DOUBT) < 0 ? doubled : GREATEST_DOUBT;
        }
    }
}
