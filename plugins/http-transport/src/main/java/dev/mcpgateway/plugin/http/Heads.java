// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.api.transport.RequestHead.Verb;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/** What the gateway is told of a request before its body. */
final class Heads {

    private Heads() {}

    static Verb verb(Request request) {
        return switch (request.getMethod()) {
            case "POST" -> Verb.SEND;
            case "GET" -> Verb.LISTEN;
            case "DELETE" -> Verb.END;
            default -> Verb.OTHER;
        };
    }

    static RequestHead head(Verb verb, InetSocketAddress peer, HttpFields fields) {
        RequestHead.Builder head = RequestHead.of(verb, peer);
        for (HttpField field : fields) {
            String name = field.getLowerCaseName();
            if (tellsOfProxy(name)) {
                head.forwarded();
            }
            if (!isSecret(name)) {
                String value = field.getValue();
                head.header(name, value == null ? "" : value);
            }
        }
        return head.build();
    }

    /** Whether it came by way of a proxy, by what it says. */
    static boolean isForwarded(HttpFields fields) {
        for (HttpField field : fields) {
            if (tellsOfProxy(field.getLowerCaseName())) {
                return true;
            }
        }
        return false;
    }

    private static boolean tellsOfProxy(String name) {
        return name.equals("forwarded")
                || name.equals("via")
                || name.equals("x-real-ip")
                || name.startsWith("x-forwarded-");
    }

    private static boolean isSecret(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "authorization", "proxy-authorization", "cookie" -> true;
            default -> false;
        };
    }

    /** Whether bytes follow the head. */
    static boolean announcesBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains("Transfer-Encoding");
    }
}
