// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.plugin.grpc.tls.Refusals;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.ConnectTimeoutException;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Why a call or a connection failed.
 *
 * @param text words that go on behind {@code provider 'NAME' }; what the provider says in them is not cleaned
 */
record Fault(Code code, String text) {

    private static final String UNAVAILABLE = "is unavailable";
    private static final String TLS = "TLS: ";

    /** No more than this of a status text is looked at; the gateway cleans and cuts what it shows. */
    private static final int LONGEST_LOOK = 4_000;

    private static final String HEADERS_TOO_LARGE =
            "its status text or headers are larger than " + Contract.HEADERS_LIMIT + " bytes";

    private static final Pattern TOO_LARGE =
            Pattern.compile("gRPC message exceeds maximum size " + Contract.MESSAGE_LIMIT + "(?:: ([0-9]+))?$");
    private static final Pattern HTTP_STATUS = Pattern.compile("^HTTP status code ([0-9]{3})");
    private static final Pattern STREAM_RESET =
            Pattern.compile("^RST_STREAM closed stream.*HTTP/2 error code: ([A-Z_0-9]+)");

    // What grpc-java itself says, as opposed to the provider; it has no other sign than its words.
    // ConnectionMonitorTest and
    // HostileServerTest hold them to what the library in use says.
    private static final Pattern CONNECTION_CLOSED = Pattern.compile(
            "^(?:Network closed|Transport closed|Connection clos|Channel shutdown|Subchannel shutdown|Stream IDs|"
                    + "InternalSubchannel|Buffer removed|Abrupt GOAWAY|GOAWAY|channel closed)");
    private static final Pattern NO_ANSWER = Pattern.compile("^(?:Keepalive failed|Ping failed|Ping timeout)");
    private static final Pattern NOT_GRPC = Pattern.compile(
            "^(?:Received unexpected EOS|Encountered end-of-stream|Received headers twice|headers not received|"
                    + "missing GRPC status|missing HTTP status|Missing HTTP status|gRPC frame header malformed|"
                    + "Can't find decompressor|Full stream and gRPC|unknown stream for connection)");

    private static final Pattern NO_ALPN = Pattern.compile("^TLS ALPN negotiation failed");

    /** How an alert or a handshake begins, in what Netty shows of the first bytes. */
    private static final Pattern TLS_RECORD = Pattern.compile("first 5 bytes: 1[56]03");

    static Fault unavailable(String reason) {
        return new Fault(Code.UNAVAILABLE, reason.isEmpty() ? UNAVAILABLE : UNAVAILABLE + ": " + reason);
    }

    static Fault unusable(String what) {
        return new Fault(Code.DATA_LOSS, what);
    }

    static Fault timedOut() {
        return new Fault(Code.DEADLINE_EXCEEDED, "timed out");
    }

    /** @param method the bare name of what was called, e.g. {@code Invoke} */
    static Fault of(Status status, @Nullable String method) {
        Throwable cause = status.getCause();
        if (cause != null) { // never set by what the provider sends
            return broken(cause).orElseGet(() -> unavailable("the connection broke"));
        }
        String said = said(status);
        return ofTransport(said).orElseGet(() -> ofProvider(status.getCode(), said.strip(), method));
    }

    /** Whether it is the connection that failed, and not the provider that answered so. */
    static boolean isOfConnection(Status status) {
        if (status.getCause() != null) {
            return !isTooLargeForItsStream(status.getCause());
        }
        return ofTransport(said(status))
                .filter(fault -> fault.code == Code.UNAVAILABLE)
                .isPresent();
    }

    /** The text where it stands alone: {@code connection refused} instead of {@code is unavailable: connection refused}. */
    String reason() {
        return text.startsWith(UNAVAILABLE + ": ") ? text.substring(UNAVAILABLE.length() + 2) : text;
    }

    ProviderException exception() {
        return new ProviderException(code, text);
    }

    private static String said(Status status) {
        String said = status.getDescription();
        return said == null || said.length() <= LONGEST_LOOK
                ? Objects.requireNonNullElse(said, "")
                : said.substring(0, LONGEST_LOOK);
    }

    private static Fault ofProvider(Status.Code status, String said, @Nullable String method) {
        return switch (status) {
            case UNAVAILABLE -> unavailable(said);
            case DEADLINE_EXCEEDED -> timedOut();
            case UNIMPLEMENTED ->
                new Fault(
                        Code.UNIMPLEMENTED,
                        "does not implement " + (method == null ? "the call" : method) + " (provider.v1)");
            case INVALID_ARGUMENT -> answered(Code.INVALID_ARGUMENT, status, said);
            case NOT_FOUND -> answered(Code.NOT_FOUND, status, said);
            case PERMISSION_DENIED -> answered(Code.PERMISSION_DENIED, status, said);
            case RESOURCE_EXHAUSTED -> answered(Code.RESOURCE_EXHAUSTED, status, said);
            default -> answered(Code.INTERNAL, status, said);
        };
    }

    private static Fault answered(Code code, Status.Code status, String said) {
        return new Fault(code, "answered " + status + (said.isEmpty() ? "" : ": " + said));
    }

    private static Optional<Fault> ofTransport(String said) {
        Matcher tooLarge = TOO_LARGE.matcher(said);
        if (tooLarge.find()) {
            String size = tooLarge.group(1) == null ? "a message" : "a message of " + tooLarge.group(1) + " bytes";
            return Optional.of(new Fault(
                    Code.RESOURCE_EXHAUSTED,
                    "returned " + size + ", more than the limit of " + Contract.MESSAGE_LIMIT + " bytes"));
        }
        Matcher http = HTTP_STATUS.matcher(said);
        if (http.find()) {
            return Optional.of(unusable("sent an answer that is not gRPC (HTTP status " + http.group(1) + ")"));
        }
        Matcher reset = STREAM_RESET.matcher(said);
        if (reset.find()) {
            return Optional.of(
                    reset.group(1).equals("REFUSED_STREAM")
                            ? unavailable("it refused the call (HTTP/2 REFUSED_STREAM)")
                            : new Fault(Code.INTERNAL, "broke off the call (HTTP/2 " + reset.group(1) + ")"));
        }
        if (CONNECTION_CLOSED.matcher(said).find()) {
            return Optional.of(unavailable("connection closed"));
        }
        if (NO_ALPN.matcher(said).find()) {
            return Optional.of(unavailable(TLS + "what listens there does not offer HTTP/2"));
        }
        if (NO_ANSWER.matcher(said).find()) {
            return Optional.of(unavailable("it does not answer"));
        }
        return NOT_GRPC.matcher(said).find()
                ? Optional.of(unusable("sent an answer that is not gRPC"))
                : Optional.empty();
    }

    private static Optional<Fault> broken(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (isTooLargeForItsStream(cause)) {
                return Optional.of(unusable("sent an answer that cannot be read: " + HEADERS_TOO_LARGE));
            }
            String reason = reasonOf(cause);
            if (!reason.isEmpty()) {
                return Optional.of(unavailable(reason));
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    /** Without a switch over types: those are linked when they first run, which a start with a provider down would see. */
    private static String reasonOf(Throwable cause) {
        String message = cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
        if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return "host not found";
        }
        if (cause instanceof FileNotFoundException) {
            return "its socket does not exist";
        }
        if (cause instanceof NoRouteToHostException) {
            return "no route to host";
        }
        if (cause instanceof ConnectTimeoutException) {
            return "connection timed out";
        }
        if (cause instanceof SSLException refused) {
            return TLS + Refusals.inWords(refused);
        }
        if (cause instanceof Http2Exception) {
            return ofProtocol(message);
        }
        if (cause instanceof ClosedChannelException) {
            return cause.getCause() == null ? "connection closed" : "";
        }
        return cause instanceof IOException ? ofErrno(message) : "";
    }

    /** Read to their end, as those that are too large for the connection are not. */
    private static boolean isTooLargeForItsStream(Throwable cause) {
        return cause instanceof Http2Exception.HeaderListSizeException;
    }

    private static String ofProtocol(String message) {
        if (message.contains("header size exceeded")) {
            return HEADERS_TOO_LARGE;
        }
        if (TLS_RECORD.matcher(message).find()) {
            return "what listens there speaks TLS, and tls: is not configured";
        }
        return message.contains("not settings") || message.contains("http/1")
                ? "what listens there does not speak gRPC"
                : "it broke the HTTP/2 protocol";
    }

    /** The operating system's words are all that Netty passes on. */
    private static String ofErrno(String message) {
        if (message.contains("connection refused")) {
            return "connection refused";
        }
        if (message.contains("no such file")) {
            return "its socket does not exist";
        }
        if (message.contains("permission denied")) {
            return "no permission to connect";
        }
        if (message.contains("connection reset") || message.contains("broken pipe")) {
            return "connection reset";
        }
        if (message.contains("timed out")) {
            return "connection timed out";
        }
        if (message.contains("unreachable")) {
            return "network unreachable";
        }
        return message.contains("too many open files") ? "too many open files" : "";
    }
}
