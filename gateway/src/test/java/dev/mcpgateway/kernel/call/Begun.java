// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A request that a client has sent, and may cancel. */
record Begun(CompletableFuture<Outcome> outcome, Runnable canceller) {

    void cancel() {
        canceller.run();
    }

    /** Waits for it. */
    Outcome end() {
        return outcome.orTimeout(10, TimeUnit.SECONDS).join();
    }
}
