// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.kernel.exchange.AnswerSink;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.json.Utf8Writer;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A session whose client names it by an id, since it comes by many connections. What answers nothing goes to the stream that was
 * begun last; while there is none it is owed, or lost where it is a line of the log. Thread-safe.
 */
public final class RemoteSession {

    private static final long NOTEWORTHY_NANOS =
            TimeUnit.SECONDS.toNanos(1); // who is busy is not entered anew each time

    private final String id;
    private final RemoteSessions all;
    private final Session session;
    private final Intake intake;
    private final AtomicReference<@Nullable MessageStream> stream = new AtomicReference<>();
    private volatile long usedAt = System.nanoTime();
    private volatile boolean hasEnded;
    private volatile boolean isFresh = true; // nothing has come but what began it

    /** @param sessions where it is opened */
    RemoteSession(String id, RemoteSessions all, Sessions sessions) {
        this.id = id;
        this.all = all;
        this.session = sessions.open(this::send, false);
        this.intake = all.intake(session);
    }

    /** Visible ASCII; whoever knows it is taken for its client. */
    public String id() {
        return id;
    }

    /** Takes the message that begins it; the rest as for {@link #take}. */
    public boolean begin(byte[] message, AnswerSink answers) {
        return intake.take(message, answers);
    }

    /**
     * Takes a message of its client.
     *
     * @param message in an array that is not changed any more
     * @return false where the session has ended: then it is left as if it had never come
     */
    public boolean take(byte[] message, AnswerSink answers) {
        use();
        return intake.take(message, answers);
    }

    /** From now on this stream gets what answers nothing, what is owed first; the one before is ended. */
    public void listen(MessageStream begun) {
        use();
        MessageStream before = stream.getAndSet(begun);
        if (before == null) {
            all.onStreams(1);
        } else {
            before.end();
        }
        if (hasEnded) { // meanwhile
            leave(begun);
            begun.end();
        } else {
            session.onRoom();
        }
    }

    /** The stream has ended, or its client has gone. */
    public void leave(MessageStream ended) {
        if (stream.compareAndSet(ended, null)) {
            use();
            all.onStreams(-1);
        }
    }

    /** Its client has done with it. What runs is answered. */
    public void end() {
        all.forget(this);
        close();
    }

    /** The gateway ends: what still runs is answered with that. */
    void stop() {
        intake.close();
        session.stop();
    }

    /** It has been forgotten. */
    void close() {
        hasEnded = true;
        intake.close();
        session.leave();
        MessageStream last = stream.getAndSet(null);
        if (last != null) {
            all.onStreams(-1);
            last.end();
        }
    }

    /** Nanoseconds since its client was last heard of. */
    long idleNanos(long now) {
        return now - usedAt;
    }

    /** Whether its client waits for something. */
    boolean isBusy() {
        return stream.get() != null || !intake.isIdle();
    }

    private void use() {
        long now = System.nanoTime();
        if (isFresh || now - usedAt >= NOTEWORTHY_NANOS) {
            usedAt = now;
            isFresh = false;
            all.onUse(this);
        }
    }

    private boolean send(Utf8Writer message) {
        MessageStream now = stream.get();
        return now != null && now.send(ByteBuffer.wrap(message.buffer(), 0, message.length()));
    }
}
