// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.gateway.FileAccessWarnings;
import dev.mcpgateway.kernel.gateway.UnknownIds;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.text.Spelling;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** {@code check}: the configuration has been read when this begins; what is left are the plugins. */
final class Check {

    private Check() {}

    /** @return the exit code: 78 where a file in the plugin folder would be refused, or what must be there is not */
    static int run(Configuration configuration, PrintStream out, PrintStream err) {
        int count = configuration.providers().size();
        out.println(configuration.file() + ": " + count + (count == 1 ? " provider" : " providers"));
        Path folder = configuration.gateway().pluginsDir();
        if (!Files.isDirectory(folder)) {
            err.println(configuration.file() + ": gateway.pluginsDir: there is no folder " + folder
                    + ": create it, or name another");
            return Exit.CONFIG;
        }
        PluginFolder.Inspected inspected =
                PluginFolder.inspect(folder, configuration.gateway().pluginsAllow(), configuration.plugins());
        inspected.warning().ifPresent(text -> err.println("warning: " + text));
        List<PluginFile> files = inspected.files();
        boolean fine = inspected.isThere();
        for (PluginFile file : files) {
            fine &= file.state() != State.REFUSED && file.state() != State.FAILED;
        }
        PluginTable.print(files, out);
        List<String> required = configuration.gateway().require();
        Map<String, String> missing = UnknownIds.of(required, files);
        missing.values()
                .forEach(what -> err.println(configuration.file() + ": gateway.require: " + what
                        + ": put its jar there, or take the id out"));
        Set<String> withSettings = new TreeSet<>(configuration.plugins().keySet());
        withSettings.removeAll(required);
        UnknownIds.of(withSettings, files)
                .values()
                .forEach(what -> err.println(
                        configuration.file() + ": warning: plugins: " + what + "; its settings wait for it"));
        warnOfUnknownTypes(configuration, files, err);
        FileAccessWarnings accessWarnings = new FileAccessWarnings(text -> err.println("warning: " + text));
        accessWarnings.warnOfWriters(configuration);
        accessWarnings.warnOfKeyReaders(configuration);
        accessWarnings.warnOfWriters(files);
        fine &= missing.isEmpty();
        return fine ? Exit.OK : Exit.CONFIG;
    }

    /** Its jar may come later: no mistake, but most often one. */
    private static void warnOfUnknownTypes(Configuration configuration, List<PluginFile> files, PrintStream err) {
        Set<String> offered = new TreeSet<>();
        for (PluginFile file : files) {
            if (file.offers().contains(PluginFile.ANY_TYPE)) {
                return; // it may be that one's
            }
            file.offers().forEach(each -> offered.add(each.substring(PluginFile.TYPE.length())));
        }
        for (ProviderEntry provider : configuration.providers()) {
            if (provider.enabled() && !offered.contains(provider.type())) {
                err.println(configuration.file() + ": warning: provider '" + provider.name()
                        + "': no jar in the plugin folder offers the type '" + provider.type() + "'"
                        + Spelling.question(provider.type(), offered)
                        + "; it waits for one");
            }
        }
    }
}
