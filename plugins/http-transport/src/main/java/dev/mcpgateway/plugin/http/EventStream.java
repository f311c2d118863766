// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.transport.MessageStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (HTML standard, 9.2): one write at a time, and behind it a queue. It takes no message any more while more than
 * {@link Limits#UNSENT_BYTES} wait, and closes the connection: what is left out would be missed. Thread-safe.
 */
final class EventStream extends IteratingCallback implements MessageStream {

    private static final byte[] EVENT = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_OF_EVENT = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

    /** When to come back after an end that was in order: not at once, since this is how a replaced transport ends its streams. */
    private static final byte[] COME_BACK = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);

    private enum State {
        OPEN,
        /** What is queued is still to leave. */
        ENDING,
        /** The last write is under way. */
        LAST,
        SHUT
    }

    private final Exchange exchange;
    private final Response response;
    private final Object lock = new Object();
    private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>(2);

    @GuardedBy("lock") private State state = State.OPEN;

    /** Bytes in the queue and in the write under way. */
    @GuardedBy("lock") private long unsent;

    @GuardedBy("lock") private int underWay;

    private volatile long lastSent = System.nanoTime();

    EventStream(Exchange exchange, Response response) {
        this.exchange = exchange;
        this.response = response;
        queue.add(ByteBuffer.allocate(0)); // for the head, which leaves with the first write
    }

    void keepAlive() {
        add(ByteBuffer.wrap(COMMENT), State.OPEN);
    }

    /** Nanoseconds since something was last sent; 0 while something is waiting. */
    long silence(long now) {
        synchronized (lock) {
            return unsent > 0 ? 0 : now - lastSent;
        }
    }

    @Override
    public boolean send(ByteBuffer message) {
        return add(event(message), State.OPEN);
    }

    @Override
    public void end() {
        add(ByteBuffer.wrap(COME_BACK), State.ENDING);
    }

    /** Sends the answer that it was begun for, and ends. */
    void finish(ByteBuffer answer) {
        add(answer.hasRemaining() ? event(answer) : ByteBuffer.allocate(0), State.ENDING);
    }

    @Override
    public long unsent() {
        synchronized (lock) {
            return unsent;
        }
    }

    /** Takes nothing any more. */
    void shut() {
        synchronized (lock) {
            state = State.SHUT;
            queue.clear();
        }
    }

    private static ByteBuffer event(ByteBuffer message) {
        return ByteBuffer.allocate(EVENT.length + message.remaining() + END_OF_EVENT.length)
                .put(EVENT)
                .put(message.duplicate())
                .put(END_OF_EVENT)
                .flip();
    }

    private boolean add(ByteBuffer bytes, State next) {
        boolean isTooSlow;
        synchronized (lock) {
            if (state != State.OPEN) {
                return false;
            }
            isTooSlow = unsent > Limits.UNSENT_BYTES;
            if (!isTooSlow) {
                queue.add(bytes);
                unsent += bytes.remaining();
                state = next;
            }
        }
        if (isTooSlow) {
            exchange.lose();
            return false;
        }
        iterate();
        return true;
    }

    @Override
    protected Action process() {
        ByteBuffer next;
        boolean isLast;
        synchronized (lock) {
            unsent -= underWay;
            underWay = 0;
            if (state == State.LAST) {
                return Action.SUCCEEDED;
            }
            next = queue.poll();
            if (next == null) {
                return Action.IDLE;
            }
            underWay = next.remaining();
            isLast = state == State.ENDING && queue.isEmpty();
            if (isLast) {
                state = State.LAST;
            }
        }
        lastSent = System.nanoTime();
        response.write(isLast, next, this);
        return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
        exchange.complete();
    }

    @Override
    protected void onCompleteFailure(@Nullable Throwable cause) {
        exchange.lose();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
