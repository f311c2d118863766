// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.TransportContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;

/** A transport that serves, with a listener that hands it connections as the gateway does. */
final class Door implements AutoCloseable {

    static final Duration LONG = Duration.ofSeconds(30);

    /** Nothing runs out, but what a test shortens. */
    static final Limits PATIENT =
            new Limits(LONG, LONG, LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(100), Duration.ofMillis(25));

    final FakeGateway gateway = new FakeGateway();
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    final ClientTransport transport;
    final int port;
    private final ServerSocketChannel listener = ServerSocketChannel.open();

    Door() throws Exception {
        this(Map.of(), PATIENT);
    }

    Door(Map<String, Object> settings) throws Exception {
        this(settings, PATIENT);
    }

    Door(Limits limits) throws Exception {
        this(Map.of(), limits);
    }

    Door(Map<String, Object> settings, Limits limits) throws Exception {
        this((plugin, gateway) -> HttpTransport.open(plugin, gateway, Settings.read(settings), limits));
    }

    /** Makes the transport that is to serve. */
    interface Maker {
        ClientTransport make(PluginContext plugin, TransportContext gateway) throws Exception;
    }

    Door(Maker maker) throws Exception {
        listener.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        transport = maker.make(new Plugin(), gateway);
        Thread.ofPlatform().daemon().name("listener").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                transport.serve(listener.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** The only request so far, or the last. */
    FakeGateway.Taken taken() {
        until(() -> !gateway.taken.isEmpty());
        return gateway.taken.getLast();
    }

    static void until(BooleanSupplier condition) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(condition::getAsBoolean);
    }

    void stopListening() throws IOException {
        listener.close();
    }

    @Override
    public void close() throws IOException {
        stopListening();
        transport.close();
        gateway.close();
    }

    private final class Plugin implements PluginContext {

        @Override
        public String pluginId() {
            return "http-transport";
        }

        @Override
        public Map<String, Object> settings() {
            return Map.of();
        }

        @Override
        public System.Logger logger() {
            return System.getLogger("plugin.http-transport");
        }

        @Override
        public ExecutorService executor() {
            throw new UnsupportedOperationException("another plugin may hold every carrier");
        }

        @Override
        public ScheduledExecutorService scheduler() {
            throw new UnsupportedOperationException("its thread is shared");
        }

        @Override
        public ThreadFactory threadFactory() {
            return task -> {
                Thread thread = Thread.ofPlatform()
                        .daemon()
                        .name("plugin-http-transport")
                        .unstarted(task);
                threads.add(thread);
                return thread;
            };
        }
    }
}
