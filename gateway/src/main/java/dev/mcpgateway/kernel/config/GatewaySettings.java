package dev.mcpgateway.kernel.config;

import java.nio.file.Path;
import java.util.List;

/**
 * The part of the configuration under {@code gateway:}. Immutable.
 *
 * @param payloadLimit bytes of UTF-8 that arguments and results may have
 * @param pluginsDir the drop folder, absolute
 * @param pluginsAllow SHA-256 of the jars that may be loaded, in lower case; empty for all
 * @param require ids of plugins that must be live before anything is served
 * @param workDir staged jars and run files, absolute; need not exist
 */
public record GatewaySettings(
        ToolNames toolNames,
        int payloadLimit,
        Path pluginsDir,
        List<String> pluginsAllow,
        List<String> require,
        Path workDir) {}
