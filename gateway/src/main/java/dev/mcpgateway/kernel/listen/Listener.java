// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.ListenSettings.UnusableAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One address that is listened on, and the thread that accepts. Connections are taken as long as there may be more, and there are
 * descriptors for them; where there are none, the rest of the process gets a rest. Thread-safe.
 */
final class Listener implements AutoCloseable {

    private static final Log LOG = Log.named("transport");
    private static final int BACKLOG = 512;
    private static final long LOOK_MILLIS = 250; // at connections that wait
    private static final long SHORTEST_REST = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_REST = TimeUnit.SECONDS.toNanos(1);

    private final ServerSocketChannel channel;
    private final Selector selector;
    private final InetSocketAddress address;
    private final Taker taker;
    private final Thread thread;
    private long rest = SHORTEST_REST; // of the accepting thread
    private boolean isFull; // likewise: it has been said

    /** Who gets connections. */
    interface Taker {

        /** Whether there may be one more now. */
        boolean hasRoom();

        /** Gets one; must not block. */
        void take(SocketChannel connection);

        /** From time to time, on the thread that accepts. */
        void look();
    }

    /** @throws UnusableAddress when it cannot be bound; says why, with what to do */
    Listener(ListenSettings settings, Taker taker) throws UnusableAddress {
        this.taker = taker;
        InetSocketAddress wanted = settings.resolved();
        try {
            selector = Selector.open();
            channel = ServerSocketChannel.open();
        } catch (IOException e) {
            throw new UnusableAddress("cannot listen on " + settings.address() + ": " + e.getMessage());
        }
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true); // connections of a gateway before may linger
            channel.bind(wanted, BACKLOG);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_ACCEPT);
            address = (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            closeAll();
            throw new UnusableAddress("cannot listen on " + settings.address() + ": " + inWords(e, wanted.getPort()));
        }
        thread = Thread.ofPlatform()
                .daemon()
                .name("listener-" + address.getPort())
                .unstarted(this::accept);
    }

    void start() {
        thread.start();
    }

    /** Where it listens; with a port of the system's choice where 0 was asked for. */
    InetSocketAddress address() {
        return address;
    }

    /** Takes no more connections; those that were accepted are the taker's. */
    @Override
    public void close() {
        closeAll();
        LockSupport.unpark(thread);
    }

    private void closeAll() {
        try (selector;
                channel) {
            selector.wakeup();
        } catch (IOException e) {
            // it listens no more
        }
    }

    private void accept() {
        while (channel.isOpen()) {
            try {
                selector.select(LOOK_MILLIS);
                selector.selectedKeys().clear();
                taker.look();
                acceptAll();
            } catch (ClosedChannelException | ClosedSelectorException e) {
                return;
            } catch (IOException e) { // no descriptors: those who wait may wait on
                if (rest == SHORTEST_REST) {
                    LOG.warn("connections on " + address + " wait, since the system gives no more: " + e.getMessage()
                            + "; raise the limit of open files (ulimit -n)");
                }
                LockSupport.parkNanos(this, rest);
                rest = Math.min(LONGEST_REST, rest * 2);
            } catch (RuntimeException | Error bug) {
                LOG.failure(Log.Level.ERROR, "a connection could not be taken", Fields.NONE, bug);
                LockSupport.parkNanos(this, rest);
            }
        }
    }

    private void acceptAll() throws IOException {
        SocketChannel connection;
        while ((connection = channel.accept()) != null) {
            rest = SHORTEST_REST;
            if (taker.hasRoom()) {
                isFull = false;
                taker.take(connection);
            } else {
                connection.close();
                sayOnce();
            }
        }
    }

    private void sayOnce() {
        if (!isFull) {
            isFull = true;
            LOG.warn("connections to " + address + " are closed: there are as many as there may be");
        }
    }

    private static String inWords(IOException e, int port) {
        String said = String.valueOf(e.getMessage());
        if (e instanceof BindException && said.contains("in use")) {
            return "another process listens there: end it, or choose another port";
        }
        if (e instanceof SocketException && said.contains("ermission denied")) {
            return "port " + port + " is for the system's own: choose one above 1023";
        }
        if (said.contains("assign")) {
            return "this machine has no such address";
        }
        return said;
    }
}
