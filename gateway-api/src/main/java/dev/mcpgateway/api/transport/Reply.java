// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * The way back of one request: one answer, or one stream. Implemented by a transport, used by the gateway, from any thread; nothing
 * in it may block or throw.
 */
public interface Reply {

    /**
     * Answers, and ends the request. Only the first call counts. Where a transport has begun to keep the connection alive meanwhile,
     * the status and the headers cannot be said any more, and the body is.
     *
     * @param headers beyond those that the transport sets itself
     * @param body JSON in UTF-8; empty where there is nothing to say
     */
    void end(ReplyStatus status, Map<String, String> headers, ByteBuffer body);

    /**
     * Begins a stream in place of an answer.
     *
     * @return empty where the client does not take one, or has been answered
     */
    Optional<MessageStream> stream(Map<String, String> headers);
}
