package dev.mcpgateway.kernel.config;

import java.nio.file.Path;
import java.util.List;

/**
 * What stands under {@code gateway:}.
 *
 * @param payloadLimit bytes
 * @param pluginsDir absolute
 * @param pluginsAllow SHA-256 in lower-case hexadecimal of the jars that may be loaded; empty for every jar
 * @param require ids of plugins without which nothing is served
 * @param workDir absolute; need not exist
 */
public record GatewaySettings(
        ToolNames toolNames,
        int payloadLimit,
        Path pluginsDir,
        List<String> pluginsAllow,
        List<String> require,
        Path workDir) {}
