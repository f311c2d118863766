// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy on the loopback interface that harms what passes through it. The target is {@code host:port} or {@code
 * unix:/path}, dialled anew for every connection. A fault is in force for open and for new connections, from its call to
 * {@link #heal}. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int BUFFER = 16 << 10;

    private final String target;
    private final ServerSocketChannel listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;

    /** What happens to bytes, in the order in which they come. */
    private sealed interface Fault {

        Fault NONE = new Latency(Duration.ZERO);

        /** Every piece is handed on this much later. */
        record Latency(Duration delay) implements Fault {}

        /** Bytes of both sides vanish; no connection is closed. */
        record Blackhole() implements Fault {}

        /** New connections are reset at once; the open ones were when the fault began. */
        record Reset() implements Fault {}

        /** The client's side has heard the end of what the provider says; what the client says still goes through. */
        record HalfClose() implements Fault {}

        /** The provider's side may say this many more bytes to a client, all connections together; then both ends close. */
        record Cut(AtomicLong bytesLeft) implements Fault {}

        /** What the provider says reaches the client as noise of the same length. */
        record Garble(Random noise) implements Fault {}
    }

    /** Listens on a free port. */
    public static FaultProxy to(String target) {
        try {
            return new FaultProxy(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FaultProxy(String target) throws IOException {
        this.target = target;
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Thread.ofVirtual().name("fault-proxy-accept").start(this::accept);
    }

    /** {@code 127.0.0.1:PORT}, to be given to the gateway. */
    public String address() {
        return "127.0.0.1:" + listener.socket().getLocalPort();
    }

    /** The line of a provider's entry that leads through this proxy. */
    public String entry() {
        return "address: \"" + address() + "\"";
    }

    /** How many connections are open. */
    public int open() {
        return links.size();
    }

    /** How many connections were ever accepted. */
    public int accepted() {
        return accepted.get();
    }

    /** From now on every piece of bytes, in either direction, arrives this much later. */
    public void delay(Duration delay) {
        fault = new Fault.Latency(delay);
    }

    /** From now on bytes vanish, while every connection stays open and new ones are accepted. */
    public void blackhole() {
        fault = new Fault.Blackhole();
    }

    /** Resets (RST) every open connection now and every new one as it comes. */
    public void reset() {
        fault = new Fault.Reset();
        links.forEach(Link::reset);
    }

    /** Resets (RST) the open connection that was accepted as that one, counted from 0; the others and new ones are left alone. */
    public void reset(int number) {
        links.stream().filter(link -> link.number == number).forEach(Link::reset);
    }

    /** Tells the client's side of every connection that nothing more will come (FIN), and keeps listening to it. */
    public void halfClose() {
        fault = new Fault.HalfClose();
        links.forEach(Link::halfClose);
    }

    /** Hands on this many more bytes of what the provider says, then closes the connection in the middle. */
    public void cutAfter(long bytes) {
        fault = new Fault.Cut(new AtomicLong(bytes));
    }

    /** From now on what the provider says arrives as noise. */
    public void garble(long seed) {
        fault = new Fault.Garble(new Random(seed));
    }

    /** Takes the fault away. Connections that it broke stay broken, and bytes that vanished are gone. */
    public void heal() {
        fault = Fault.NONE;
    }

    @Override
    public void close() {
        closeQuietly(listener);
        links.forEach(Link::close);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                int number = accepted.getAndIncrement();
                if (fault instanceof Fault.Reset) {
                    reset(client);
                } else {
                    connect(client, number);
                }
            }
        } catch (IOException closed) {
            // the proxy was closed
        }
    }

    private void connect(SocketChannel client, int number) {
        try {
            Link link = new Link(client, dial(), number);
            links.add(link);
            Thread.ofVirtual().name("fault-proxy-up").start(link::pumpUp);
            Thread.ofVirtual().name("fault-proxy-down").start(link::pumpDown);
        } catch (IOException e) { // the provider is down: as if it had refused the client itself
            reset(client);
        }
    }

    private SocketChannel dial() throws IOException {
        if (target.startsWith("unix:")) {
            return SocketChannel.open(UnixDomainSocketAddress.of(target.substring("unix:".length())));
        }
        List<String> parts = List.of(target.split(":", 2));
        SocketAddress address = new InetSocketAddress(parts.get(0), Integer.parseInt(parts.get(1)));
        SocketChannel provider = SocketChannel.open(address);
        provider.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return provider;
    }

    private static void reset(SocketChannel channel) {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException | UnsupportedOperationException e) {
            // closed already, or a Unix socket, which knows no RST
        }
        closeQuietly(channel);
    }

    private static void closeQuietly(AutoCloseable channel) {
        try {
            channel.close();
        } catch (Exception e) {
            // it is gone either way
        }
    }

    /** A client's connection and the one to the provider that belongs to it. */
    private final class Link {

        private final SocketChannel client;
        private final SocketChannel provider;
        private final int number;

        private Link(SocketChannel client, SocketChannel provider, int number) throws IOException {
            this.client = client;
            this.provider = provider;
            this.number = number;
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }

        private void pumpUp() {
            pump(client, provider, false);
        }

        private void pumpDown() {
            pump(provider, client, true);
        }

        private void pump(SocketChannel from, SocketChannel to, boolean fromProvider) {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            try {
                while (from.read(buffer.clear()) >= 0) {
                    if (!pass(buffer.flip(), to, fromProvider)) {
                        break;
                    }
                }
                if (fromProvider && fault instanceof Fault.HalfClose) {
                    return;
                }
            } catch (ClosedChannelException closed) {
                // by the other direction, or by the proxy
            } catch (IOException broken) {
                reset(client);
            }
            close();
        }

        /** Whether the connection goes on. */
        private boolean pass(ByteBuffer bytes, SocketChannel to, boolean fromProvider) throws IOException {
            switch (fault) {
                case Fault.Latency(Duration delay) -> {
                    LockSupport.parkNanos(delay.toNanos());
                    write(bytes, to);
                }
                case Fault.Blackhole() -> {}
                case Fault.Reset() -> {
                    return false;
                }
                case Fault.HalfClose() -> {
                    if (!fromProvider) {
                        write(bytes, to);
                    }
                }
                case Fault.Cut(AtomicLong bytesLeft) -> {
                    if (fromProvider) {
                        long left = bytesLeft.addAndGet(-bytes.remaining());
                        if (left < 0) {
                            write(bytes.limit((int) Math.max(0, bytes.limit() + left)), to);
                            return false;
                        }
                    }
                    write(bytes, to);
                }
                case Fault.Garble(Random noise) -> {
                    if (fromProvider) {
                        noise.nextBytes(bytes.array());
                    }
                    write(bytes, to);
                }
            }
            return true;
        }

        private void write(ByteBuffer bytes, SocketChannel to) throws IOException {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        }

        private void halfClose() {
            try {
                client.shutdownOutput();
            } catch (IOException e) {
                close();
            }
        }

        private void reset() {
            FaultProxy.reset(client);
            close();
        }

        private void reset(SocketChannel channel) {
            FaultProxy.reset(channel);
        }

        private void close() {
            closeQuietly(client);
            closeQuietly(provider);
            links.remove(this);
        }
    }
}
