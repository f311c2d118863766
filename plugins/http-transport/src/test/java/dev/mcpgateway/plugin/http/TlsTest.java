// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.testing.Authority;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    @TempDir
    private Path folder;

    private final Authority authority = new Authority("ours");
    private final Authority.Issued first = authority.forLocalhost();
    private Path certificate = Path.of("");
    private Path key = Path.of("");

    @BeforeEach
    void write() throws IOException {
        certificate = first.certificateIn(folder.resolve("gateway.pem"));
        key = first.keyIn(folder.resolve("gateway-key.pem"));
    }

    private Door open() throws Exception {
        return new Door(Map.of("tls", Map.of("certificate", certificate.toString(), "key", key.toString())));
    }

    private Peer connect(Door door, Optional<Authority.Issued> client) throws Exception {
        return new Peer(socket(door, client), door.port);
    }

    private SSLSocket socket(Door door, Optional<Authority.Issued> client) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificateOf(authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(client.isPresent() ? keys(client.get()) : new KeyManager[0], trust.getTrustManagers(), null);
        Socket plain = new Socket("127.0.0.1", door.port);
        plain.setSoTimeout((int) Door.LONG.toMillis());
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", door.port, true);
        socket.startHandshake();
        return socket;
    }

    private static KeyManager[] keys(Authority.Issued client) throws GeneralSecurityException, IOException {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("me", client.keys().getPrivate(), new char[0], new Certificate[] {client.certificate()});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        return keys.getKeyManagers();
    }

    private Certificate certificateOf(Authority from) throws IOException, GeneralSecurityException {
        Path file = from.certificateIn(folder.resolve("trusted.pem"));
        return java.security.cert.CertificateFactory.getInstance("X.509")
                .generateCertificate(Files.newInputStream(file));
    }

    private X509Certificate shown(Door door) throws Exception {
        try (SSLSocket socket = socket(door, Optional.empty())) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @Test
    void messages_are_answered_over_tls_and_not_in_plain_text() throws Exception {
        try (Door door = open();
                Peer peer = connect(door, Optional.empty());
                Peer plain = new Peer(door)) {
            assertThat(peer.ask(peer.post("", "{\"a\":1}")).body()).isEqualTo("{\"a\":1}");
            assertThat(peer.ask(peer.post("", "{\"a\":2}")).body()).isEqualTo("{\"a\":2}");
            plain.send(plain.post("", "{}"));
            assertThat(plain.isClosed()).isTrue();
            assertThat(door.gateway.taken).hasSize(2);
        }
    }

    @Test
    void a_client_that_goes_is_noticed_over_tls() throws Exception {
        try (Door door = open();
                Peer peer = connect(door, Optional.empty())) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{}"));
            FakeGateway.Taken taken = door.taken();
            Door.until(taken.body::isDone);
            peer.close();
            taken.gone.get(Door.LONG.toSeconds(), TimeUnit.SECONDS);
            Door.until(() -> taken.ended.get() == 1);
        }
    }

    @Test
    void an_early_request_is_kept_over_tls() throws Exception {
        try (Door door = open();
                Peer peer = connect(door, Optional.empty())) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{\"a\":1}"));
            FakeGateway.Taken first = door.taken();
            Door.until(first.body::isDone);
            door.gateway.whenBodyCame = FakeGateway.Taken::echo;
            peer.send(peer.post("", "{\"a\":2}"));
            first.echo();
            assertThat(peer.answer().body()).isEqualTo("{\"a\":1}");
            assertThat(peer.answer().body()).isEqualTo("{\"a\":2}");
        }
    }

    @Test
    void changed_files_are_taken_up_and_broken_ones_are_not() throws Exception {
        try (Door door = open();
                Peer old = connect(door, Optional.empty())) {
            assertThat(shown(door)).isEqualTo(first.certificate());
            Authority.Issued second = authority.forLocalhost();
            second.keyIn(key);
            second.certificateIn(certificate);
            Door.until(() -> {
                try {
                    return shown(door).equals(second.certificate());
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(old.ask(old.post("", "{}")).status()).isEqualTo(200);
            Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
            long changed = System.nanoTime();
            Door.until(() -> System.nanoTime() - changed > 5_000_000_000L);
            assertThat(shown(door)).isEqualTo(second.certificate());
        }
    }

    @Test
    void a_client_without_the_certificate_that_is_asked_for_is_not_served() throws Exception {
        Path ca = authority.certificateIn(folder.resolve("ca.pem"));
        Map<String, String> tls =
                Map.of("certificate", certificate.toString(), "key", key.toString(), "clientCa", ca.toString());
        try (Door door = new Door(Map.of("tls", tls))) {
            try (Peer peer = connect(door, Optional.of(authority.issue("client", "EC")))) {
                assertThat(peer.ask(peer.post("", "{}")).status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> {
                        try (Peer peer = connect(door, Optional.empty())) {
                            peer.ask(peer.post("", "{}"));
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> {
                        try (Peer peer = connect(door, Optional.of(new Authority("theirs").issue("client", "EC")))) {
                            peer.ask(peer.post("", "{}"));
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(door.gateway.taken).hasSize(1);
        }
    }

    @Test
    void a_key_that_does_not_belong_to_the_certificate_is_a_reason_not_to_start() throws Exception {
        authority.forLocalhost().keyIn(key);
        assertThatThrownBy(this::open).hasMessageContaining("does not belong to the certificate");
        first.oldKeyIn(key);
        assertThatThrownBy(this::open).hasMessageContaining("openssl pkcs8");
        Files.writeString(certificate, "");
        assertThatThrownBy(this::open).hasMessageContaining("holds no certificate");
    }
}
