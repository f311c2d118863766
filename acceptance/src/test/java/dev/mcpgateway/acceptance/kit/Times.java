// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.time.Duration;

/**
 * What tells one kind of end from another on a machine that may be busy with anything else. How quick things are in
 * truth is measured by {@code make bench} and {@code make chaos}, against a baseline in the same run.
 */
public final class Times {

    /** What a call has where the entry of its provider says nothing. */
    public static final Duration DEADLINE = Duration.ofMillis(2_500);
    /** Earlier than this, nothing has waited for a deadline. */
    public static final Duration AT_ONCE = Duration.ofMillis(2_000);
    /** Earlier than this, nothing has waited for two deadlines, one after the other. */
    public static final Duration LATEST = Duration.ofMillis(4_900);

    private Times() {}
}
