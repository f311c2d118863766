// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.util.Random;

/** Chance that can be had again: the seed is printed, and {@code -Dacceptance.seed=N} sets it. */
public final class Seed {

    private Seed() {}

    /** A new source of chance for that test. */
    public static Random random(String test) {
        long seed = Long.getLong("acceptance.seed", System.nanoTime());
        System.out.printf("%s: -Dacceptance.seed=%d%n", test, seed);
        return new Random(seed);
    }
}
