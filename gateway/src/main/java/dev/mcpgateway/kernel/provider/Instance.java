package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Provider;
import java.util.concurrent.CompletableFuture;

/**
 * An open provider in a slot, and how many of the slot's calls are with it. Who replaces it closes it when they have
 * ended. What counts is guarded by the slot.
 */
final class Instance {

    private final Provider provider;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private int calls;
    private boolean isLeaving;

    Instance(Provider provider) {
        this.provider = provider;
    }

    Provider provider() {
        return provider;
    }

    /** Completes when it is leaving and its last call has ended. */
    CompletableFuture<Void> idle() {
        return idle;
    }

    void enter() {
        calls++;
    }

    /** A call has ended. Returns whether it was the last. */
    boolean leave() {
        calls--;
        return isLeaving && calls == 0;
    }

    /** No more calls are to be expected. Returns whether there are none now. */
    boolean leaves() {
        isLeaving = true;
        return calls == 0;
    }
}
