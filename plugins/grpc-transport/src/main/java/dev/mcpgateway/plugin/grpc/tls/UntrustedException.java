// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import java.security.cert.CertificateException;

/** A provider's certificate was not accepted. The message says why in plain words. */
final class UntrustedException extends CertificateException {

    private static final long serialVersionUID = 1L;

    UntrustedException(String message, CertificateException cause) {
        super(message, cause);
    }
}
