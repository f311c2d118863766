package dev.mcpgateway.kernel.process;

import java.util.SplittableRandom;
import java.util.regex.Pattern;

/** A name for the files of one gateway: its pid is no name, where each container has processes of the same numbers. */
final class GatewayId {

    static final String PATTERN = "[0-9a-f]{16}";

    private static final Pattern WHOLE = Pattern.compile(PATTERN);

    private GatewayId() {}

    /** Another one at each call. Whoever makes a file by it refuses one that is there: so it need not be a secure one, which takes time. */
    static String next() {
        long seed = System.nanoTime()
                ^ System.currentTimeMillis() << 20
                ^ ProcessHandle.current().pid() << 40;
        return "%016x".formatted(new SplittableRandom(seed).nextLong());
    }

    static boolean isOne(String text) {
        return WHOLE.matcher(text).matches();
    }
}
