// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import java.util.function.LongSupplier;

/** Those whom a process serves, by whatever way they come. Thread-safe. */
interface Clients {

    /** Waits until no more of them can come, or until {@link #stop()}. */
    void awaitEnd() throws InterruptedException;

    /** Takes nothing new from them. */
    void stop();

    /**
     * Waits until everything that was asked has been answered and has left.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return false when the time was up before that
     */
    boolean drain(LongSupplier deadline) throws InterruptedException;
}
