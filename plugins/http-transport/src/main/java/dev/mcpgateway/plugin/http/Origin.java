// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page of the web comes from (RFC 6454): compared as a whole, never by how it begins.
 *
 * @param authority with the scheme's own port where the text has none
 */
record Origin(String scheme, Authority authority) {

    private static final Pattern SHAPE = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]{0,31})://(.+)");

    static Optional<Origin> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        return Authority.parse(matcher.group(2))
                .map(found -> new Origin(scheme, new Authority(found.host(), found.portOr(portOf(scheme)))));
    }

    /**
     * Whether its pages may talk to the gateway: those that this machine serves itself, and those that are named.
     *
     * @param values of the header Origin; a client that is no browser sends none
     */
    static boolean admit(List<String> values, List<Origin> allowed) {
        if (values.isEmpty()) {
            return true;
        }
        if (values.size() != 1) {
            return false;
        }
        Optional<Origin> origin = parse(values.getFirst());
        return origin.isPresent() && (origin.get().isLoopback() || allowed.contains(origin.get()));
    }

    private boolean isLoopback() {
        return authority.isLoopback() && (scheme.equals("http") || scheme.equals("https"));
    }

    private static int portOf(String scheme) {
        return switch (scheme) {
            case "http" -> 80;
            case "https" -> 443;
            default -> Authority.NO_PORT;
        };
    }
}
