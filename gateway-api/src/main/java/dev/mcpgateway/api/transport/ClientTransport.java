// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.nio.channels.SocketChannel;

/**
 * One version of a transport, from when it is opened until it is closed. The next version is opened beside it and gets all new
 * connections from then on; this one finishes what it has. Thread-safe.
 */
public interface ClientTransport extends AutoCloseable {

    /**
     * Takes over a connection that the gateway has accepted: it is the transport's to close, also where it cannot serve it. It must
     * not block, for other connections come behind it on the same thread.
     *
     * @param connection plain, connected, in blocking mode
     */
    void serve(SocketChannel connection);

    /** How many connections it holds now. Asked often: it must be cheap. */
    int connections();

    /**
     * It gets no more connections. It answers what runs and says that its connections close behind that; connections that carry
     * nothing are closed, perhaps after a moment, lest a request that is under way be lost. Streams go on until the gateway ends them. Returns at once.
     */
    void drain();

    /** Closes every connection and ends every thread. Called once, behind {@link #drain()} but for the end of a process. */
    @Override
    void close();
}
