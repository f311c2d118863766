// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.nio.ByteBuffer;

/** A request that the gateway has let in: what its transport tells of it from then on. None of it waits. Thread-safe. */
public interface ClientRequest {

    /**
     * There are to be so many bytes of its body in memory, all together; to be asked before they are read.
     *
     * @return false where there is no room for them now: the request is to be answered with {@link ReplyStatus#UNAVAILABLE}
     */
    boolean reserve(int bytes);

    /**
     * Its body has come as a whole. Called once, and only for {@link RequestHead.Verb#SEND}.
     *
     * @param body not changed any more
     */
    void body(ByteBuffer body);

    /** The connection has ended before its answer, or its stream, has: the client has closed it, or the transport had to. */
    void gone();

    /** The answer or the stream has left, or will not: nothing is held for it any more. The last word, called once, on any thread. */
    void ended();
}
