// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * The demo provider as a process that the test owns: it can be stopped, killed, and started again on the same address.
 * Not thread-safe.
 */
public final class HelloGo implements AutoCloseable {

    /** The line of a provider's entry that lets the gateway start hello-go itself. */
    public static final String SUPERVISED = "command: [" + Checkout.helloGo() + "]";

    private final String address;
    private final SocketAddress socket;
    private Process process;
    private Log log;

    private HelloGo(String address, SocketAddress socket) {
        this.address = address;
        this.socket = socket;
        process = launch(address);
        log = Log.of(process.getErrorStream(), "hello-go");
        awaitListening();
    }

    /** Listening on a free port of the loopback interface. */
    public static HelloGo onTcp() {
        int port = freePort();
        return new HelloGo("127.0.0.1:" + port, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** Listening on that socket; its path must be shorter than 108 bytes. */
    public static HelloGo onUnix(Path path) {
        return new HelloGo("unix:" + path, UnixDomainSocketAddress.of(path));
    }

    /** A port that was free a moment ago. */
    public static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code --listen} takes it. */
    public String address() {
        return address;
    }

    /** The line of a provider's entry that names this one. */
    public String entry() {
        return "address: \"" + address + "\"";
    }

    public long pid() {
        return process.pid();
    }

    /** Of the process that runs now. */
    public Log log() {
        return log;
    }

    /** It keeps its connections and does nothing more. */
    /** Returns when it has stopped: it may answer a little longer than it takes to send the signal. */
    public void freeze() {
        Signal.STOP.send(process.pid());
        Awaitility.await("it to stop")
                .until(() -> Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
                        .replaceFirst(".*\\) ", "")
                        .startsWith("T"));
    }

    public void thaw() {
        Signal.CONT.send(process.pid());
    }

    /** Ends it with SIGKILL and waits until it is gone. */
    public void kill() {
        Signal.KILL.send(process.pid());
        process.onExit().join();
    }

    /** Starts it again on the same address, and returns once it listens. */
    public void restart() {
        if (process.isAlive()) {
            kill();
        }
        process = launch(address);
        log = Log.of(process.getErrorStream(), "hello-go");
        awaitListening();
    }

    private static Process launch(String address) {
        try {
            return new ProcessBuilder(Checkout.helloGo().toString(), "--listen", address)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitListening() {
        Awaitility.await("hello-go listens on " + address)
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    try (SocketChannel channel = SocketChannel.open(socket)) {
                        return channel.isConnected();
                    } catch (IOException notYet) {
                        return false;
                    }
                });
    }

    @Override
    public void close() {
        kill();
    }
}
