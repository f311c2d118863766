// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.remote;

import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.kernel.exchange.AnswerSink;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.RemoteSession;
import dev.mcpgateway.kernel.mcp.RemoteSessions;
import dev.mcpgateway.kernel.mcp.Unsessioned;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One message of a client and the way of its answer. Thread-safe. */
final class SentMessage implements ClientRequest {

    private static final Log LOG = Log.named("transport");

    private final Optional<RemoteSession> session;
    private final RemoteSessions sessions;
    private final BodyBudget budget;
    private final Answer answer;
    private final AtomicLong reserved = new AtomicLong(); // bytes; below zero once it has ended
    private volatile boolean isGone;

    /** @param session empty where it names none */
    SentMessage(Optional<RemoteSession> session, RemoteSessions sessions, BodyBudget budget, Answer answer) {
        this.session = session;
        this.sessions = sessions;
        this.budget = budget;
        this.answer = answer;
    }

    @Override
    public boolean reserve(int bytes) {
        long before = reserved.get();
        return bytes <= before || take(bytes - before);
    }

    @Override
    public void body(ByteBuffer body) {
        try {
            take(bytes(body), new Way());
        } catch (RuntimeException | Error bug) { // of ours; it costs this message
            answer.fail(bug);
        }
    }

    private void take(byte[] message, Way way) {
        if (session.isPresent()) {
            if (!session.get().take(message, way)) {
                answer.refuse(ReplyStatus.UNKNOWN_SESSION, RemoteClients.NO_SESSION);
            }
        } else if (message.length > Unsessioned.MOST) {
            answer.refuse(
                    ReplyStatus.TOO_LARGE,
                    "a message without a session may have " + Unsessioned.MOST + " bytes: send initialize first");
        } else {
            begin(message, way);
        }
    }

    /** A message without a session: one that begins one, or that needs none. */
    private void begin(byte[] message, Way way) {
        switch (Unsessioned.read(message)) {
            case Unsessioned.Begin begin -> {
                Optional<RemoteSession> begun = sessions.open();
                if (begun.isEmpty()) {
                    answer.refuse(ReplyStatus.UNAVAILABLE, "there are too many sessions: try again later");
                    return;
                }
                answer.begins(begun.get().id());
                begun.get().begin(message, way);
            }
            case Unsessioned.Ignored ignored -> answer.end(ReplyStatus.ACCEPTED);
            case Unsessioned.Refused refused -> answer.end(ReplyStatus.INVALID, refused.answer());
        }
    }

    @Override
    public void gone() {
        isGone = true; // the call runs on: in this era that a connection ends says nothing of it
    }

    @Override
    public void ended() {
        answer.forget();
        release();
    }

    private boolean take(long bytes) {
        if (!budget.tryTake(bytes)) {
            return false;
        }
        if (reserved.updateAndGet(now -> now < 0 ? now : now + bytes) < 0) { // it has ended meanwhile
            budget.release(bytes);
        }
        return true;
    }

    private void release() {
        long held = reserved.getAndSet(-1);
        if (held > 0) {
            budget.release(held);
        }
    }

    /** Without a copy where the array is the body's alone. */
    private static byte[] bytes(ByteBuffer body) {
        if (body.hasArray() && body.arrayOffset() == 0 && body.remaining() == body.array().length) {
            return body.array();
        }
        byte[] copy = new byte[body.remaining()];
        body.get(copy);
        return copy;
    }

    /** Where its one answer goes. */
    private final class Way implements AnswerSink {

        @Override
        public void put(Utf8Writer message) {
            if (isGone) {
                LOG.log(
                        Log.Level.INFO,
                        "an answer of " + message.length()
                                + " bytes is unclaimed: its client has closed the connection",
                        Fields.NONE.withOutcome("unclaimed"));
            }
            answer.end(ReplyStatus.OK, message);
        }

        @Override
        public void refuse(Utf8Writer message) {
            answer.end(ReplyStatus.INVALID, message);
        }

        @Override
        public void putNothing() {
            answer.end(ReplyStatus.ACCEPTED);
        }

        @Override
        public Optional<String> reserve(long size) {
            return take(size)
                    ? Optional.empty()
                    : Optional.of("messages and answers of " + budget.held()
                            + " bytes are on their way already: there may be " + budget.most() + " bytes of them");
        }

        /** Not before it has left: until then it is in memory. */
        @Override
        public void release(long size) {}
    }
}
