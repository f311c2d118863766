// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The log line for a change of a file's state. */
final class StateLine {

    private static final Log LOG = Log.named("plugin");

    private StateLine() {}

    static void write(PluginFile file) {
        String name = String.valueOf(file.file().getFileName());
        Map<String, String> extra = new LinkedHashMap<>();
        extra.put("file", name);
        file.id().ifPresent(id -> extra.put("id", id));
        file.version().ifPresent(version -> extra.put("version", version));
        extra.put("state", file.state().name());
        extra.put("code", file.code().isEmpty() ? "OK" : file.code());
        boolean bad = !file.code().isEmpty();
        String reason = file.reason().isEmpty() ? "" : ": " + file.reason();
        LOG.log(
                bad ? Log.Level.WARN : Log.Level.INFO,
                "plugin " + name + " " + file.state().name().toLowerCase(Locale.ROOT) + reason,
                new Fields("", "", "", -1, "", extra));
    }
}
