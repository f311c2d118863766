// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.time.Instant;

/**
 * How a provider is doing.
 *
 * @param since when it came into this state
 * @param reason why it is not connected, as words that go on behind {@code provider 'NAME' }; empty where it is
 */
public record Status(State state, Instant since, String reason) {

    /** The life of a provider. */
    public enum State {
        /** Its type is offered by no plugin. */
        WAITING,
        /** It cannot be reached, or not yet. */
        DISCONNECTED,
        /** It answers. */
        CONNECTED,
        /** It can be reached, and what it answers cannot be used. */
        ERROR
    }

    public boolean isAvailable() {
        return state == State.CONNECTED;
    }

    /** Whether nothing is known to be wrong with it but that it has not answered in time. */
    public boolean mayBeSlow() {
        return !isAvailable() && (reason.startsWith("timed out") || reason.startsWith("is not connected yet"));
    }

    static Status now(State state, String reason) {
        return new Status(state, Instant.now(), reason);
    }
}
