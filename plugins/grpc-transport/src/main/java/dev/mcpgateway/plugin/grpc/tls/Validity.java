// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Whether a certificate is of this day. */
final class Validity {

    private Validity() {}

    /** What is wrong, going on behind what the certificate is called; empty where nothing is. */
    static String fault(X509Certificate certificate) {
        Instant now = Instant.now();
        Instant until = certificate.getNotAfter().toInstant();
        Instant from = certificate.getNotBefore().toInstant();
        if (now.isAfter(until)) {
            return "expired at " + until.truncatedTo(ChronoUnit.SECONDS);
        }
        return now.isBefore(from) ? "is not valid before " + from.truncatedTo(ChronoUnit.SECONDS) : "";
    }
}
