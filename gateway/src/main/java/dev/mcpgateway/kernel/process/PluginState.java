package dev.mcpgateway.kernel.process;

import java.time.Instant;

/**
 * A file of the plugin folder, as a run file tells it to others.
 *
 * @param id empty where unknown, as are {@code version}, {@code code} and {@code reason}
 */
public record PluginState(
        String file, String id, String version, String state, String code, String reason, Instant since) {}
