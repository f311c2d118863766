// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands between a client and a server; can swallow everything, or cut every connection. */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final SocketAddress target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Thread acceptor;
    private volatile boolean blackhole;

    TcpProxy(SocketAddress target) throws IOException {
        this.target = target;
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** How many connections there were so far. */
    int accepted() {
        return accepted.get();
    }

    /** From now on nothing comes through, either way; new connections are accepted and lead nowhere. */
    void swallow(boolean everything) {
        blackhole = everything;
    }

    /** Lets nobody in any more; those who are stay. */
    void refuse() throws IOException, InterruptedException {
        listener.close();
        acceptor.join(); // who waits in accept() closes the socket, and might let one in before
    }

    /** Resets every connection. */
    void cut() throws IOException {
        for (Socket socket : sockets) {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                // its pump has seen the end of the other and closed it
            }
            socket.close();
        }
        sockets.clear();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                Socket server = new Socket();
                server.connect(target);
                sockets.addAll(List.of(client, server));
                Thread.ofVirtual().start(() -> pump(client, server));
                Thread.ofVirtual().start(() -> pump(server, client));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!blackhole) {
                    out.write(buffer, 0, n);
                }
            }
        } catch (IOException closed) {
            // the other end learns of it by the closing
        }
    }

    static SocketAddress on(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
