// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.RequestHandler;
import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One version of a transport, from its opening to its end, with the threads and the clients that it has. Thread-safe. */
final class Generation {

    private static final Duration OPENING = Duration.ofSeconds(10);
    private static final int THREADS = 256;

    /** How long a version that was replaced keeps its streams, and its connections. Within what a plugin has for its last calls. */
    private static final Duration STREAMS = Duration.ofSeconds(15);

    private static final Duration LONGEST_END = Duration.ofSeconds(28);
    private static final Duration LOOK = Duration.ofMillis(20);

    private final ClientTransport transport;
    private final ClientHandler clients;
    private final BoundedThreads threads;
    private final AtomicBoolean isRetired = new AtomicBoolean();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    private Generation(ClientTransport transport, ClientHandler clients, BoundedThreads threads) {
        this.transport = transport;
        this.clients = clients;
        this.threads = threads;
    }

    /** @throws ProviderException where it cannot be opened */
    static Generation open(String pluginId, TransportOffer offer, Serving serving) throws InterruptedException {
        BoundedThreads threads = new BoundedThreads("plugin-" + pluginId + "-client-", THREADS);
        CompletableFuture<Generation> opened = new CompletableFuture<>();
        Thread opener = Thread.ofPlatform().daemon().name("opening-" + pluginId).start(() -> {
            try {
                ClientHandler clients = serving.clients().get();
                Context context = new Context(clients, serving, threads);
                Generation made = new Generation(offer.opener().open(context), clients, threads);
                if (!opened.complete(made)) {
                    made.close(); // too late
                }
            } catch (Throwable thrown) {
                opened.completeExceptionally(thrown);
            }
        });
        try {
            return opened.orTimeout(OPENING.toNanos(), TimeUnit.NANOSECONDS).get();
        } catch (ExecutionException failed) {
            opener.interrupt();
            threads.close();
            throw new ProviderException(
                    Code.UNAVAILABLE,
                    "transport '" + offer.name() + "' cannot be opened: " + inWords(failed.getCause()));
        }
    }

    private static String inWords(@Nullable Throwable cause) {
        return cause instanceof TimeoutException
                ? "it took longer than " + OPENING.toSeconds() + " s"
                : cause == null ? "it does not say why" : String.valueOf(cause.getMessage());
    }

    void serve(SocketChannel connection) {
        transport.serve(connection);
    }

    int connections() {
        return isClosed.get() ? 0 : transport.connections();
    }

    boolean isClosed() {
        return isClosed.get();
    }

    /** Another version gets what comes: it finishes what it has, and is closed. Returns at once. */
    void retire() {
        if (isRetired.compareAndSet(false, true)) {
            PlatformOrVirtual.start("transport-end", this::finish);
        }
    }

    private void finish() {
        long begin = System.nanoTime();
        transport.drain();
        boolean hasStreams = true;
        try {
            while (!isClosed.get()
                    && transport.connections() > 0
                    && System.nanoTime() - begin < LONGEST_END.toNanos()) {
                if (hasStreams && System.nanoTime() - begin >= STREAMS.toNanos()) {
                    hasStreams = false;
                    clients.endStreams();
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        close();
    }

    /** The gateway ends: streams are ended in order, and what runs is answered. */
    void end() {
        transport.drain();
        clients.endStreams();
    }

    void closeSoon() {
        PlatformOrVirtual.start("transport-end", this::close);
    }

    void close() {
        if (isClosed.compareAndSet(false, true)) {
            try {
                transport.close();
            } finally {
                threads.close();
            }
        }
    }

    /** What a transport is given. */
    private record Context(RequestHandler handler, Serving serving, BoundedThreads threads)
            implements TransportContext {

        @Override
        public Executor executor() {
            return task -> {
                if (!threads.execute(task)) {
                    throw new RejectedExecutionException("the transport is closed, or too much waits");
                }
            };
        }

        @Override
        public int messageLimit() {
            return serving.messageLimit();
        }

        @Override
        public Health health() {
            return serving.health().get();
        }
    }
}
