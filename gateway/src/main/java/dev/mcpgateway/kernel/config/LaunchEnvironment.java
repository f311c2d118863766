// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.util.HashMap;
import java.util.Map;

/**
 * The environment as whoever launched the gateway has made it. The launcher gives the JVM a locale of its own, by which it reads paths
 * and arguments; what stood there before is what {@code ${LC_ALL}} means.
 */
public final class LaunchEnvironment {

    private static final String LOCALE = "LC_ALL";
    private static final String LOCALE_BEFORE = "MCP_GATEWAY_LC_ALL";

    private LaunchEnvironment() {}

    public static Map<String, String> variables() {
        return before(System.getenv());
    }

    /** @param now as the launcher leaves it, or as it is without a launcher */
    static Map<String, String> before(Map<String, String> now) {
        Map<String, String> before = new HashMap<>(now);
        String locale = before.remove(LOCALE_BEFORE);
        if (locale != null) {
            before.put(LOCALE, locale);
        } else if (System.getProperty("mcpgateway.home") != null) { // the launcher's, and it had found none
            before.remove(LOCALE);
        }
        return before;
    }
}
