// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.time.Duration;

/**
 * What is asked of a {@link Subject}.
 *
 * @param inFlight how many calls wait for their answer at any time; 0 where the calling thread waits for each itself
 * @param bytes of the arguments, at least {@link #SMALLEST}
 */
record Load(int inFlight, int calls, int bytes) {

    /** A short message: where nothing else is said, this is what is called with. */
    static final int SHORT = 100;

    /** An empty message, <code>{"message":""}</code>. */
    static final int SMALLEST = 14;

    static final int MEBIBYTE = 1024 * 1024;

    /** As many calls as that subject makes in about that time. */
    Load lasting(Duration time, double callsPerSecond) {
        long fitting = (long) (callsPerSecond * time.toMillis() / 1_000);
        return new Load(inFlight, (int) Math.clamp(fitting, Math.max(3L, inFlight * 4L), 2_000_000), bytes);
    }
}
