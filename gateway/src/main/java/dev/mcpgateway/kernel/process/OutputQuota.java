package dev.mcpgateway.kernel.process;

import java.util.concurrent.TimeUnit;

/** How much of what one process writes is looked at: so many bytes a second, of all its outputs together. Thread-safe. */
final class OutputQuota {

    static final int BYTES_A_SECOND = 1_000_000;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long begun = System.nanoTime();
    private long taken;

    /** Returns false when these bytes are to be passed over. */
    synchronized boolean take(int bytes) {
        long now = System.nanoTime();
        if (now - begun >= SECOND) {
            begun = now;
            taken = 0;
        }
        if (taken >= BYTES_A_SECOND) {
            return false;
        }
        taken += bytes;
        return true;
    }
}
