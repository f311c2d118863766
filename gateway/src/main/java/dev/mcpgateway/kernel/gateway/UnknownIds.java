// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.text.Spelling;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plugin ids in a configuration that no jar in the plugin folder has: a slip of the pen, or a jar that is still to come. */
public final class UnknownIds {

    private UnknownIds() {}

    /**
     * @param named in the configuration
     * @param files of the plugin folder
     * @return by id, what is to be said of it, to be put behind where it stands
     */
    public static Map<String, String> of(Collection<String> named, Collection<PluginFile> files) {
        Set<String> known = new TreeSet<>();
        files.forEach(file -> file.id().ifPresent(known::add));
        Map<String, String> unknown = new TreeMap<>();
        for (String id : named) {
            if (!known.contains(id)) {
                unknown.put(id, "no jar in the plugin folder has the id '" + id + "'" + Spelling.question(id, known));
            }
        }
        return unknown;
    }
}
