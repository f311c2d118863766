// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of memory the requests in flight of all clients hold together. Whose request does not fit waits in line for room that
 * others give back; who comes later goes behind. A request that is alone always fits. Thread-safe, without a lock.
 */
public final class MemoryBudget {

    /** Twice what one client may have, so that no one of them fills it. */
    private static final long USUAL = 2 * RequestLimiter.IN_FLIGHT_BYTES;

    /** Of the objects that there are for every request, whatever it says. */
    private static final long EACH = 1_024;

    private final long most;
    private final AtomicLong held = new AtomicLong();
    private final Queue<RequestLimiter> line = new ConcurrentLinkedQueue<>();

    /** The usual one: an eighth of the heap, 128 MiB at least. */
    public MemoryBudget() {
        this(USUAL);
    }

    /** @param most bytes */
    MemoryBudget(long most) {
        this.most = most;
    }

    /** Whether a request of that client with so many bytes may begin now. */
    boolean hasRoom(long bytes, RequestLimiter client) {
        RequestLimiter first = line.peek();
        if (first != null && first != client) {
            return false;
        }
        long now = held.get();
        return now == 0 || now + bytes + EACH <= most;
    }

    /** A request has begun. */
    void take(long bytes) {
        held.addAndGet(bytes + EACH);
    }

    /** It has turned out to hold that much more, or less. */
    void correct(long more) {
        held.addAndGet(more);
    }

    /** It is over; {@link #tellFirst()} is to be called behind it, outside of every client's lock. */
    void release(long bytes) {
        held.addAndGet(-bytes - EACH);
    }

    /** From now on the client waits for room; it is to look once more behind this. By one thread at a time for each client. */
    void lineUp(RequestLimiter client) {
        if (!line.contains(client)) {
            line.add(client);
        }
    }

    /** The client has got room. */
    void leaveLine(RequestLimiter client) {
        line.remove(client);
    }

    /** Who has waited longest looks whether there is room. */
    void tellFirst() {
        RequestLimiter first = line.peek();
        while (first != null && !first.lookAgain()) {
            first = line.peek();
        }
    }

    /** Bytes that are in use. */
    long held() {
        return held.get();
    }
}
