// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.transport;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message's place among those in flight, which it leaves with its answer; true from then on. Thread-safe.
 */
final class InFlightResponder extends AtomicBoolean implements Responder {

    private static final long serialVersionUID = 1L;

    // What may wait for a client that does not read: a quarter of the heap, so that the rest keeps working.
    private static final long OUTBOX_BYTES =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);

    private final int size;
    private final RequestLimiter limiter;
    private final Outbox outbox;
    private long reserved; // this and below are guarded by this
    private boolean isCounted; // by the limiter
    private boolean hasEnded;

    /** @param size bytes of the message */
    InFlightResponder(int size, RequestLimiter limiter, Outbox outbox) {
        this.size = size;
        this.limiter = limiter;
        this.outbox = outbox;
    }

    int size() {
        return size;
    }

    /** From here on the limiter counts it as in flight; its work begins. */
    void begins(Runnable start) {
        boolean ended;
        synchronized (this) {
            isCounted = true;
            ended = hasEnded;
        }
        if (ended) {
            limiter.ended(size);
        } else {
            start.run();
        }
    }

    @Override
    public void answer(Utf8Writer message) {
        if (compareAndSet(false, true)) {
            outbox.put(message);
            ends();
        }
    }

    @Override
    public void withdraw() {
        if (compareAndSet(false, true)) {
            ends();
        }
    }

    @Override
    public Optional<String> reserve(long bytes) {
        if (!outbox.reserve(bytes, OUTBOX_BYTES)) {
            return Optional.of("answers of " + outbox.bytes()
                    + " bytes are still on their way to the client: there may be " + OUTBOX_BYTES
                    + " bytes of them");
        }
        boolean isTooLate;
        synchronized (this) {
            isTooLate = hasEnded;
            reserved = isTooLate ? 0 : bytes;
        }
        if (isTooLate) { // nobody will release it any more
            outbox.release(bytes);
        }
        return Optional.empty();
    }

    private void ends() {
        boolean counted;
        long kept;
        synchronized (this) {
            hasEnded = true;
            counted = isCounted;
            kept = reserved;
        }
        if (kept > 0) {
            outbox.release(kept);
        }
        if (counted) {
            limiter.ended(size);
        }
    }
}
