// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import dev.mcpgateway.api.transport.RequestHandler;

/** Answers the requests that come by one version of a transport, and knows which streams to clients are open there. Thread-safe. */
public interface ClientHandler extends RequestHandler {

    /** Ends all streams in order: their clients will come again. */
    void endStreams();
}
