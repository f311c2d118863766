// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and perhaps a port, as they stand in a Host header or behind a scheme; nothing else may stand there.
 *
 * @param host in lower case, not interpreted: {@code 127.1} is not {@code 127.0.0.1}
 * @param port {@link #NO_PORT} where there is none
 */
record Authority(String host, int port) {

    static final int NO_PORT = -1;

    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern SHAPE =
            Pattern.compile("(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?");

    static Optional<Authority> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String digits = matcher.group(2);
        int port = digits == null ? NO_PORT : Integer.parseInt(digits);
        if (port == 0 || port > HIGHEST_PORT) {
            return Optional.empty();
        }
        return Optional.of(new Authority(matcher.group(1).toLowerCase(Locale.ROOT), port));
    }

    /** Whether it is one of the three names that this machine alone answers to. */
    boolean isLoopback() {
        return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    }

    int portOr(int otherwise) {
        return port == NO_PORT ? otherwise : port;
    }
}
