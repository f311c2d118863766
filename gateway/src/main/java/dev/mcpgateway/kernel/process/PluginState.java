// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.time.Instant;
import java.util.List;

/**
 * A file of the plugin folder, as a run file tells it to others.
 *
 * @param id empty where unknown, as are {@code version}, {@code code} and {@code reason}
 * @param offers what a live one brings, in words
 * @param calls how many calls it has not answered yet
 */
public record PluginState(
        String file,
        String id,
        String version,
        String state,
        String code,
        String reason,
        Instant since,
        List<String> offers,
        long calls) {}
