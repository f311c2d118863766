// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.api.transport.TransportContext.Health;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** What probes ask: whether the process lives, and whether it can serve. No credentials, no names. */
final class HealthPages {

    static final String LIVE = "/healthz";
    static final String READY = "/readyz";

    private static final String LIVES = "{\"status\":\"ok\"}";

    private final TransportContext gateway;

    HealthPages(TransportContext gateway) {
        this.gateway = gateway;
    }

    void answer(String path, InetSocketAddress peer, Request request, Response response, Callback callback) {
        String method = request.getMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            response.getHeaders().put("Allow", "GET, HEAD");
            Answers.refuse(response, Refusal.METHOD, callback);
            return;
        }
        if (path.equals(LIVE)) {
            Answers.send(response, 200, bytes(LIVES), callback);
            return;
        }
        Health health = gateway.health();
        boolean isNear = peer.getAddress() != null && peer.getAddress().isLoopbackAddress();
        boolean mayCount = isNear && !Heads.isForwarded(request.getHeaders());
        Answers.send(response, health.isReady() ? 200 : 503, bytes(json(health, mayCount)), callback);
    }

    private static String json(Health health, boolean mayCount) {
        String status = "{\"status\":\"" + (health.isReady() ? "ready" : "not ready") + "\"";
        if (!mayCount) {
            return status + "}";
        }
        return status + ",\"sessions\":" + health.sessions() + ",\"streams\":" + health.streams() + ",\"connections\":"
                + health.connections() + "}";
    }

    private static ByteBuffer bytes(String json) {
        return ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
    }
}
