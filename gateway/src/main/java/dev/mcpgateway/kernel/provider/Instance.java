// SPDX-License-Identifier: Apache-2.0
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
    private int kept; // of these calls, those that are over and whose threads have not come back
    private int unanswered; // calls that are over, and that the provider has not let end
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

    /** A call has ended. Returns whether it was the last that is waited for. */
    boolean leave(boolean wasKept) {
        calls--;
        kept -= wasKept ? 1 : 0;
        return isIdle();
    }

    /** No more calls are to be expected. Returns whether there are none now that are waited for. */
    boolean leaves() {
        isLeaving = true;
        return isIdle();
    }

    /** A call is over and its thread has not come back. Returns whether it was the last that is waited for. */
    boolean keep() {
        kept++;
        return isIdle();
    }

    int kept() {
        return kept;
    }

    boolean isLeaving() {
        return isLeaving;
    }

    /** A call is over, and the provider has not let it end; or it has at last. */
    void unanswered(int more) {
        unanswered += more;
    }

    int unanswered() {
        return unanswered;
    }

    private boolean isIdle() {
        return isLeaving && calls == kept;
    }
}
