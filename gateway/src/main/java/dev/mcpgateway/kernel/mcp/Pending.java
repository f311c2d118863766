// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Request;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.request.RequestContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request of a session that has not been answered: what it is, and where its answer goes. Thread-safe. */
final class Pending implements Conversation.Expected, RequestContext.Holder {

    private final Session session;
    private final RequestId id;
    private final String method;
    private final Exchange exchange;
    private volatile String doing;
    private volatile boolean isUnlisted;
    private volatile Incoming.Params params = Incoming.Params.NONE;

    /** @param doing what is being done for it, behind {@code it was still being } */
    Pending(Session session, RequestId id, String method, Exchange exchange, String doing) {
        this.session = session;
        this.id = id;
        this.method = method;
        this.exchange = exchange;
        this.doing = doing;
    }

    Session session() {
        return session;
    }

    RequestId id() {
        return id;
    }

    String method() {
        return method;
    }

    Exchange exchange() {
        return exchange;
    }

    RequestContext context() {
        return exchange.context();
    }

    /** What stands in it; empty until its message has been taken apart, and again when it is over. */
    Incoming.Params params() {
        return params;
    }

    void params(Incoming.Params read) {
        params = read;
        doing = "held back while plugins start";
    }

    /** Another of its session has its id, and nothing but this request itself leads to it. */
    void unlist() {
        isUnlisted = true;
    }

    boolean isUnlisted() {
        return isUnlisted;
    }

    boolean isOver() {
        return context().isOver();
    }

    /** Ends it with an answer, unless it was cancelled a moment ago. */
    void answer(Utf8Writer message) {
        context().done();
        if (session.ended(this)) {
            forget();
            exchange.answer(message);
        }
    }

    /** Ends it since its message could not be understood. */
    void refuseMessage(Utf8Writer message) {
        context().done();
        if (session.ended(this)) {
            forget();
            exchange.refuse(message);
        }
    }

    /** Ends it with an error of JSON-RPC. */
    void refuse(int code, String reason) {
        answer(Messages.error(Optional.of(id), code, reason));
    }

    /** It could not be served: a tool's is a result, so that the model can do something else. */
    void fail(String reason) {
        if (method.equals("tools/call")) {
            answer(Messages.failed(id, reason));
        } else {
            refuse(ErrorCodes.INTERNAL_ERROR, reason);
        }
    }

    /** Ends it without an answer; the session has let go of it. */
    void cancel() {
        exchange.cancel();
        forget();
    }

    /** What it has asked for is of no use any more, and may be large. */
    private void forget() {
        params = Incoming.Params.NONE;
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
        refuseMessage(session.errorTo(refused.id(), refused.code(), refused.reason()));
    }

    @Override
    public void failed(String reason) {
        fail(reason);
        session.say(LogLevel.WARNING, "call", reason);
    }
}
