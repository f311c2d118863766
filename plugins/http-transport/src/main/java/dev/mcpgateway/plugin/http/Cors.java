// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** Lets pages of admitted origins read answers, where that is configured (Fetch standard, 3.2). */
final class Cors {

    private static final String HEADERS =
            "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method,"
                    + " Mcp-Name, Last-Event-ID";
    private static final int PARAMETERS = 32;
    private static final Pattern PARAMETER = Pattern.compile("mcp-param-[a-z0-9_-]{1,64}");

    private Cors() {}

    /** Names the origin, which has been admitted. */
    static void expose(Request request, Response response) {
        String origin = request.getHeaders().get("Origin");
        HttpFields.Mutable headers = response.getHeaders();
        headers.put(HttpHeader.VARY, "Origin");
        if (origin != null) {
            headers.put(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.put("Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate");
        }
    }

    static boolean isPreflight(Request request) {
        return request.getMethod().equals("OPTIONS")
                && request.getHeaders().contains("Origin")
                && request.getHeaders().contains("Access-Control-Request-Method");
    }

    /** Says what a page may send. Names of parameters are the tools', so they are taken from what is asked. */
    static void permit(Request request, Response response) {
        StringBuilder names = new StringBuilder(HEADERS);
        String asked = request.getHeaders().get("Access-Control-Request-Headers");
        int parameters = 0;
        for (String each : (asked == null ? "" : asked).split(",", -1)) {
            String name = each.strip().toLowerCase(Locale.ROOT);
            if (parameters < PARAMETERS && PARAMETER.matcher(name).matches()) {
                names.append(", ").append(name);
                parameters++;
            }
        }
        HttpFields.Mutable headers = response.getHeaders();
        headers.put("Access-Control-Allow-Methods", "GET, POST, DELETE");
        headers.put("Access-Control-Allow-Headers", names.toString());
        headers.put("Access-Control-Max-Age", "600");
    }
}
