// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One connection: what it waits for and since when, and whether the client is still there.
 *
 * <p>Jetty does not read while an answer is pending, so it does not notice a client that has gone. This does: it reads in Jetty's
 * place, keeps what comes early (the next request of a client that does not wait for answers) for Jetty's next read, and takes the
 * end of what the client sends for its going.
 *
 * <p>Jetty's own idle timeout stays off. It starts again with every byte, so that a client may hold a connection by one now and then.
 */
final class ClientEndPoint extends SocketChannelEndPoint {

    private static final int EARLY_BYTES = 4 * 1024;

    private enum Phase {
        /** Nothing of a request has come. */
        IDLE,
        /** Something of a head has. */
        HEAD,
        /** A request is being answered. */
        REQUEST
    }

    private final Object reading = new Object();
    private final Readable readable = new Readable();
    private final Executor executor;
    private final Consumer<ClientEndPoint> whenClosed;
    private final InetSocketAddress peer;
    private final int listenerPort;

    @GuardedBy("reading") private @Nullable Callback reader;

    /** Whether the selector will tell us of what can be read. */
    @GuardedBy("reading") private boolean isArmed;

    @GuardedBy("reading") private boolean isWatching;

    /** Between position and limit: what has been read in Jetty's place. */
    @GuardedBy("reading") private ByteBuffer early = BufferUtil.EMPTY_BUFFER;

    private volatile Phase phase = Phase.IDLE;
    private volatile long since = System.nanoTime();
    private volatile boolean isStalled;
    private volatile long stalledSince;
    private volatile @Nullable Exchange exchange;

    ClientEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor,
            Consumer<ClientEndPoint> whenClosed)
            throws IOException {
        super(channel, selector, key, scheduler);
        this.executor = executor;
        this.whenClosed = whenClosed;
        this.peer = internet(channel.getRemoteAddress());
        this.listenerPort = internet(channel.getLocalAddress()).getPort();
    }

    private static InetSocketAddress internet(@Nullable SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress internet) {
            return internet;
        }
        throw new IOException("no TCP connection");
    }

    InetSocketAddress peer() {
        return peer;
    }

    int listenerPort() {
        return listenerPort;
    }

    /** A head has come as a whole. */
    void beginRequest() {
        enter(Phase.REQUEST);
    }

    /** The request's answer may take its time: it is told when the connection ends, and looked at now and then. */
    void begin(Exchange begun) {
        exchange = begun;
        if (!isOpen()) {
            begun.lose();
        }
    }

    /** Answered, and Jetty goes on to the next request. To be called before Jetty is told. */
    void endRequest() {
        exchange = null;
        unwatch();
        enter(Phase.IDLE);
    }

    private void enter(Phase next) {
        since = System.nanoTime();
        phase = next;
    }

    /** Has the exchange told when the client goes. Its request must have been read to the end. */
    void watch() {
        synchronized (reading) {
            isWatching = true;
            if (isArmed) {
                return;
            }
            isArmed = true;
        }
        super.tryFillInterested(readable);
    }

    void unwatch() {
        synchronized (reading) {
            isWatching = false;
        }
    }

    /** Ends what takes too long. */
    void check(long now, Limits limits, boolean isDraining) {
        if (isStalled && now - stalledSince > limits.stalled().toNanos()) {
            close(new EofException("the client does not read"));
            return;
        }
        long age = now - since;
        switch (phase) {
            case IDLE -> {
                if (age > patience(limits, isDraining).toNanos()) {
                    close();
                }
            }
            case HEAD -> {
                if (age > limits.head().toNanos()) {
                    close();
                }
            }
            case REQUEST -> {
                Exchange current = exchange;
                if (current != null) {
                    current.check(now);
                }
            }
        }
    }

    private Duration patience(Limits limits, boolean isDraining) {
        if (isOutputShutdown()) {
            return limits.linger();
        }
        return isDraining ? limits.settled() : limits.idle();
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled;
        synchronized (reading) {
            filled = early.hasRemaining() ? BufferUtil.append(buffer, early) : super.fill(buffer);
            if (early != BufferUtil.EMPTY_BUFFER && !early.hasRemaining()) {
                early = BufferUtil.EMPTY_BUFFER;
            }
        }
        if (filled > 0 && phase == Phase.IDLE) {
            enter(Phase.HEAD);
        }
        return filled;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = BufferUtil.remaining(buffers);
        boolean isAll = super.flush(buffers);
        if (isAll) {
            isStalled = false;
        } else if (!isStalled || BufferUtil.remaining(buffers) < before) {
            stalledSince = System.nanoTime();
            isStalled = true;
        }
        return isAll;
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            throw new ReadPendingException();
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        boolean isReady;
        synchronized (reading) {
            if (reader != null) {
                return false;
            }
            isReady = early.hasRemaining();
            if (!isReady) {
                reader = callback;
                if (isArmed) {
                    return true;
                }
                isArmed = true;
            }
        }
        if (isReady) {
            executor.execute(
                    callback::succeeded); // not from here: requests that came together would pile up on one stack
            return true;
        }
        return super.tryFillInterested(readable);
    }

    @Override
    public boolean isFillInterested() {
        synchronized (reading) {
            return reader != null;
        }
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        whenClosed.accept(this);
        Exchange current = exchange;
        if (current != null) {
            current.lose();
        }
    }

    /** Reads what has come early. @return whether the client is still there */
    @GuardedBy("reading") private boolean peek() {
        if (early == BufferUtil.EMPTY_BUFFER) {
            early = ByteBuffer.allocate(EARLY_BYTES).limit(0);
        }
        int start = early.position();
        int end = early.limit();
        early.limit(early.capacity()).position(end);
        try {
            return getChannel().read(early) >= 0;
        } catch (IOException e) {
            return false;
        } finally {
            early.limit(early.position()).position(start);
        }
    }

    /** Stands in for whoever waits to read, Jetty or nobody. */
    private final class Readable implements Callback {

        @Override
        public void succeeded() {
            Callback waiting;
            boolean isThere = true;
            boolean isToBeArmed = false;
            synchronized (reading) {
                waiting = reader;
                reader = null;
                isArmed = false;
                if (waiting == null && isWatching) {
                    isThere = peek();
                    isToBeArmed = isThere && early.limit() < early.capacity();
                    isArmed = isToBeArmed;
                }
            }
            if (waiting != null) {
                waiting.succeeded();
            } else if (isToBeArmed) {
                ClientEndPoint.super.tryFillInterested(this);
            } else if (!isThere) {
                close(new EofException("the client has gone"));
            }
        }

        @Override
        public void failed(Throwable cause) {
            Callback waiting;
            synchronized (reading) {
                waiting = reader;
                reader = null;
                isArmed = false;
            }
            if (waiting != null) {
                waiting.failed(cause);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            synchronized (reading) {
                return reader == null ? InvocationType.NON_BLOCKING : reader.getInvocationType();
            }
        }
    }
}
