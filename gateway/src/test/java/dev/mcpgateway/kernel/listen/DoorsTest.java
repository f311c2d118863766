// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.ListenSettings.UnusableAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners of the operating system, and transports of the test's that write their name to each connection. */
class DoorsTest {

    private static final String ANY_PORT = "127.0.0.1:0";

    private final Doors doors = new Doors(
            new Serving(NoClients::new, 1_000, () -> {
                throw new AssertionError("no transport here asks for it");
            }),
            Optional.empty());
    private ListenSettings settings = new ListenSettings(ANY_PORT, 100);
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        doors.close();
        for (Socket each : sockets) {
            each.close();
        }
    }

    @Test
    void connections_wait_for_the_first_version_and_then_go_to_the_newest() throws Exception {
        listen(ANY_PORT, 100);
        Socket early = connect();
        Named first = use("first");
        assertThat(read(early)).isEqualTo("first");
        assertThat(read(connect())).isEqualTo("first");

        Named second = use("second");
        assertThat(read(connect())).isEqualTo("second");
        await().until(() -> first.drained == 1);
        assertThat(second.drained).isZero();
        assertThat(doors.connections()).isEqualTo(3);
        first.closeConnections();
        await().until(() -> first.closed == 1);
        assertThat(doors.connections()).isOne();
    }

    @Test
    void sixty_four_wait_where_no_version_is_live_and_the_others_are_closed() throws Exception {
        listen(ANY_PORT, 100);
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waiting.add(connect());
        }
        await().until(() -> doors.connections() == 64);
        assertThat(isClosed(connect())).isTrue();

        use("late");
        for (Socket each : waiting) {
            assertThat(read(each)).isEqualTo("late");
        }
        doors.leave("acme");
        Socket next = connect();
        await().until(() -> doors.connections() == 65);
        use("next");
        assertThat(read(next)).isEqualTo("next");
    }

    @Test
    void those_that_are_too_many_are_closed_until_there_is_room() throws Exception {
        listen(ANY_PORT, 2);
        Named named = use("small");
        assertThat(read(connect())).isEqualTo("small");
        assertThat(read(connect())).isEqualTo("small");
        assertThat(isClosed(connect())).isTrue();

        named.closeConnections();
        assertThat(read(connect())).isEqualTo("small");
    }

    @Test
    void a_changed_address_is_bound_beside_the_old_one_and_where_it_cannot_be_the_old_one_stays() throws Exception {
        listen(ANY_PORT, 100);
        use("here");
        InetSocketAddress old = address();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listen("127.0.0.1:" + taken.getLocalPort(), 100); // a jar that may yet turn out to be unfit moves nothing
            assertThat(read(connect())).isEqualTo("here");
            use("stays");
            assertThat(read(connect())).isEqualTo("stays");
        }

        listen("[::1]:0", 100);
        use("moved");
        assertThatThrownBy(() -> connect(old)).isInstanceOf(IOException.class);
    }

    @Test
    void nobody_can_knock_after_the_end() throws Exception {
        listen(ANY_PORT, 100);
        Named last = use("last");
        Socket open = connect();
        assertThat(read(open)).isEqualTo("last");
        InetSocketAddress there = address();
        assertThat(doors.isOpen()).isTrue();

        doors.drain();
        assertThat(doors.isOpen()).isFalse();
        assertThat(last.drained).isOne();
        await().untilAsserted(() -> assertThatThrownBy(() -> connect(there)).isInstanceOf(IOException.class));
        doors.close();
        doors.close();
        assertThat(last.closed).isOne();
    }

    @Test
    void a_port_in_use_says_so_and_what_to_do() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listen("127.0.0.1:" + taken.getLocalPort(), 100);
            assertThatThrownBy(() -> doors.first().join())
                    .hasRootCauseInstanceOf(UnusableAddress.class)
                    .rootCause()
                    .hasMessage("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                            + ": another process listens there: end it, or choose another port");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8080",
                ":8080",
                "localhost",
                "127.0.0.1:",
                "127.0.0.1:x",
                "127.0.0.1:-1",
                "127.0.0.1:70000",
                "::1:8080",
                "http://127.0.0.1:8080"
            })
    void what_is_no_address_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> new ListenSettings(text, 1).resolved())
                .isInstanceOf(UnusableAddress.class)
                .hasMessageContaining("127.0.0.1:8080");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:8080", "[::]:8080", "192.0.2.1:8080", "[::ffff:192.0.2.1]:80"})
    void any_address_but_this_machines_own_is_refused(String text) {
        assertThatThrownBy(() -> new ListenSettings(text, 1).resolved())
                .isInstanceOf(UnusableAddress.class)
                .hasMessageContaining("only this machine");
    }

    @Test
    void a_transport_that_cannot_be_opened_says_why() {
        TransportOffer broken = TransportOffer.of("broken", context -> {
            throw new ProviderException(ProviderException.Code.INTERNAL, "no luck");
        });
        assertThatThrownBy(() -> doors.prepare("acme", List.of(broken), settings))
                .isInstanceOf(ProviderException.class)
                .hasMessage("transport 'broken' cannot be opened: no luck");
    }

    private void listen(String address, int connections) {
        settings = new ListenSettings(address, connections);
        doors.announce("acme", settings);
    }

    private Named use(String name) throws InterruptedException {
        Named made = new Named(name);
        doors.prepare("acme", List.of(TransportOffer.of(name, made::open)), settings)
                .orElseThrow()
                .use();
        return made;
    }

    private InetSocketAddress address() {
        return doors.first().join();
    }

    private Socket connect() throws IOException {
        return connect(address());
    }

    private Socket connect(InetSocketAddress to) throws IOException {
        Socket socket = new Socket(to.getAddress(), to.getPort());
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static String read(Socket socket) throws IOException {
        int length = socket.getInputStream().read();
        return new String(socket.getInputStream().readNBytes(length));
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** No transport here asks anything. */
    private static final class NoClients implements ClientHandler {

        @Override
        public CompletionStage<Optional<ClientRequest>> begin(RequestHead head, Reply reply) {
            throw new AssertionError();
        }

        @Override
        public void endStreams() {}
    }

    /** Writes its name to each connection, and holds it. */
    private static final class Named implements ClientTransport {

        private final String name;
        private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
        private volatile int drained;
        private volatile int closed;

        Named(String name) {
            this.name = name;
        }

        ClientTransport open(TransportContext context) {
            assertThat(context.messageLimit()).isEqualTo(1_000);
            return this;
        }

        @Override
        public void serve(SocketChannel connection) {
            connections.add(connection);
            try {
                ByteBuffer text = ByteBuffer.allocate(name.length() + 1);
                text.put((byte) name.length()).put(name.getBytes()).flip();
                connection.write(text);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        void closeConnections() throws IOException {
            for (SocketChannel each : connections) {
                each.close();
            }
            connections.clear();
        }

        @Override
        public int connections() {
            return connections.size();
        }

        @Override
        public synchronized void drain() {
            drained++;
        }

        @Override
        public synchronized void close() {
            closed++;
            try {
                closeConnections();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
