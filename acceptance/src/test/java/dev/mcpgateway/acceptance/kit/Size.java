// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

/** How much of a flood a test lets loose: enough to show the fault in {@code make test}, and all of it in {@code make slow}. */
public final class Size {

    private static final boolean SLOW = Boolean.getBoolean("acceptance.slow");

    private Size() {}

    /** The second in {@code make slow}, else the first. */
    public static int of(int usual, int slow) {
        return SLOW ? slow : usual;
    }
}
