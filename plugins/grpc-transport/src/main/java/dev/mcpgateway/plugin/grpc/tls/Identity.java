// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.NullUnmarked;

/**
 * The gateway's own certificate, shown to every server that asks for one: whether it is the right one is better said by
 * the server than by silence.
 */
@NullUnmarked // the JDK's interface is made of nulls
final class Identity extends X509ExtendedKeyManager {

    private static final String ALIAS = "gateway";

    private final X509Certificate[] chain;
    private final PrivateKey key;

    private Identity(X509Certificate[] chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    static Identity of(Pem certificate, Pem key) throws UnusableException {
        List<X509Certificate> chain = certificate.certificates();
        X509Certificate own = chain.getFirst();
        String validity = Validity.fault(own);
        if (!validity.isEmpty()) {
            throw certificate.unusable(validity);
        }
        PrivateKey secret = key.privateKey(own.getPublicKey());
        if (!belongTogether(secret, own.getPublicKey())) {
            throw key.unusable("does not match the " + certificate);
        }
        return new Identity(chain.toArray(X509Certificate[]::new), secret);
    }

    private static boolean belongTogether(PrivateKey secret, PublicKey open) {
        try {
            Signature signature = Signature.getInstance(
                    switch (open.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> open.getAlgorithm();
                    });
            byte[] something = {1, 2, 3};
            signature.initSign(secret);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
        return List.of(keyTypes).contains(key.getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null; // engines only
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return ALIAS.equals(alias) ? chain.clone() : null;
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return ALIAS.equals(alias) ? key : null;
    }
}
