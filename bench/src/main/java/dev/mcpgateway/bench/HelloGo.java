// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** The demo provider in Go on a free TCP port of the loopback, the same for all subjects. */
final class HelloGo {

    private static final Duration START = Duration.ofSeconds(10);

    private final Process process;
    private final InetSocketAddress address;

    private HelloGo(Process process, InetSocketAddress address) {
        this.process = process;
        this.address = address;
    }

    static HelloGo start(Checkout checkout, Scratch scratch) throws IOException, InterruptedException {
        InetSocketAddress address = freeAddress();
        ProcessBuilder builder = new ProcessBuilder(
                checkout.helloGo().toString(), "--listen", address.getHostString() + ":" + address.getPort());
        builder.environment().put("MCP_GATEWAY_SUPERVISED", "1"); // so that it ends with the bench, however that ends
        HelloGo started = new HelloGo(scratch.start("hello-go", builder), address);
        started.awaitListening();
        return started;
    }

    String host() {
        return address.getHostString();
    }

    int port() {
        return address.getPort();
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return new InetSocketAddress("127.0.0.1", probe.getLocalPort());
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1_000);
                return;
            } catch (IOException refused) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("hello-go does not listen on " + address, refused);
                }
                Thread.sleep(10);
            }
        }
    }
}
