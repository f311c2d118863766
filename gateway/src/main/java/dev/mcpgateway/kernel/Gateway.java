package dev.mcpgateway.kernel;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.FirstDiscovery;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.GatewaySettings;
import dev.mcpgateway.kernel.mcp.Protocol;
import dev.mcpgateway.kernel.plugin.LivePlugin;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.process.PluginState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.Providers;
import java.io.IOException;
import java.nio.file.Path;

/** The rooms, wired together. Made, started, closed; in between it serves whoever opens a conversation. */
public final class Gateway implements AutoCloseable {

    private final Path workDir;
    private final Deadlines deadlines = new Deadlines();
    private final LiveCatalog catalog = new LiveCatalog(this::toolsChanged);
    private final RunFile runFile;
    private final Providers providers;
    private final PluginFolder plugins;
    private final Calls calls;
    private final FirstDiscovery firstDiscovery;
    private final Protocol protocol;

    /** @throws IOException when there is no place for the sockets of provider processes; the message says where it looked */
    public Gateway(Configuration configuration) throws IOException {
        GatewaySettings settings = configuration.gateway();
        workDir = settings.workDir();
        runFile = new RunFile(workDir, configuration.file(), settings.pluginsDir());
        providers =
                new Providers(configuration.providers(), deadlines, runFile, catalog::rebuild, this::providerHasNews);
        plugins = new PluginFolder(
                settings.pluginsDir(),
                workDir,
                settings.pluginsAllow(),
                configuration.plugins(),
                new PluginFolder.Listener() {
                    @Override
                    public void live(LivePlugin plugin) {
                        providers.join(plugin.id(), plugin.providers(), plugin.providerTypes());
                    }

                    @Override
                    public void gone(LivePlugin plugin) {}
                });
        firstDiscovery = new FirstDiscovery(providers.firstDiscovery());
        calls = new Calls(catalog, firstDiscovery, settings.payloadLimit());
        protocol = new Protocol(catalog, calls, firstDiscovery, settings.toolNames(), Version.current());
    }

    /** Starts providers and plugins; returns at once. */
    public void start() {
        Thread.ofPlatform().daemon().name("boot").start(this::boot);
    }

    public Deadlines deadlines() {
        return deadlines;
    }

    public Catalog catalog() {
        return catalog.get();
    }

    public Calls calls() {
        return calls;
    }

    public FirstDiscovery firstDiscovery() {
        return firstDiscovery;
    }

    public Protocol protocol() {
        return protocol;
    }

    @Override
    public void close() {
        providers.close();
        plugins.close();
        catalog.close();
        deadlines.close();
        runFile.close();
    }

    private void boot() {
        providers.start();
        plugins.boot();
        providers.allPluginsJoined();
        runFile.tellPlugins(plugins.files().stream().map(Gateway::state).toList());
        RunFile.endOrphans(workDir);
        SocketFolder.deleteStale();
    }

    private static PluginState state(PluginFile file) {
        return new PluginState(
                String.valueOf(file.file().getFileName()),
                file.id().orElse(""),
                file.version().orElse(""),
                file.state().name(),
                file.code(),
                file.reason(),
                file.since());
    }

    private void toolsChanged() {
        protocol.toolsChanged();
    }

    private void providerHasNews(Providers.News news) {
        protocol.say(news.isWarning(), "provider", news.text());
    }
}
