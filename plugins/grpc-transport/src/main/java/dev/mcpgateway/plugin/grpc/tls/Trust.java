// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges a provider's certificate as the JDK does, which includes its name, and says in plain words why it is refused. The
 * JDK's own words differ from version to version.
 */
final class Trust extends X509ExtendedTrustManager {

    private static final int DNS = 2; // kinds of a subject's alternative names, RFC 5280
    private static final int IP = 7;
    private static final int NAMES_SHOWN = 5;
    private static final int LONGEST_NAME = 100;

    private final X509ExtendedTrustManager judge;
    private final String authorities;

    private Trust(X509ExtendedTrustManager judge, String authorities) {
        this.judge = judge;
        this.authorities = authorities;
    }

    /** @param ca whom to trust; null for those whom the JVM trusts */
    static Trust in(@Nullable Pem ca) throws UnusableException {
        try {
            if (ca == null) {
                return new Trust(judge(null), "the authorities that the JVM trusts");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate certificate : ca.certificates()) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            return new Trust(judge(store), "those in the " + ca);
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new UnusableException("the certificate authorities cannot be used");
        }
    }

    private static X509ExtendedTrustManager judge(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        for (TrustManager each : factory.getTrustManagers()) {
            if (each instanceof X509ExtendedTrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("no PKIX in this JVM");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            judge.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException refused) {
            throw new UntrustedException(why(chain, authType, engine), refused);
        }
    }

    private String why(X509Certificate[] chain, String authType, SSLEngine engine) {
        X509Certificate own = chain[0];
        for (X509Certificate each : chain) {
            String fault = Validity.fault(each);
            if (!fault.isEmpty()) {
                return (each == own ? "its certificate " : "the certificate of its authority " + subject(each) + " ")
                        + fault;
            }
        }
        if (isTrustedUnderSomeName(chain, authType)) {
            return "its certificate is for " + names(own) + " and not for '" + engine.getPeerHost() + "'";
        }
        if (own.getSubjectX500Principal().equals(own.getIssuerX500Principal())) {
            return "its certificate is self-signed and not among " + authorities;
        }
        return "its certificate was issued by " + issuer(chain[chain.length - 1]) + ", which is not among "
                + authorities + ", or is not fit for a server";
    }

    private boolean isTrustedUnderSomeName(X509Certificate[] chain, String authType) {
        try {
            judge.checkServerTrusted(chain, authType);
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }

    private static String names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> name : all) {
                    int kind = (Integer) name.getFirst();
                    if (kind == DNS || kind == IP) {
                        names.add(cut(String.valueOf(name.get(1))));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // then it has none that can be shown
        }
        if (names.isEmpty()) {
            return "no host at all (it has no subject alternative name)";
        }
        return names.size() <= NAMES_SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMES_SHOWN)) + ", …";
    }

    private static String subject(X509Certificate certificate) {
        return "'" + cut(certificate.getSubjectX500Principal().getName()) + "'";
    }

    private static String issuer(X509Certificate certificate) {
        return "'" + cut(certificate.getIssuerX500Principal().getName()) + "'";
    }

    private static String cut(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("without a name nothing is checked");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("engines only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("the gateway is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("the gateway is the client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("the gateway is the client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
