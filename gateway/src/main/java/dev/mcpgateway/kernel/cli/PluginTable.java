// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.process.PluginState;
import dev.mcpgateway.kernel.process.ProviderState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.RunningGateway;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code plugins}: what became of every file in the plugin folder, and how the providers of a running gateway are doing. */
final class PluginTable {

    private PluginTable() {}

    static int run(Configuration configuration, PrintStream out, PrintStream err) {
        Path folder = configuration.gateway().pluginsDir();
        List<RunningGateway> running = RunFile.running(configuration.gateway().workDir()).stream()
                .filter(gateway -> gateway.pluginsDir().equals(folder))
                .toList();
        for (RunningGateway gateway : running) {
            out.println("in the gateway that runs as process " + gateway.pid() + ":");
            Table table = head();
            for (PluginState each : gateway.plugins()) {
                table.row(
                        each.file(),
                        each.id(),
                        each.version(),
                        each.state(),
                        since(each.since()),
                        String.join(", ", each.offers()),
                        isRunning(each.state()) ? Long.toString(each.calls()) : "",
                        reason(each.code(), each.reason()));
            }
            table.print(out);
            if (!gateway.providers().isEmpty()) {
                out.println();
                providers(gateway.providers(), out);
            }
        }
        if (running.isEmpty()) {
            out.println("no gateway runs on " + folder + ": its files as a start would find them");
            PluginFolder.Inspected inspected =
                    PluginFolder.inspect(folder, configuration.gateway().pluginsAllow(), configuration.plugins());
            print(inspected.files(), out);
            inspected.warning().ifPresent(text -> err.println("warning: " + text));
        }
        return Exit.OK;
    }

    static void print(List<PluginFile> files, PrintStream out) {
        Table table = head();
        for (PluginFile each : files) {
            table.row(
                    each.file().getFileName().toString(),
                    each.id().orElse(""),
                    each.version().orElse(""),
                    each.state().name(),
                    "",
                    "",
                    "",
                    reason(each.code(), each.reason()));
        }
        table.print(out);
    }

    /** Those without a jar of their own among them: who waits for a type that no plugin offers stands here only. */
    private static void providers(List<ProviderState> providers, PrintStream out) {
        Table table = new Table("PROVIDER", "PLUGIN", "STATE", "SINCE", "REASON");
        for (ProviderState each : providers) {
            table.row(each.name(), each.plugin(), each.state(), since(each.since()), each.reason());
        }
        table.print(out);
    }

    private static Table head() {
        return new Table("FILE", "ID", "VERSION", "STATE", "SINCE", "OFFERS", "CALLS", "LAST ERROR");
    }

    private static String since(Instant since) {
        return since.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static boolean isRunning(String state) {
        return state.equals("LIVE") || state.equals("DRAINING");
    }

    private static String reason(String code, String reason) {
        return code.isEmpty() ? reason : reason.isEmpty() ? code : code + ": " + reason;
    }
}
