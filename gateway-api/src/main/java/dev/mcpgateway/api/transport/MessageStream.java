// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.nio.ByteBuffer;

/**
 * Messages to one client, one behind the other. Implemented by a transport, used by the gateway, from any thread; nothing in it may
 * block or throw. The transport keeps the connection alive while nothing is sent, and closes it where a client does not read.
 */
public interface MessageStream {

    /**
     * Sends a message.
     *
     * @param message JSON in UTF-8, on one line
     * @return false where it could not be taken, since the stream has ended
     */
    boolean send(ByteBuffer message);

    /** Bytes that were sent and have not left yet. */
    long unsent();

    /** Ends it in order, behind what was sent. */
    void end();
}
