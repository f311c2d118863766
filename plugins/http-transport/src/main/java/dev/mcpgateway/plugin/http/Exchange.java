// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One request that the gateway has been told of, until nothing is held for it any more. It begins open, is answered once, as a whole
 * or by a stream, and is over when that has left, or when the connection has ended. Thread-safe.
 */
final class Exchange implements Reply {

    private enum State {
        /** An answer may come; a stream may have begun for it, to keep the connection alive. */
        OPEN,
        ANSWERED,
        OVER
    }

    private final Response response;
    private final Callback jetty;
    private final ClientEndPoint connection;
    private final Limits limits;
    private final BooleanSupplier isDraining;
    private final boolean takesStream;
    private final Object lock = new Object();

    @GuardedBy("lock") private State state = State.OPEN;

    @GuardedBy("lock") private boolean isLost;

    /** Known when the gateway has let the request in. */
    @GuardedBy("lock") private @Nullable ClientRequest client;

    @GuardedBy("lock") private @Nullable EventStream stream;

    /** Bytes of it may still come, so that the connection cannot be used again. */
    private volatile boolean awaitsBody;

    private volatile boolean readsBody;
    private volatile boolean isWithGateway;
    private volatile long since;

    /**
     * @param jetty called when Jetty may go on to the next request of the connection
     * @param takesStream whether the client takes one as the answer
     * @param announcesBody whether bytes follow the head
     */
    Exchange(
            Response response,
            Callback jetty,
            ClientEndPoint connection,
            Limits limits,
            BooleanSupplier isDraining,
            boolean takesStream,
            boolean announcesBody) {
        this.response = response;
        this.jetty = jetty;
        this.connection = connection;
        this.limits = limits;
        this.isDraining = isDraining;
        this.takesStream = takesStream;
        this.awaitsBody = announcesBody;
    }

    /** The gateway has let it in. @return whether it is to be read: it may have been answered, or be lost */
    boolean letIn(ClientRequest by) {
        boolean wasLost;
        synchronized (lock) {
            client = by;
            if (state != State.OVER) {
                return state == State.OPEN;
            }
            wasLost = isLost;
        }
        tell(by, wasLost);
        return false;
    }

    /** Its body is being read from now on. */
    void beginBody() {
        since = System.nanoTime();
        readsBody = true;
    }

    /** Its body has come as a whole: what is missing is the gateway's answer. */
    void endBody() {
        since = System.nanoTime();
        readsBody = false;
        awaitsBody = false;
        isWithGateway = true;
        watch();
    }

    /** There is no body to be read. */
    void watch() {
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
        }
        connection.watch();
    }

    boolean isOpen() {
        synchronized (lock) {
            return state == State.OPEN;
        }
    }

    @Override
    public void end(ReplyStatus status, Map<String, String> headers, ByteBuffer body) {
        EventStream begun;
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            state = State.ANSWERED;
            begun = stream;
        }
        if (begun != null) {
            begun.finish(body);
            return;
        }
        headers.forEach(response.getHeaders()::put);
        whole(Answers.code(status), body);
    }

    /** Answers in the transport's own words, unless there is an answer. */
    void refuse(Refusal refusal) {
        synchronized (lock) {
            if (state != State.OPEN) {
                return;
            }
            state = State.ANSWERED;
            if (stream != null) { // its head has left, and with it the status
                stream.finish(refusal.body());
                return;
            }
        }
        whole(refusal.status(), refusal.body());
    }

    private void whole(int code, ByteBuffer body) {
        connection.unwatch();
        if (awaitsBody || isDraining.getAsBoolean()) {
            response.getHeaders().put(Answers.CLOSE);
        }
        Answers.send(response, code, body, new Sent());
    }

    @Override
    public Optional<MessageStream> stream(Map<String, String> headers) {
        EventStream begun;
        synchronized (lock) {
            if (state != State.OPEN || !takesStream) {
                return Optional.empty();
            }
            state = State.ANSWERED;
            if (stream != null) {
                return Optional.of(stream);
            }
            headers.forEach(response.getHeaders()::put);
            begun = newStream();
        }
        begun.iterate();
        return Optional.of(begun);
    }

    /** Its head stands before anybody can write to it. */
    @GuardedBy("lock") private EventStream newStream() {
        if (awaitsBody) {
            response.getHeaders().put(Answers.CLOSE);
        }
        Answers.beginStream(response);
        EventStream begun = new EventStream(this, response);
        stream = begun;
        return begun;
    }

    /** Keeps it alive, or ends it where its body takes too long. */
    void check(long now) {
        if (readsBody) {
            if (now - since > limits.body().toNanos()) {
                refuse(Refusal.LATE);
            }
            return;
        }
        EventStream begun;
        boolean isNew;
        synchronized (lock) {
            boolean isLate = state == State.OPEN
                    && isWithGateway
                    && takesStream
                    && now - since > limits.patience().toNanos();
            isNew = stream == null && isLate;
            begun = isNew ? newStream() : stream;
        }
        if (begun != null && (isNew || begun.silence(now) > limits.silence().toNanos())) {
            begun.keepAlive();
        }
    }

    /** The answer has left as a whole. */
    void complete() {
        end(false, new EofException("answered"));
    }

    /** The connection has ended, or what is left of the answer cannot be sent. */
    void lose() {
        end(true, new EofException("the client has gone"));
    }

    private void end(boolean byLoss, Throwable cause) {
        ClientRequest told;
        EventStream begun;
        synchronized (lock) {
            if (state == State.OVER) {
                return;
            }
            state = State.OVER;
            isLost = byLoss;
            told = client;
            begun = stream;
        }
        if (begun != null) {
            begun.shut();
        }
        if (told != null) {
            tell(told, byLoss);
        }
        connection.endRequest();
        if (byLoss) {
            connection.close(cause);
            jetty.failed(cause);
        } else {
            jetty.succeeded();
        }
    }

    private static void tell(ClientRequest client, boolean wasLost) {
        if (wasLost) {
            client.gone();
        }
        client.ended();
    }

    private final class Sent implements Callback {

        @Override
        public void succeeded() {
            complete();
        }

        @Override
        public void failed(Throwable cause) {
            lose();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
