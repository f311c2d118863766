// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.testing.Authority;
import dev.mcpgateway.testing.Authority.Issued;
import dev.mcpgateway.testing.FakeCall;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TlsTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final TestService service = new TestService();
    private final Authority authority = new Authority("gateway-test-ca");
    private final Issued client = authority.issue("gateway", "EC");

    @TempDir
    Path folder;

    private Path ca = Path.of("");
    private Path certificate = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void writeFiles() throws IOException {
        ca = authority.certificateIn(folder.resolve("ca.pem"));
        certificate = client.certificateIn(folder.resolve("gw.pem"));
        key = client.keyIn(folder.resolve("gw-key.pem"));
    }

    @Test
    void a_provider_is_called_over_TLS_when_its_authority_is_trusted() throws Exception {
        Peers peers = new Peers();
        try (TestServer server = start(authority.forLocalhost().server(), peers);
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls(ca))) {
            assertThat(opened.call("echo.v1", "{\"a\":1}").json().map(Opened::text))
                    .contains("{\"a\":1}");
            await().until(() -> opened.context.lastReport().equals("up"));
            assertThat(peers.protocols).containsExactly("TLSv1.3");
            assertThat(peers.serials).containsExactly(0L);
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @CsvSource({"EC,new", "EC,old", "RSA,new", "RSA,old", "Ed25519,new"})
    void a_provider_that_insists_on_it_sees_the_client_certificate(String algorithm, String form) throws Exception {
        Issued own = authority.issue("gateway", algorithm);
        own.certificateIn(certificate);
        key = form.equals("new") ? own.keyIn(key) : own.oldKeyIn(key);
        Peers peers = new Peers();
        try (TestServer server = start(authority.forLocalhost().serverFor(authority), peers);
                Opened opened = new Opened(mutual(server))) {
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            assertThat(peers.serials)
                    .containsExactly(own.certificate().getSerialNumber().longValue());
        }
    }

    @Test
    @Tag("slow")
    void over_a_Unix_socket_the_name_is_localhost() throws Exception {
        Path socket = folder.resolve("0.sock");
        SslContext context = authority.forLocalhost().serverFor(authority);
        try (TestServer server = TestServer.startWith(
                        UnixDomainSocketAddress.of(socket), builder -> builder.sslContext(context), service);
                Opened opened = new Opened(mutual(server))) {
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
        SslContext other = authority.issue("elsewhere", "EC").serverFor(authority);
        try (TestServer server = TestServer.startWith(
                        UnixDomainSocketAddress.of(socket), builder -> builder.sslContext(other), service);
                Opened opened = new Opened(mutual(server))) {
            refused(server, opened, "its certificate is for elsewhere and not for 'localhost'");
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void an_address_in_numbers_must_be_in_the_certificate(String ip) throws Exception {
        SslContext context = authority.issue(ip, "EC").server();
        try (TestServer server = TestServer.startWith(
                        new InetSocketAddress(InetAddress.getByName(ip), 0),
                        builder -> builder.sslContext(context),
                        service);
                Opened opened = new Opened(
                        FakeConfig.at(server.address().replace("localhost", ip.contains(":") ? "[" + ip + "]" : ip))
                                .withTls(ca))) {
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
        SslContext named = authority.forLocalhost().server();
        try (TestServer server = start(named, new Peers());
                Opened opened = new Opened(FakeConfig.at(server.address().replace("localhost", "127.0.0.1"))
                        .withTls(ca))) {
            refused(server, opened, "its certificate is for localhost and not for '127.0.0.1'");
        }
    }

    @Test
    void a_provider_with_an_expired_certificate_is_not_called() throws Exception {
        Instant until = Instant.parse("2024-02-29T12:00:00Z");
        Issued expired = authority.issue("localhost", "EC", until.minusSeconds(60), until);
        refused(expired.server(), "its certificate expired at 2024-02-29T12:00:00Z");
    }

    @Test
    void a_provider_whose_certificate_is_of_the_future_is_not_called() throws Exception {
        Instant from = Instant.now().plus(Duration.ofDays(30));
        Issued early = authority.issue("localhost", "EC", from, from.plusSeconds(60));
        refused(early.server(), "its certificate is not valid before [-0-9T:]+Z");
    }

    @Test
    void a_provider_that_vouches_for_itself_is_not_called() throws Exception {
        refused(
                Authority.selfSigned("localhost").server(),
                "its certificate is self-signed and not among those in the ca file 'ca.pem'");
    }

    @Test
    void a_provider_of_an_unknown_authority_is_not_called() throws Exception {
        refused(
                new Authority("other-ca").forLocalhost().server(),
                "its certificate was issued by 'CN=other-ca', which is not among those in the ca file 'ca.pem',"
                        + " or is not fit for a server");
    }

    @Test
    void without_a_ca_the_authorities_of_the_JVM_are_trusted_and_ours_is_none_of_them() throws Exception {
        try (TestServer server = start(authority.forLocalhost().server(), new Peers());
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls())) {
            refused(
                    server,
                    opened,
                    "its certificate was issued by 'CN=gateway-test-ca', which is not among the authorities that the"
                            + " JVM trusts, or is not fit for a server");
        }
    }

    @Test
    void a_provider_with_the_name_of_another_is_not_called() throws Exception {
        refused(
                authority.issue("bank.example", "EC").server(),
                "its certificate is for bank.example and not for 'localhost'");
    }

    @Test
    @Tag("slow")
    void a_provider_that_misses_a_client_certificate_is_said_to() throws Exception {
        try (TestServer server = start(authority.forLocalhost().serverFor(authority), new Peers());
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls(ca))) {
            for (int i = 0; i < 20; i++) {
                refused(
                        server,
                        opened,
                        "the provider refused the client certificate, or wants one and none was sent \\(bad_certificate\\)"
                                + "|the provider wants a client certificate, and none was sent: set certificate: and key:");
            }
        }
    }

    @Test
    @Tag("slow")
    void a_provider_that_refuses_the_client_certificate_is_said_to() throws Exception {
        try (TestServer server = start(authority.forLocalhost().serverFor(new Authority("other-ca")), new Peers());
                Opened opened = new Opened(mutual(server))) {
            for (int i = 0; i < 20; i++) {
                refused(
                        server,
                        opened,
                        "the provider refused the client certificate \\(certificate_unknown\\)"
                                + "|the provider does not trust the authority of the client certificate");
            }
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @CsvSource(delimiter = '|', textBlock = """
                    gone          | ca file 'ca.pem' does not exist
                    folder        | ca file 'ca.pem' is not a file
                    empty         | ca file 'ca.pem' holds no certificate: .*
                    half          | ca file 'ca.pem' is damaged or still being written: a BEGIN has no END
                    garbage       | ca file 'ca.pem' is damaged: .*
                    key gone      | key file 'gw-key.pem' does not exist
                    key empty     | key file 'gw-key.pem' holds no private key: .*
                    key of other  | key file 'gw-key.pem' does not match the certificate file 'gw.pem'
                    key of kind   | key file 'gw-key.pem' does not match the certificate: it holds no usable EC key
                    key encrypted | key file 'gw-key.pem' is encrypted, and the gateway has no passphrase: .*
                    expired       | certificate file 'gw.pem' expired at 2024-02-29T12:00:00Z
                    """)
    void while_a_file_cannot_be_used_nothing_is_dialled_and_the_file_is_named(String fault, String text)
            throws Exception {
        spoil(fault);
        try (TestServer server = start(authority.forLocalhost().serverFor(authority), new Peers());
                Opened opened = new Opened(mutual(server))) {
            refused(server, opened, text);
            assertThat(server.connectionsSoFar()).isZero();
        }
    }

    private void spoil(String fault) throws IOException {
        Instant until = Instant.parse("2024-02-29T12:00:00Z");
        switch (fault) {
            case "gone" -> Files.delete(ca);
            case "folder" -> {
                Files.delete(ca);
                Files.createDirectory(ca);
            }
            case "empty" -> Files.writeString(ca, "");
            case "half" -> Files.writeString(ca, Files.readString(ca).substring(0, 200));
            case "garbage" -> Files.writeString(ca, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            case "key gone" -> Files.delete(key);
            case "key empty" -> Files.writeString(key, "");
            case "key of other" -> authority.issue("gateway", "EC").keyIn(key);
            case "key of kind" -> authority.issue("gateway", "RSA").keyIn(key);
            case "key encrypted" ->
                Files.writeString(
                        key, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
            default -> {
                Issued expired = authority.issue("gateway", "EC", until.minusSeconds(60), until);
                expired.certificateIn(certificate);
                expired.keyIn(key);
            }
        }
    }

    @Test
    @Tag("slow")
    void a_file_that_appears_later_is_enough_to_connect() throws Exception {
        Files.delete(ca);
        try (TestServer server = start(authority.forLocalhost().serverFor(authority), new Peers());
                Opened opened = new Opened(mutual(server))) {
            await().until(() -> opened.context.lastReport().matches("down: TLS: ca file 'ca.pem' does not exist"));
            authority.certificateIn(ca);
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
    }

    @Test
    void a_provider_that_speaks_plain_text_is_not_spoken_to_in_plain_text() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls(ca))) {
            refused(server, opened, "what listens there does not speak TLS");
        }
    }

    @Test
    @Tag("slow")
    void a_provider_that_never_answers_the_handshake_costs_a_call_its_time_and_then_the_connection() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Opened opened = new Opened(
                        FakeConfig.at("localhost:" + silent.getLocalPort()).withTls(ca))) {
            List<Socket> accepted = new CopyOnWriteArrayList<>();
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        accepted.add(silent.accept());
                        connections.incrementAndGet();
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
            FakeCall call = FakeCall.within(Duration.ofMillis(300));
            CompletionStage<?> stage = opened.provider.capabilities(call);
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> call.remaining().isZero());
            call.cancel();
            assertThat(stage.toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
            await().atMost(SOON).until(() -> opened.context.lastReport().startsWith("down: "));
            assertThat(opened.context.lastReport()).isEqualTo("down: it does not answer");
            assertThat(connections).hasValue(1);
            CompletionStage<?> next = opened.provider.capabilities(FakeCall.inNoHurry());
            await().until(() -> connections.get() == 2);
            opened.provider.close();
            assertThat(next.toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    @Tag("slow")
    void a_certificate_that_is_replaced_under_load_costs_no_call() throws Exception {
        Peers peers = new Peers();
        try (TestServer server = start(authority.forLocalhost().serverFor(authority), peers);
                Opened opened = new Opened(mutual(server));
                Load load = new Load(opened, 4)) {
            await().until(() -> load.answered.get() > 100);
            for (int round = 0; round < 2; round++) {
                Issued next = authority.issue("gateway", round == 0 ? "RSA" : "EC");
                next.certificateIn(certificate);
                next.keyIn(key);
                long serial = next.certificate().getSerialNumber().longValue();
                await().atMost(SOON).until(() -> peers.serials.contains(serial));
                int sofar = load.answered.get();
                await().until(() -> load.answered.get() > sofar + 100);
            }
            load.stop();
            assertThat(load.failed).isEmpty();
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
            await().atMost(SOON).until(() -> server.openConnections() <= 4);
        }
    }

    @Test
    @Tag("slow")
    void a_half_written_file_leaves_the_old_one_in_force_and_is_complained_about_once() throws Exception {
        try (Warnings warnings = new Warnings();
                TestServer server = start(authority.forLocalhost().serverFor(authority), new Peers());
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(FakeConfig.at(proxy.address().replace("127.0.0.1", "localhost"))
                        .withTls(ca, certificate, key))) {
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            Files.writeString(key, Files.readString(key).substring(0, 60));
            await().atMost(SOON).until(() -> !warnings.texts.isEmpty());
            proxy.cut();
            await().atMost(SOON)
                    .ignoreExceptions()
                    .until(() -> opened.call("echo.v1", "{}").json().isPresent());
            await().during(Duration.ofSeconds(3)).atMost(SOON).until(() -> warnings.texts.size() == 1);
            assertThat(warnings.texts.getFirst())
                    .matches(
                            "TLS: key file 'gw-key.pem' is damaged or still being written: a BEGIN has no END;"
                                    + " the files that were read before stay in force \\(.*/ca.pem, .*/gw.pem, .*/gw-key.pem\\)");
        }
    }

    @Test
    @Tag("slow")
    void a_key_that_everyone_may_read_is_used_and_warned_of_once() throws Exception {
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        try (Warnings warnings = new Warnings();
                TestServer server = start(authority.forLocalhost().serverFor(authority), new Peers())) {
            for (int i = 0; i < 2; i++) {
                try (Opened opened = new Opened(mutual(server))) {
                    assertThat(opened.call("echo.v1", "{}").json()).isPresent();
                }
            }
            assertThat(warnings.texts)
                    .containsExactly(
                            "everyone may read the private key " + key + ": chmod o-r it unless that is meant");
        }
    }

    @Test
    @Tag("slow")
    void an_authority_that_is_trusted_no_longer_takes_its_providers_down() throws Exception {
        try (TestServer server = start(authority.forLocalhost().server(), new Peers());
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls(ca))) {
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            new Authority("other-ca").certificateIn(ca);
            await().atMost(SOON)
                    .until(() -> opened.context
                            .lastReport()
                            .startsWith("down: TLS: its certificate was issued by 'CN=gateway-test-ca'"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(server.openConnections())
                            .as("of %s", server.connectionsSoFar())
                            .isZero());
            authority.certificateIn(ca);
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
    }

    private TestServer start(SslContext context, Peers peers) throws IOException {
        return TestServer.startWith(builder -> builder.sslContext(context).addTransportFilter(peers), service);
    }

    private FakeConfig mutual(TestServer server) {
        return FakeConfig.at(server.address()).withTls(ca, certificate, key);
    }

    private void refused(SslContext context, String why) throws Exception {
        try (TestServer server = start(context, new Peers());
                Opened opened = new Opened(FakeConfig.at(server.address()).withTls(ca))) {
            refused(server, opened, why);
        }
    }

    /** Discovery, calls and the status all say so, and no call has gone out. */
    private static void refused(TestServer server, Opened opened, String why) {
        assertThat(opened.provider.capabilities(FakeCall.inNoHurry()).toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableThat()
                .havingCause()
                .withMessageMatching("is unavailable: TLS: (?:" + why + ")");
        await().atMost(SOON).until(() -> opened.context.lastReport().matches("down: TLS: (?:" + why + ")"));
        assertThat(opened.start("echo.v1", "{}").toCompletableFuture())
                .failsWithin(SOON)
                .withThrowableThat()
                .havingCause()
                .withMessageMatching("is unavailable: TLS: (?:" + why + ")");
        assertThat(server.calls()).isEmpty();
    }

    /** Who connected, and how; 0 for one without a certificate. */
    private static final class Peers extends ServerTransportFilter {

        final List<String> protocols = new CopyOnWriteArrayList<>();
        final List<Long> serials = new CopyOnWriteArrayList<>();

        @Override
        public Attributes transportReady(Attributes attributes) {
            @Nullable SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            if (session != null) {
                protocols.add(session.getProtocol());
                serials.add(serial(session));
            }
            return attributes;
        }

        private static long serial(SSLSession session) {
            try {
                return ((X509Certificate) session.getPeerCertificates()[0])
                        .getSerialNumber()
                        .longValue();
            } catch (SSLPeerUnverifiedException e) {
                return 0;
            }
        }
    }

    /** Calls one after the other on each of some threads, until it is closed. */
    private static final class Load implements AutoCloseable {

        final AtomicInteger answered = new AtomicInteger();
        final List<Throwable> failed = new CopyOnWriteArrayList<>();
        private final List<Thread> threads = new CopyOnWriteArrayList<>();
        private volatile boolean stopped;

        Load(Opened opened, int atOnce) throws Exception {
            opened.capabilities();
            for (int i = 0; i < atOnce; i++) {
                threads.add(Thread.ofVirtual().start(() -> run(opened)));
            }
        }

        private void run(Opened opened) {
            while (!stopped) {
                try {
                    CompletionStage<ToolResult> call =
                            opened.start("echo.v1", "{}", FakeCall.within(Duration.ofMillis(2_500)));
                    Opened.get(call);
                    answered.incrementAndGet();
                } catch (Exception e) {
                    failed.add(e);
                }
            }
        }

        void stop() throws InterruptedException {
            stopped = true;
            for (Thread each : threads) {
                each.join();
            }
        }

        @Override
        public void close() throws InterruptedException {
            stop();
        }
    }

    /** What the provider's logger says at warning level. */
    private static final class Warnings extends Handler implements AutoCloseable {

        private static final Logger LOGGER = Logger.getLogger("provider.test");

        final List<String> texts = new CopyOnWriteArrayList<>();

        Warnings() {
            LOGGER.addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel() == Level.WARNING) {
                texts.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            LOGGER.removeHandler(this);
        }
    }
}
