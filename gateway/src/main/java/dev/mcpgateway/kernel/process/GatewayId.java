// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** A name for the files of one gateway: its pid is no name, where each container has processes of the same numbers. */
final class GatewayId {

    static final int LENGTH = 16;
    static final String PATTERN = "[0-9a-f]{16}";

    private static final Pattern WHOLE = Pattern.compile(PATTERN);
    private static final AtomicLong MADE = new AtomicLong();

    private GatewayId() {}

    /** Another one at each call, and in each process; it need not be one that nobody can guess, which would take time to make. */
    static String next() {
        long seed = System.nanoTime()
                ^ System.currentTimeMillis() << 20
                ^ ProcessHandle.current().pid() << 40
                ^ MADE.incrementAndGet() << 56;
        return "%016x".formatted(new SplittableRandom(seed).nextLong());
    }

    static boolean isOne(String text) {
        return WHOLE.matcher(text).matches();
    }
}
