// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.nio.ByteBuffer;
import java.util.Locale;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what Jetty has refused, in the shape of the other refusals. */
final class MalformedRequests implements Request.Handler {

    private static final int BAD_REQUEST = 400;
    private static final int HEAD_TOO_LARGE = 431;
    private static final int SERVER_FAULT = 500;
    private static final int VERSION = 505;

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Refusal refusal = refusal(status, request.getAttribute(ErrorHandler.ERROR_EXCEPTION));
        response.getHeaders().put(Answers.CLOSE);
        ByteBuffer body = refusal.body();
        Answers.send(response, refusal.status() == BAD_REQUEST ? status : refusal.status(), body, callback);
        return true;
    }

    private static Refusal refusal(int status, Object failure) {
        if (status == HEAD_TOO_LARGE) {
            return Refusal.HEAD_TOO_LARGE;
        }
        if (status == BAD_REQUEST && failure instanceof Throwable cause && isAboutHost(cause)) {
            return Refusal.HOST;
        }
        return status >= SERVER_FAULT && status != VERSION ? Refusal.FAULT : Refusal.MALFORMED;
    }

    /** Jetty refuses a Host that is missing, doubled or unreadable before this transport's rule could. */
    private static boolean isAboutHost(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("host");
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
