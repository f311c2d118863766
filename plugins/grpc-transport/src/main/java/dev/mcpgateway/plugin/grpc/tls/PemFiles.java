// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import dev.mcpgateway.api.ProviderConfig;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2SecurityUtil;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.JdkSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The files of one provider's {@code tls:}, read at one moment. */
record PemFiles(
        @Nullable Pem ca,
        @Nullable Pem certificate,
        @Nullable Pem key) {

    private static final ApplicationProtocolConfig HTTP_2 = new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            "h2");

    static PemFiles read(ProviderConfig.Tls config) throws UnusableException {
        @Nullable Pem ca = config.ca().isPresent() ? Pem.read("ca", config.ca().get()) : null;
        @Nullable Pem certificate = config.certificate().isPresent()
                ? Pem.read("certificate", config.certificate().get())
                : null;
        @Nullable Pem key = config.key().isPresent() ? Pem.read("key", config.key().get()) : null;
        return new PemFiles(ca, certificate, key);
    }

    /** The same for the same contents. */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Pem each : all()) {
                digest.update(each.name().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(each.bytes());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JVM without SHA-256", e);
        }
    }

    private List<Pem> all() {
        return Stream.of(ca, certificate, key).filter(Objects::nonNull).toList();
    }

    /** What connections are made with; also all that is wrong with the files comes to light here. */
    SslContext context() throws UnusableException {
        KeyManager[] own = certificate == null || key == null
                ? new KeyManager[0]
                : new KeyManager[] {Identity.of(certificate, key)};
        TrustManager[] trusted = {Trust.in(ca)};
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trusted, null);
            return new JdkSslContext(
                    context,
                    true,
                    Http2SecurityUtil.CIPHERS,
                    SupportedCipherSuiteFilter.INSTANCE,
                    HTTP_2,
                    ClientAuth.NONE,
                    new String[] {"TLSv1.3", "TLSv1.2"},
                    false);
        } catch (GeneralSecurityException e) {
            throw new UnusableException("this JVM does not offer TLS");
        }
    }
}
