// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol makes of one client's messages. The methods are called in the order of the messages, by one thread
 * at a time where the transport is one stream, and must not block.
 */
public interface Conversation {

    /** A request whose message has not been taken apart yet: it is large, or waits behind others. */
    interface Expected {

        /**
         * It has been now.
         *
         * @return as {@link Conversation#request}; null also where nobody waits for it any more
         */
        @Nullable Runnable request(Incoming.Request request);

        /** Its message was refused. */
        void refused(Incoming.Refused refused);

        /** It cannot be served: there is no room for it beside others, or a fault of ours came in between. */
        void failed(String reason);
    }

    /**
     * A request has come.
     *
     * @param exchange where its one answer goes
     * @return how to begin the work on it, when there is room; null where it has been answered already. It must not throw
     */
    @Nullable Runnable request(Incoming.Request request, Exchange exchange);

    /**
     * A request has come of which no more is known than this. From now on it can be cancelled, and its time counts.
     *
     * @return null where it has been answered already
     */
    @Nullable Expected expect(RequestId id, String method, Exchange exchange);

    /** A notification has come. */
    void notification(Incoming.Notification notification);

    /** An answer has come, to a request of ours or to none. */
    void response(Incoming.Response response);

    /** A message was refused before anyone looked at what it wants. */
    void refused(Incoming.Refused refused, Exchange exchange);

    /** A notification was dropped, and now there is room for one. May be called from any thread; must not block. */
    void onRoom();

    /** The client is gone: nobody waits for answers any more. May be called from any thread. */
    void gone();
}
