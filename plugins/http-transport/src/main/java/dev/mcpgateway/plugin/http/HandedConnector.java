// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Serves connections that it is handed: it listens nowhere itself. */
final class HandedConnector extends ServerConnector {

    /** Those that Jetty has not taken over yet. */
    private final Set<SocketChannel> handed = ConcurrentHashMap.newKeySet();

    private final Set<ClientEndPoint> connections = ConcurrentHashMap.newKeySet();

    HandedConnector(Server server, int selectors, ConnectionFactory... factories) {
        super(server, 0, selectors, factories);
        setIdleTimeout(0);
    }

    /** Never waits. What cannot be served is closed. */
    void serve(SocketChannel channel) {
        if (!isRunning()) {
            closeQuietly(channel);
            return;
        }
        handed.add(channel);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            getSelectorManager().accept(channel);
        } catch (IOException | RuntimeException e) { // e.g. the client has gone already
            handed.remove(channel);
            closeQuietly(channel);
        }
    }

    Set<ClientEndPoint> connections() {
        return connections;
    }

    int count() {
        return handed.size() + connections.size();
    }

    /** Forgets those that ended before Jetty could take them over. */
    void forgetClosed() {
        handed.removeIf(channel -> !channel.isOpen());
    }

    void closeAll() {
        handed.forEach(HandedConnector::closeQuietly);
        connections.forEach(ClientEndPoint::close);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key)
            throws IOException {
        ClientEndPoint endPoint =
                new ClientEndPoint(channel, selector, key, getScheduler(), getExecutor(), connections::remove);
        connections.add(endPoint);
        handed.remove(channel);
        return endPoint;
    }

    /** No thread accepts; but with 0 Jetty would have a selector do it, on a listener that is not there. */
    @Override
    public int getAcceptors() {
        return 1;
    }

    @Override
    public void open() {}

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void accept(int acceptor) {}
}
