// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.transport.ReplyStatus;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** How outcomes look in HTTP. */
final class Answers {

    static final HttpField CLOSE = new PreEncodedHttpField(HttpHeader.CONNECTION, "close");

    private static final HttpField JSON = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "application/json");
    private static final HttpField EVENTS = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, "text/event-stream");
    private static final HttpField NO_STORE = new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
    private static final HttpField NO_SNIFF = new PreEncodedHttpField("X-Content-Type-Options", "nosniff");
    private static final HttpField NO_BUFFERING = new PreEncodedHttpField("X-Accel-Buffering", "no");
    private static final HttpField ALLOW = new PreEncodedHttpField(HttpHeader.ALLOW, "GET, POST, DELETE");
    private static final HttpField RETRY = new PreEncodedHttpField(HttpHeader.RETRY_AFTER, "1");

    private Answers() {}

    static int code(ReplyStatus status) {
        return switch (status) {
            case OK -> 200;
            case ACCEPTED -> 202;
            case INVALID -> 400;
            case FORBIDDEN -> 403;
            case UNKNOWN_SESSION -> 404;
            case NOT_ALLOWED -> 405;
            case TOO_LARGE -> 413;
            case UNAVAILABLE -> 503;
            default -> 500;
        };
    }

    /** Sends an answer as a whole. */
    static void send(Response response, int code, ByteBuffer body, Callback callback) {
        HttpFields.Mutable headers = prepared(response, code);
        if (code == 405 && !headers.contains(HttpHeader.ALLOW)) {
            headers.put(ALLOW);
        }
        if (code == 503 && !headers.contains(HttpHeader.RETRY_AFTER)) {
            headers.put(RETRY);
        }
        if (body.hasRemaining()) {
            headers.put(JSON);
            headers.put(HttpHeader.CONTENT_LENGTH, body.remaining());
        }
        response.write(true, body, callback);
    }

    static void refuse(Response response, Refusal refusal, Callback callback) {
        send(response, refusal.status(), refusal.body(), callback);
    }

    /** Sets the head of a stream; the first write sends it. */
    static void beginStream(Response response) {
        HttpFields.Mutable headers = prepared(response, 200);
        headers.put(EVENTS);
        headers.put(NO_BUFFERING);
    }

    private static HttpFields.Mutable prepared(Response response, int code) {
        response.setStatus(code);
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(NO_STORE);
        headers.put(NO_SNIFF);
        return headers;
    }
}
