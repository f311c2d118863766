// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.testing.FakeCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What answers at an address need not be a provider. */
@Timeout(30)
class HostileServerTest {

    /** What it does with each connection. */
    private interface Behaviour {
        void serve(Socket client) throws IOException;
    }

    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    @Test
    void a_web_server_is_no_provider() throws Exception {
        fails(
                client -> client.getOutputStream()
                        .write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII)),
                "is unavailable: what listens there does not speak gRPC");
    }

    @Test
    void random_bytes_are_no_gRPC() throws Exception {
        fails(
                client -> {
                    byte[] garbage = new byte[4_096];
                    new Random(20261122).nextBytes(garbage);
                    client.getOutputStream().write(garbage);
                },
                "is unavailable: what listens there does not speak gRPC");
    }

    @Test
    void one_that_speaks_TLS_unexpectedly_is_named_as_that() throws Exception {
        byte[] alert = {0x15, 3, 3, 0, 2, 2, 80};
        fails(
                client -> client.getOutputStream().write(alert),
                "is unavailable: what listens there speaks TLS, and tls: is not configured");
    }

    @Test
    void one_that_hangs_up_at_once_is_unavailable() throws Exception {
        fails(Socket::close, "is unavailable: connection (closed|reset)");
    }

    @Test
    void garbage_after_a_good_beginning_breaks_the_protocol() throws Exception {
        fails(
                client -> {
                    client.getOutputStream().write(EMPTY_SETTINGS);
                    byte[] dataOnAStreamThatNobodyOpened = {0, 0, 1, 0, 0, 0, 0, 0, 99, 7};
                    client.getOutputStream().write(dataOnAStreamThatNobodyOpened);
                },
                "is unavailable: .*");
    }

    @Test
    void half_a_frame_and_the_end_fails_the_call() throws Exception {
        fails(
                client -> {
                    client.getOutputStream().write(EMPTY_SETTINGS);
                    client.getOutputStream().write(new byte[] {0, 0, 100, 1, 4});
                    client.close();
                },
                "is unavailable: .*");
    }

    @Test
    @Tag("slow")
    void one_that_accepts_and_says_nothing_costs_a_call_its_time_and_then_the_connection() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (Listener listener = new Listener(client -> connections.incrementAndGet());
                Opened opened = new Opened(listener.address())) {
            FakeCall call = FakeCall.within(Duration.ofMillis(300));
            CompletionStage<?> stage = opened.provider.capabilities(call);
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> call.remaining().isZero());
            call.cancel();
            assertThat(stage.toCompletableFuture()).failsWithin(Duration.ofSeconds(1));
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> opened.context.lastReport().equals("down: it does not answer"));
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    @Tag("slow")
    void one_that_ends_every_connection_is_not_dialled_in_a_loop() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (Listener listener = new Listener(client -> {
                    connections.incrementAndGet();
                    client.getOutputStream().write(EMPTY_SETTINGS);
                    client.close();
                });
                Opened opened = new Opened(listener.address())) {
            await().until(() -> opened.context.lastReport().startsWith("down: "));
            await().during(Duration.ofMillis(1_500))
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(connections).hasValueLessThanOrEqualTo(3));
        }
    }

    /** A call fails with such a text, within a second, and so does the next: the connection is made anew. */
    private static void fails(Behaviour behaviour, String text) throws Exception {
        try (Listener listener = new Listener(behaviour);
                Opened opened = new Opened(listener.address())) {
            for (int i = 0; i < 3; i++) {
                assertThat(opened.provider.capabilities(FakeCall.inNoHurry()).toCompletableFuture())
                        .failsWithin(Duration.ofSeconds(1))
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOf(ProviderException.class)
                        .withMessageMatching(text);
            }
            await().until(() -> opened.context.lastReport().startsWith("down: "));
        }
    }

    /** Listens, and reads what clients send in order not to reset them. */
    private static final class Listener implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final Behaviour behaviour;

        Listener(Behaviour behaviour) throws IOException {
            this.behaviour = behaviour;
            Thread.ofVirtual().start(this::accept);
        }

        String address() {
            return "127.0.0.1:" + socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = socket.accept();
                    Thread.ofVirtual().start(() -> serve(client));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void serve(Socket client) {
            try (client) {
                behaviour.serve(client);
                client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException closed) {
                // the client saw enough
            }
        }
    }
}
