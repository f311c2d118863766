// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.util.concurrent.Executor;

/** What the gateway gives to a transport. Thread-safe. */
public interface TransportContext {

    /** Who answers requests. */
    RequestHandler handler();

    /**
     * Threads of the gateway's for what takes as long as the gateway takes: requests are to be handed over on these. At
     * most 256 tasks run at once, and 10,000 wait; one more is refused, as all are when the transport is closed.
     */
    Executor executor();

    /** Bytes that a message may have at most; a longer one is refused before it is read. */
    int messageLimit();

    /** How the gateway is doing, now. */
    Health health();

    /** Whether the gateway can serve, and how much it has to do. Immutable. */
    interface Health {

        /** It listens, what must be live is, and it is not ending. */
        boolean isReady();

        /** Sessions of clients that are open. */
        int sessions();

        /** Streams to clients that are open. */
        int streams();

        /** Connections of clients, those that wait for a transport included. */
        int connections();
    }
}
