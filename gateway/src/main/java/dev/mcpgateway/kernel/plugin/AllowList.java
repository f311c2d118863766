// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The operator's list of jars that may be loaded; an empty one allows all. Immutable. */
final class AllowList {

    private final Set<String> allowed = new HashSet<>();

    AllowList(List<String> allowedSha256) {
        for (String sha256 : allowedSha256) {
            allowed.add(sha256.strip().toLowerCase(Locale.ROOT));
        }
    }

    void check(String sha256) throws PluginFault {
        if (!allowed.isEmpty() && !allowed.contains(sha256)) {
            throw new PluginFault(
                    Code.NOT_ALLOWED,
                    "its SHA-256 " + sha256
                            + " is not in gateway.pluginsAllow: add it there if this jar is to be loaded");
        }
    }
}
