package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import java.io.PrintStream;
import java.util.List;

/** {@code check}: the configuration has been read when this begins; what is left are the plugins. */
final class Check {

    private Check() {}

    /** @return the exit code: 78 where a file in the plugin folder would be refused */
    static int run(Configuration configuration, PrintStream out) {
        int count = configuration.providers().size();
        out.println(configuration.file() + ": " + count + (count == 1 ? " provider" : " providers"));
        List<PluginFile> files = PluginFolder.inspect(
                configuration.gateway().pluginsDir(), configuration.gateway().pluginsAllow(), configuration.plugins());
        boolean fine = true;
        for (PluginFile file : files) {
            fine &= file.state() != State.REFUSED && file.state() != State.FAILED;
        }
        PluginTable.print(files, out);
        return fine ? Exit.OK : Exit.CONFIG;
    }
}
