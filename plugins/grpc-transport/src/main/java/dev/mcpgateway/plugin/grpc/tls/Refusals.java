// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says in plain words why two sides could not agree to speak TLS. */
public final class Refusals {

    /** What the other side says in TLS's own terms (RFC 8446, 6.2), in the JDK's words. */
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_]+)");

    private static final int DEEPEST = 10;

    private Refusals() {}

    /** @return words that go on behind {@code TLS: } */
    public static String inWords(SSLException failed) {
        Throwable cause = failed;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof UntrustedException untrusted) {
                return String.valueOf(untrusted.getMessage());
            }
            if (cause instanceof NotSslRecordException) {
                return "what listens there does not speak TLS";
            }
            if (cause instanceof SslHandshakeTimeoutException) {
                return "the handshake was not answered";
            }
            Matcher alert = ALERT.matcher(String.valueOf(cause.getMessage()));
            if (alert.find()) {
                return ofAlert(alert.group(1));
            }
            cause = cause.getCause();
        }
        String said = String.valueOf(failed.getMessage());
        if (said.contains("closed while SSL/TLS handshake")) {
            return "the connection was closed in the handshake";
        }
        return said.contains("Unsupported or unrecognized SSL message")
                ? "what listens there does not speak TLS"
                : "the handshake failed";
    }

    private static String ofAlert(String alert) {
        return switch (alert) {
            case "certificate_required" ->
                "the provider wants a client certificate, and none was sent: set certificate: and key:";
            case "bad_certificate" ->
                "the provider refused the client certificate, or wants one and none was sent (bad_certificate)";
            case "unknown_ca" -> "the provider does not trust the authority of the client certificate";
            case "certificate_expired" -> "the provider says that the client certificate has expired";
            case "certificate_unknown",
                    "certificate_revoked",
                    "unsupported_certificate",
                    "access_denied",
                    "decrypt_error" -> "the provider refused the client certificate (" + alert + ")";
            case "unrecognized_name" -> "the provider does not know the name it was called by";
            case "protocol_version", "insufficient_security" ->
                "no protocol version and cipher in common with the provider (" + alert + ")";
            case "handshake_failure" ->
                "nothing in common with the provider, or it wants a client certificate (handshake_failure)";
            case "no_application_protocol" -> "what listens there does not offer HTTP/2";
            default -> "the provider ended the handshake (" + alert + ")";
        };
    }
}
