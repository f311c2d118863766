// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testing;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that exists for one test; its certificates are of the day the test runs. */
public final class Authority {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Principal name;
    private final KeyPair keys = keys("EC");
    private final X509Certificate certificate;

    public Authority(String name) {
        this.name = new X500Principal("CN=" + name);
        Instant now = Instant.now();
        certificate = sign(
                this.name, this.name, keys, keys, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)), true);
    }

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, KeyPair keys) {

        public Path certificateIn(Path file) throws IOException {
            return pem(file, "CERTIFICATE", encoded(certificate));
        }

        /** As PKCS #8. */
        public Path keyIn(Path file) throws IOException {
            return pem(file, "PRIVATE KEY", keys.getPrivate().getEncoded());
        }

        /** In the older form of its kind: PKCS #1 or SEC 1. */
        public Path oldKeyIn(Path file) throws IOException {
            PrivateKeyInfo key = PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded());
            return pem(
                    file,
                    keys.getPrivate().getAlgorithm() + " PRIVATE KEY",
                    key.parsePrivateKey().toASN1Primitive().getEncoded());
        }

        /** What a server shows; it asks nobody for a certificate. */
        public SslContext server() throws IOException {
            return builder().build();
        }

        /** What a server shows that insists on a certificate of that authority. */
        public SslContext serverFor(Authority clients) throws IOException {
            return builder()
                    .clientAuth(ClientAuth.REQUIRE)
                    .trustManager(clients.certificate)
                    .build();
        }

        private SslContextBuilder builder() {
            return GrpcSslContexts.configure(
                    SslContextBuilder.forServer(keys.getPrivate(), certificate), SslProvider.JDK);
        }
    }

    /** The authority's own certificate. */
    public Path certificateIn(Path file) throws IOException {
        return pem(file, "CERTIFICATE", encoded(certificate));
    }

    /** For {@code localhost}, for a day. */
    public Issued forLocalhost() {
        return issue("localhost", "EC");
    }

    public Issued issue(String host, String algorithm) {
        Instant now = Instant.now();
        return issue(host, algorithm, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
    }

    /** @param host a name or an IP address */
    public Issued issue(String host, String algorithm, Instant from, Instant until) {
        KeyPair own = keys(algorithm);
        return new Issued(sign(new X500Principal("CN=" + host), name, own, keys, from, until, false), own);
    }

    /** One that nobody else vouches for. */
    public static Issued selfSigned(String host) {
        KeyPair own = keys("EC");
        X500Principal self = new X500Principal("CN=" + host);
        Instant now = Instant.now();
        return new Issued(
                sign(self, self, own, own, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)), false), own);
    }

    private static X509Certificate sign(
            X500Principal subject,
            X500Principal issuer,
            KeyPair keys,
            KeyPair by,
            Instant from,
            Instant until,
            boolean isAuthority) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(from),
                    Date.from(until),
                    subject,
                    keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                String host = subject.getName().substring("CN=".length());
                boolean isIp = Character.isDigit(host.charAt(0)) || host.contains(":");
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(isIp ? GeneralName.iPAddress : GeneralName.dNSName, host)));
            }
            String algorithm = by.getPrivate().getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(by.getPrivate())));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!algorithm.equals("Ed25519")) {
                generator.initialize(algorithm.equals("EC") ? 256 : 2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nobody ever sees half of it, and nobody but the owner may read it. */
    private static Path pem(Path file, String label, byte[] der) throws IOException {
        Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), "next", ".pem");
        Files.write(
                beside,
                List.of(
                        "-----BEGIN " + label + "-----",
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                        "-----END " + label + "-----"),
                StandardCharsets.US_ASCII);
        return Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
