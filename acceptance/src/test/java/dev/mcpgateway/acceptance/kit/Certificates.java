// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that exists for one test: what it issues is good for a day from now. */
public final class Certificates {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X500Principal name;
    private final KeyPair keys = keys();
    private final X509Certificate own;

    public Certificates(String name) {
        this.name = new X500Principal("CN=" + name);
        own = sign(this.name, keys, true);
    }

    /** Whom to trust, as a file that nobody ever sees half of. */
    public void writeAuthority(Path file) {
        write(file, "CERTIFICATE", der(own));
    }

    /** A new certificate for the gateway, and its key. */
    public void writeClient(Path certificate, Path key) {
        KeyPair pair = keys();
        write(certificate, "CERTIFICATE", der(sign(new X500Principal("CN=gateway"), pair, false)));
        write(key, "PRIVATE KEY", pair.getPrivate().getEncoded());
    }

    /** A server named {@code localhost} that insists on a client certificate from here. */
    public SslContext server() {
        KeyPair pair = keys();
        try {
            return GrpcSslContexts.configure(
                            SslContextBuilder.forServer(
                                    pair.getPrivate(), sign(new X500Principal("CN=localhost"), pair, false)),
                            SslProvider.JDK)
                    .clientAuth(ClientAuth.REQUIRE)
                    .trustManager(own)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private X509Certificate sign(X500Principal subject, KeyPair pair, boolean isAuthority) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(SERIAL.getAndIncrement()),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(Duration.ofDays(1))),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(
                            GeneralName.dNSName, subject.getName().substring("CN=".length()))));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] der(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String label, byte[] der) {
        try {
            Path beside = Files.createTempFile(file.getParent(), "next", ".pem");
            Files.write(
                    beside,
                    List.of(
                            "-----BEGIN " + label + "-----",
                            Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der),
                            "-----END " + label + "-----"),
                    StandardCharsets.US_ASCII);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
