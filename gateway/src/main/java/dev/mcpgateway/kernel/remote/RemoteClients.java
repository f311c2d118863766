// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.remote;

import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.kernel.listen.ClientHandler;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.RemoteSession;
import dev.mcpgateway.kernel.mcp.RemoteSessions;
import dev.mcpgateway.kernel.mcp.Unsessioned;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and for what: the requests of the clients of one transport (MCP 2025-11-25, basic/transports, Streamable HTTP). The
 * sessions are the gateway's, and outlive it. Thread-safe.
 */
public final class RemoteClients implements ClientHandler {

    static final String SESSION = "mcp-session-id";
    private static final String VERSION = "mcp-protocol-version";
    /** One text for all causes: who guesses learns nothing. */
    static final String NO_SESSION = "there is no such session, or it has ended: begin one by initialize";

    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Log LOG = Log.named("transport");

    private final RemoteSessions sessions;
    private final BodyBudget budget;
    private final Set<Listening> listening = ConcurrentHashMap.newKeySet();
    private final AtomicLong proxyNamed = new AtomicLong(); // when; 0 before that
    private volatile boolean hasEndedStreams;

    /** @param budget of the bodies of all transports */
    public RemoteClients(RemoteSessions sessions, BodyBudget budget) {
        this.sessions = sessions;
        this.budget = budget;
    }

    @Override
    public CompletionStage<Optional<ClientRequest>> begin(RequestHead head, Reply reply) {
        Answer answer = new Answer(reply);
        try {
            return CompletableFuture.completedFuture(Optional.ofNullable(admit(head, answer)));
        } catch (RuntimeException | Error bug) { // of ours; it costs this request
            answer.fail(bug);
            return CompletableFuture.completedFuture(Optional.empty());
        }
    }

    @Override
    public void endStreams() {
        hasEndedStreams = true;
        listening.forEach(Listening::end);
    }

    private @Nullable ClientRequest admit(RequestHead head, Answer answer) {
        if (head.isForwarded()) { // the network behind a proxy would be taken for this machine
            warnOfProxy();
            answer.refuse(
                    ReplyStatus.FORBIDDEN, "this gateway serves its own machine only, and nobody by way of a proxy");
            return null;
        }
        if (head.verb() == RequestHead.Verb.OTHER) {
            return notAllowed(answer);
        }
        List<String> ids = head.headers(SESSION);
        List<String> versions = head.headers(VERSION);
        boolean isOfOurs = versions.isEmpty() || (versions.size() == 1 && Unsessioned.isKnown(versions.get(0)));
        if (head.verb() == RequestHead.Verb.SEND) {
            if (!isOfOurs) {
                answer.refuse(ReplyStatus.INVALID, Unsessioned.unknownVersion(versions));
                return null;
            }
        } else if (ids.isEmpty() || !isOfOurs) {
            return notAllowed(answer); // it has no session, and clients look for just this answer
        }
        if (ids.isEmpty()) {
            return new SentMessage(Optional.empty(), sessions, budget, answer);
        }
        Optional<RemoteSession> session = ids.size() == 1 ? sessions.find(ids.get(0)) : Optional.empty();
        if (session.isEmpty()) {
            answer.refuse(ReplyStatus.UNKNOWN_SESSION, NO_SESSION);
            return null;
        }
        return switch (head.verb()) {
            case SEND -> new SentMessage(session, sessions, budget, answer);
            case LISTEN -> listen(session.get(), answer);
            default -> {
                session.get().end();
                answer.end(ReplyStatus.ACCEPTED);
                yield null;
            }
        };
    }

    private void warnOfProxy() {
        long now = System.nanoTime();
        long last = proxyNamed.get();
        if ((last == 0 || now - last >= QUIET_NANOS) && proxyNamed.compareAndSet(last, now | 1)) {
            LOG.warn(
                    "requests that come by way of a proxy are refused: clients show no credentials, so whom the proxy lets in"
                            + " would be taken for this machine");
        }
    }

    private static @Nullable ClientRequest notAllowed(Answer answer) {
        answer.refuse(
                ReplyStatus.NOT_ALLOWED, "not here: send messages, and with a session's id listen to it, or end it");
        return null;
    }

    private @Nullable ClientRequest listen(RemoteSession session, Answer answer) {
        if (hasEndedStreams) {
            answer.refuse(ReplyStatus.UNAVAILABLE, "this connection is about to be closed: come again by another");
            return null;
        }
        Optional<MessageStream> stream = answer.reply().stream(Map.of());
        if (stream.isEmpty()) {
            answer.refuse(ReplyStatus.INVALID, "what is listened to is a stream: accept text/event-stream");
            return null;
        }
        Listening begun = new Listening(session, stream.get());
        listening.add(begun);
        session.listen(stream.get());
        return begun;
    }

    /** A stream that is open. */
    private final class Listening implements ClientRequest {

        private final RemoteSession session;
        private final MessageStream stream;

        Listening(RemoteSession session, MessageStream stream) {
            this.session = session;
            this.stream = stream;
        }

        void end() {
            session.leave(stream);
            stream.end();
        }

        @Override
        public boolean reserve(int bytes) {
            return bytes == 0; // it needs no body
        }

        @Override
        public void body(ByteBuffer body) {}

        @Override
        public void gone() {
            session.leave(stream);
        }

        @Override
        public void ended() {
            listening.remove(this);
            session.leave(stream);
        }
    }
}
