// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** URIs as resources have them: absolute, of any scheme (RFC 3986; letters beyond ASCII are let through). */
public final class Uris {

    /** Characters that a resource's URI or template may have. */
    public static final int MAX_LENGTH = 8_192;

    private Uris() {}

    /** @throws UnusableAddressException where nobody could ask for it */
    public static void check(String uri) throws UnusableAddressException {
        checkLength(uri);
        if (scheme(uri).isEmpty()) {
            throw new UnusableAddressException("does not begin with a scheme, as in hello://greeting");
        }
        try {
            URI unused = new URI(uri);
        } catch (URISyntaxException e) {
            throw new UnusableAddressException("is malformed at index " + Math.max(0, e.getIndex()));
        }
    }

    /** What stands before the first colon, in lower case, since schemes are compared without case; empty for no URI. */
    public static Optional<String> scheme(String uri) {
        int end = uri.indexOf(':');
        if (end <= 0 || !isLetter(uri.charAt(0))) {
            return Optional.empty();
        }
        for (int i = 1; i < end; i++) {
            char c = uri.charAt(i);
            if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') {
                return Optional.empty();
            }
        }
        return Optional.of(uri.substring(0, end).toLowerCase(Locale.ROOT));
    }

    static void checkLength(String address) throws UnusableAddressException {
        if (address.length() > MAX_LENGTH) {
            throw new UnusableAddressException("has " + address.length() + " characters, the limit is " + MAX_LENGTH);
        }
    }

    static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
