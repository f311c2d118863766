// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/**
 * One call's stay in an interceptor, on a thread of its plugin's that is interrupted where nobody waits for what comes of it any
 * more. Thread-safe.
 */
final class Visit {

    private final ChainEntry entry;

    @GuardedBy("this") private @Nullable Thread thread;

    @GuardedBy("this") private boolean isOver;

    @GuardedBy("this") private boolean isKept;

    Visit(ChainEntry entry) {
        this.entry = entry;
    }

    ChainEntry entry() {
        return entry;
    }

    /** This thread goes in. Returns false where it is over already: then it must not. */
    synchronized boolean begin() {
        if (!isOver) {
            thread = Thread.currentThread();
        }
        return !isOver;
    }

    /** The thread has come back. */
    synchronized void end() {
        thread = null;
        Thread.interrupted(); // meant for this visit
        if (isKept) {
            isKept = false;
            entry.cameBack();
        }
    }

    /** Nobody waits for it any more. */
    synchronized void abandon() {
        isOver = true;
        if (thread != null && !isKept) {
            isKept = true;
            entry.keeps();
            thread.interrupt();
        }
    }
}
