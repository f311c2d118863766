// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.time.Duration;
import java.util.Optional;

/** What surrounds one call. Made by the gateway, read by providers; more will be added. Thread-safe. */
public interface CallContext {

    /** A UUID in its usual text form; the same in every log line of this call. */
    String correlationId();

    /** Who calls; empty where clients are not authenticated. */
    Optional<Caller> caller();

    /**
     * How much time is left, never negative. Ask again rather than keep it: the clock stands while the call waits for
     * the client itself.
     */
    Duration remaining();

    /** Whether the caller has stopped waiting: cancelled, or out of time. */
    boolean isCancelled();

    /**
     * Runs the action when the call is cancelled or out of time, at once if it already is, and never after it has been
     * answered. The action must not block; at most one is kept, the last given.
     */
    void onCancel(Runnable action);
}
