// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands around every call, from the outside to the inside, and whether there may be calls at all. A call keeps the one
 * that it began with; one that was replaced lasts until the last of these calls has ended. Thread-safe.
 */
final class Chain {

    static final Chain EMPTY = new Chain(List.of(), Optional.empty());

    private final List<ChainEntry> entries;
    private final Optional<String> refusal;
    private final AtomicInteger users = new AtomicInteger(1); // its calls, and that it is the one for new calls

    /**
     * @param entries in order
     * @param refusal why no call is made
     */
    Chain(List<ChainEntry> entries, Optional<String> refusal) {
        this.entries = List.copyOf(entries);
        this.refusal = refusal;
        this.entries.forEach(ChainEntry::joins);
    }

    List<ChainEntry> entries() {
        return entries;
    }

    Optional<String> refusal() {
        return refusal;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** A call begins. Returns false where nobody uses it any more: take the one that replaced it. */
    boolean enter() {
        int now;
        do {
            now = users.get();
            if (now == 0) {
                return false;
            }
        } while (!users.compareAndSet(now, now + 1));
        return true;
    }

    /** A call has ended, or another chain is for new calls. Does not block. */
    void leave() {
        if (users.decrementAndGet() == 0 && !entries.isEmpty()) {
            PlatformOrVirtual.start("interceptors-end", () -> entries.forEach(ChainEntry::leaves));
        }
    }
}
