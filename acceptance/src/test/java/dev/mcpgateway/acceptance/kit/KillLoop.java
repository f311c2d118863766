// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Does something violent again and again, at moments that are drawn from a seed. The seed is printed, and {@code
 * -Dacceptance.seed=N} repeats a run.
 */
public final class KillLoop {

    private final Random random;
    private final int rounds;

    /** One round; its number counts from 1. */
    @FunctionalInterface
    public interface Round {
        void run(int number) throws Exception;
    }

    /** A loop of so many rounds. */
    public static KillLoop of(int rounds) {
        long seed = Long.getLong("acceptance.seed", System.nanoTime());
        System.out.println("kill loop: " + rounds + " rounds, -Dacceptance.seed=" + seed);
        return new KillLoop(new Random(seed), rounds);
    }

    private KillLoop(Random random, int rounds) {
        this.random = random;
        this.rounds = rounds;
    }

    /** Runs the rounds, each after a pause drawn between the two durations. A failure names its round. */
    public void run(Duration shortestPause, Duration longestPause, Round round) throws Exception {
        for (int number = 1; number <= rounds; number++) {
            LockSupport.parkNanos(random.nextLong(shortestPause.toNanos(), longestPause.toNanos() + 1));
            try {
                round.run(number);
            } catch (AssertionError failed) {
                throw new AssertionError("round " + number + " of " + rounds + ": " + failed.getMessage(), failed);
            }
        }
    }
}
