// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.remote;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that requests of all clients, and answers that have not left, have in memory beside what is worked on. Thread-safe. */
public final class BodyBudget {

    private final AtomicLong held = new AtomicLong();
    private final long most;

    /** An eighth of the heap. */
    public BodyBudget() {
        this(Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 8));
    }

    /** @param most bytes */
    BodyBudget(long most) {
        this.most = most;
    }

    /** Takes so many bytes, where they are there. */
    boolean tryTake(long bytes) {
        if (held.addAndGet(bytes) <= most) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        held.addAndGet(-bytes);
    }

    long held() {
        return held.get();
    }

    long most() {
        return most;
    }
}
