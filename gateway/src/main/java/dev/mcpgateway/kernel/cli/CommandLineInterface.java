// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationException;
import dev.mcpgateway.kernel.config.LaunchEnvironment;
import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.gateway.ProductVersion;
import dev.mcpgateway.kernel.log.LogWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The words of the command line, by picocli. */
public final class CommandLineInterface {

    private CommandLineInterface() {}

    /**
     * Runs what the arguments say.
     *
     * @param stdout the real standard output
     * @return the exit code
     */
    public static int run(String[] args, DescriptorOutput stdout) {
        PrintStream out = new PrintStream(stdout, true, StandardCharsets.UTF_8);
        CommandLine line = new CommandLine(new Root(stdout, out));
        line.setOut(new java.io.PrintWriter(out, true));
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            command.getErr().println(thrown.getMessage());
            return exitCodeOf(thrown);
        });
        line.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE);
        line.getSubcommands().values().forEach(each -> each.getCommandSpec().exitCodeOnInvalidInput(Exit.USAGE));
        return line.execute(args);
    }

    private static int exitCodeOf(Throwable thrown) {
        return thrown instanceof ConfigurationException ? Exit.CONFIG : Exit.OS_ERROR;
    }

    @Command(
            name = "mcp-gateway",
            description = "One MCP endpoint in front of many capability providers.",
            mixinStandardHelpOptions = true,
            versionProvider = VersionLine.class,
            synopsisSubcommandLabel = "[COMMAND]",
            footer = {
                "",
                "Without --config: the file named by MCP_GATEWAY_CONFIG, else the providers.yaml beside bin/.",
                "MCP_GATEWAY_LOG_LEVEL: trace, debug, info (the default), warn or error."
            })
    static final class Root implements Callable<Integer> {

        private final DescriptorOutput stdout;
        private final PrintStream out;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                scope = ScopeType.INHERIT,
                description = "the configuration, e.g. providers.yaml")
        private Optional<String> config = Optional.empty();

        Root(DescriptorOutput stdout, PrintStream out) {
            this.stdout = stdout;
            this.out = out;
        }

        @Override
        public Integer call() {
            return stdio();
        }

        @Command(name = "stdio", description = "serve MCP on stdin and stdout (the default)")
        int stdio() {
            return Stdio.serve(file(), stdout);
        }

        @Command(
                name = "serve",
                description =
                        "serve MCP to all clients that come by transports of plugins, e.g. HTTP, until a signal comes")
        int serve(
                @Option(
                                names = "--listen",
                                paramLabel = "HOST:PORT",
                                description = "where, in place of what the configuration says, e.g. 127.0.0.1:8080")
                        Optional<String> address)
                throws ConfigurationException, IOException {
            return Serve.run(load(), address, System.err);
        }

        @Command(
                name = "check",
                description = "validate the configuration and inspect the plugin folder; exits with 0 or 78")
        int check() throws ConfigurationException {
            return Check.run(load(), out, System.err);
        }

        @Command(name = "list", description = "connect, and print providers, tools, resources and prompts")
        int list(@Option(names = "--json", description = "as one JSON object") boolean json)
                throws ConfigurationException, IOException, InterruptedException {
            try (Connected connected = new Connected(load())) {
                if (json) {
                    Listing.json(connected.gateway().catalog(), out);
                } else {
                    Listing.table(connected.gateway().catalog(), out);
                }
            }
            return Exit.OK;
        }

        @Command(
                name = "call",
                description = "call one tool; the result goes to stdout, an error to stderr with exit code 1")
        int call(
                @Parameters(paramLabel = "NAME", description = "e.g. hello-go.echo.v1") String name,
                @Parameters(
                                paramLabel = "JSON",
                                arity = "0..1",
                                defaultValue = "{}",
                                description = "the arguments, an object; {} by default")
                        String arguments)
                throws ConfigurationException, IOException, InterruptedException {
            try (Connected connected = new Connected(load())) {
                return OneCall.run(
                        connected.gateway().calls(), connected.gateway().deadlines(), name, arguments, out, System.err);
            }
        }

        @Command(
                name = "plugins",
                description = "every file in the plugin folder with its state, in the gateways that run on it")
        int plugins() throws ConfigurationException {
            return PluginTable.run(load(), out, System.err);
        }

        @Command(
                name = "client-config",
                description =
                        "print what a client must be told: claude-desktop, claude-code, vscode, cursor, codex, gemini or"
                                + " inspector")
        int clientConfig(
                @Parameters(paramLabel = "CLIENT", description = "e.g. vscode") String client,
                @Option(
                                names = "--url",
                                paramLabel = "URL",
                                description = "of a gateway that serves, e.g. http://127.0.0.1:8080/mcp")
                        Optional<String> url) {
            List<String> command =
                    new ArrayList<>(List.of(Path.of(System.getProperty("mcpgateway.home", "."), "bin", "mcp-gateway")
                            .toAbsolutePath()
                            .normalize()
                            .toString()));
            config.ifPresent(file -> command.addAll(List.of("--config", file().toString())));
            return ClientConfig.print(client, url, command, out, System.err);
        }

        private Configuration load() throws ConfigurationException {
            return Configuration.load(file(), LaunchEnvironment.variables());
        }

        private Path file() {
            return ConfigFile.named(config);
        }
    }

    static final class VersionLine implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = "mcp-gateway " + ProductVersion.current() + " (Java " + Runtime.version() + ")";
            return ProductVersion.slowStart()
                    .map(why -> new String[] {version, why})
                    .orElse(new String[] {version});
        }
    }

    /** A gateway for one question: started, and ready when every provider has been asked what it offers. */
    private static final class Connected implements AutoCloseable {

        private static final Duration FLUSH = Duration.ofMillis(500);
        /** A plugin's start may take 10 s, and a discovery 2.5 s. */
        private static final Duration LONGEST_START = Duration.ofMillis(12_500);
        /** A start is slow on a machine that is busy: whoever has not answered is asked once more. */
        private static final Duration SECOND_TRY = Duration.ofSeconds(4);

        private static final Duration LOOK = Duration.ofMillis(20);

        private final boolean logs =
                System.getenv("MCP_GATEWAY_LOG_LEVEL") != null; // else a terminal is no place for them
        private final Gateway gateway;
        private final Thread kill = new Thread(this::kill, "kill");

        Connected(Configuration configuration) throws IOException, InterruptedException {
            gateway = new Gateway(configuration);
            Runtime.getRuntime().addShutdownHook(kill); // a Ctrl-C reaches us, and not what we have started
            if (logs) {
                LogWriter.start();
            }
            gateway.start();
            gateway.firstDiscovery().awaitEnd(LONGEST_START);
            long end = System.nanoTime() + SECOND_TRY.toNanos();
            while (isSomeoneSlow() && System.nanoTime() - end < 0) {
                Thread.sleep(LOOK);
            }
        }

        private boolean isSomeoneSlow() {
            return gateway.catalog().slots().stream()
                    .anyMatch(slot -> slot.status().mayBeSlow());
        }

        Gateway gateway() {
            return gateway;
        }

        private void kill() {
            gateway.kill();
        }

        @Override
        public void close() {
            gateway.close();
            try {
                Runtime.getRuntime().removeShutdownHook(kill);
            } catch (IllegalStateException ending) {
                // it runs
            }
            if (logs) {
                LogWriter.close(FLUSH);
            }
        }
    }
}
