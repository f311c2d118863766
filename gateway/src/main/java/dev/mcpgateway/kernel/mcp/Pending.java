// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Request;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.request.RequestContext;
import org.jspecify.annotations.Nullable;

/** A request that has not been answered: what it is, and where its answer goes. Thread-safe. */
final class Pending implements Conversation.Expected, RequestContext.Holder {

    private final Session session;
    private final RequestId id;
    private final String method;
    private final Exchange exchange;
    private volatile String doing;
    private volatile Incoming.Params params = Incoming.Params.NONE;

    /** @param doing what is being done for it, behind {@code it was still being } */
    Pending(Session session, RequestId id, String method, Exchange exchange, String doing) {
        this.session = session;
        this.id = id;
        this.method = method;
        this.exchange = exchange;
        this.doing = doing;
    }

    RequestId id() {
        return id;
    }

    String method() {
        return method;
    }

    RequestContext context() {
        return exchange.context();
    }

    Exchange exchange() {
        return exchange;
    }

    /** What stands in it; empty until its message has been taken apart, and again when it is over. */
    Incoming.Params params() {
        return params;
    }

    void params(Incoming.Params read) {
        params = read;
        doing = "held back while plugins start";
    }

    /** It has been answered, or will not be: what it has asked for is of no use any more, and may be large. */
    void forget() {
        params = Incoming.Params.NONE;
    }

    boolean isOver() {
        return context().isOver();
    }

    @Override
    public void over(RequestContext.Ending ending) {
        if (ending == RequestContext.Ending.TIMED_OUT) {
            session.timedOut(this, "it was still being " + doing);
        }
    }

    @Override
    public @Nullable Runnable request(Request request) {
        return session.expected(this, request);
    }

    @Override
    public void refused(Incoming.Refused refused) {
        session.refused(this, refused);
    }

    @Override
    public void failed(String reason) {
        session.failed(this, reason);
    }
}
