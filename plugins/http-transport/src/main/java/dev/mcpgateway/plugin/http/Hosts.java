// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.List;
import java.util.Optional;

/**
 * Which names requests may be addressed to. A page of the web that has its own name resolve to this machine is refused by this: the
 * browser says the page's name.
 */
final class Hosts {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final List<Authority> allowed;
    private final boolean isTls;

    /** @param allowed beside this machine's own names */
    Hosts(List<Authority> allowed, boolean isTls) {
        this.allowed = allowed;
        this.isTls = isTls;
    }

    /**
     * @param values of the header Host
     * @param port of the listener that the connection came by
     */
    boolean admit(List<String> values, int port) {
        if (values.size() != 1) {
            return false;
        }
        Optional<Authority> parsed = Authority.parse(values.getFirst());
        if (parsed.isEmpty()) {
            return false;
        }
        Authority host = parsed.get();
        if (host.isLoopback() && host.portOr(isTls ? HTTPS_PORT : HTTP_PORT) == port) {
            return true;
        }
        for (Authority each : allowed) {
            if (each.host().equals(host.host()) && portMatches(each, host, port)) {
                return true;
            }
        }
        return false;
    }

    /** Without a port the client uses its scheme's own, and the scheme may be that of a proxy before this. */
    private static boolean portMatches(Authority entry, Authority host, int listener) {
        if (entry.port() == Authority.NO_PORT) {
            return host.port() == Authority.NO_PORT || host.port() == listener;
        }
        if (host.port() == Authority.NO_PORT) {
            return entry.port() == HTTP_PORT || entry.port() == HTTPS_PORT;
        }
        return host.port() == entry.port();
    }
}
