// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.nio.file.Path;
import java.util.ArrayList;
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
        Path workDir) {

    /** The keys whose values differ and that are read at the start only, with {@code gateway.} in front. */
    List<String> differences(GatewaySettings other) {
        List<String> keys = new ArrayList<>();
        compare(keys, "toolNames", toolNames, other.toolNames);
        compare(keys, "payloadLimit", payloadLimit, other.payloadLimit);
        compare(keys, "pluginsDir", pluginsDir, other.pluginsDir);
        compare(keys, "pluginsAllow", pluginsAllow, other.pluginsAllow);
        compare(keys, "workDir", workDir, other.workDir);
        return keys;
    }

    private static void compare(List<String> keys, String key, Object one, Object other) {
        if (!one.equals(other)) {
            keys.add("gateway." + key);
        }
    }
}
