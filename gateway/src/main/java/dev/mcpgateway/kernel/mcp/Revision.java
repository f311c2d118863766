// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

/** A revision of the MCP specification that begins with {@code initialize}; in the order of their release. */
enum Revision {
    V2024_11_05("2024-11-05"),
    V2025_03_26("2025-03-26"),
    V2025_06_18("2025-06-18"),
    V2025_11_25("2025-11-25");

    private final String version;

    Revision(String version) {
        this.version = version;
    }

    String version() {
        return version;
    }

    /** The one that was asked for where we know it, else the newest: the client decides whether it can live with that. */
    static Revision negotiate(String asked) {
        for (Revision each : values()) {
            if (each.version.equals(asked)) {
                return each;
            }
        }
        return V2025_11_25;
    }

    /** Whether it is one that we know. */
    static boolean include(String version) {
        for (Revision each : values()) {
            if (each.version.equals(version)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a server that completes arguments says so. */
    boolean saysCompletions() {
        return compareTo(V2025_03_26) >= 0;
    }

    /** Whether it has titles, output schemas and structured content. */
    boolean isRich() {
        return compareTo(V2025_06_18) >= 0;
    }
}
