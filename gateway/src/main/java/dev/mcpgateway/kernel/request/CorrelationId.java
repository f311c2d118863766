// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.request;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** A random UUID (RFC 9562, version 4) that need not be hard to guess: it ties log lines together and opens nothing. */
public final class CorrelationId {

    private CorrelationId() {}

    public static String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low).toString();
    }
}
