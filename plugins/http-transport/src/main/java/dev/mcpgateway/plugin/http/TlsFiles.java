// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where the files for TLS lie, each in PEM (RFC 7468).
 *
 * @param clientCa whom client certificates must come from; without it none is asked for
 */
record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};

    static TlsFiles of(Map<?, ?> tls) {
        return new TlsFiles(
                Path.of((String) requireNonNull(tls.get("certificate"))),
                Path.of((String) requireNonNull(tls.get("key"))),
                Optional.ofNullable((String) tls.get("clientCa")).map(Path::of));
    }

    List<Path> all() {
        List<Path> all = new ArrayList<>(List.of(certificate, key));
        clientCa.ifPresent(all::add);
        return all;
    }

    /**
     * What connections are made with.
     *
     * @throws GeneralSecurityException with what is wrong with which file; it quotes nothing of a key
     */
    SSLContext read() throws IOException, GeneralSecurityException {
        List<Certificate> chain = certificates("certificate", certificate);
        PrivateKey secret = privateKey(chain.getFirst().getPublicKey());
        KeyStore own = empty();
        own.setKeyEntry("gateway", secret, NO_PASSWORD, chain.toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, NO_PASSWORD);
        TrustManager[] trusted = clientCa.isPresent() ? trust(clientCa.get()) : new TrustManager[0];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted, null);
        return context;
    }

    private static TrustManager[] trust(Path ca) throws IOException, GeneralSecurityException {
        KeyStore authorities = empty();
        for (Certificate each : certificates("clientCa", ca)) {
            authorities.setCertificateEntry("ca-" + authorities.size(), each);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        return trust.getTrustManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String name, Path file) throws IOException, CertificateException {
        try (InputStream pem = Files.newInputStream(file)) {
            List<Certificate> found =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(pem));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (CertificateException e) {
            throw new CertificateException(name + " file '" + file + "' holds a certificate that cannot be read", e);
        }
        throw new CertificateException(name + " file '" + file + "' holds no certificate");
    }

    private PrivateKey privateKey(PublicKey of) throws IOException, GeneralSecurityException {
        Matcher matcher = KEY.matcher(Files.readString(key, StandardCharsets.ISO_8859_1));
        if (!matcher.find()) {
            throw new InvalidKeyException(
                    "key file '" + key + "' holds no key between BEGIN and END PRIVATE KEY: write it"
                            + " with 'openssl pkcs8 -topk8 -nocrypt'");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(matcher.group(1));
            PrivateKey found = KeyFactory.getInstance(of.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(der));
            if (belongTogether(found, of)) {
                return found;
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) { // its text might quote the key
            throw new InvalidKeyException(
                    "key file '" + key + "' holds no " + of.getAlgorithm() + " key that can be read");
        }
        throw new InvalidKeyException("key file '" + key + "' does not belong to the certificate");
    }

    private static boolean belongTogether(PrivateKey secret, PublicKey open) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (open.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> open.getAlgorithm();
                });
        byte[] probe = {4, 2};
        signature.initSign(secret);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update(probe);
        return signature.verify(signed);
    }
}
