package dev.mcpgateway.kernel.gateway;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.Hold;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationWatch;
import dev.mcpgateway.kernel.config.GatewaySettings;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.Protocol;
import dev.mcpgateway.kernel.plugin.LivePlugin;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.process.PluginState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The rooms, wired together. Made, started, closed; in between it serves whoever opens a conversation. */
public final class Gateway implements AutoCloseable {

    private static final Log LOG = Log.named("gateway");
    private static final Log CONFIG = Log.named("config");
    private static final String STAYS = "the configuration stays as it was, because of a mistake in the file:\n";

    private final Configuration started;
    private final Path workDir;
    private final Deadlines deadlines = new Deadlines();
    private final LiveCatalog catalog = new LiveCatalog(this::listsChanged);
    private final RunFile runFile;
    private final Providers providers;
    private final PluginFolder plugins;
    private final Calls calls;
    private final CompletableFuture<Void> booted = new CompletableFuture<>();
    private final List<String> required;
    private final Hold firstDiscovery;
    private final Protocol protocol;
    private List<String> forTheNextStart = List.of(); // of the watching thread
    private @Nullable ConfigurationWatch watch; // guarded by this
    private boolean closed; // likewise

    /** @throws IOException when there is no place for the sockets of provider processes; the message says where it looked */
    public Gateway(Configuration configuration) throws IOException {
        started = configuration;
        GatewaySettings settings = configuration.gateway();
        workDir = settings.workDir();
        required = settings.require();
        runFile = new RunFile(workDir, configuration.file(), settings.pluginsDir());
        providers = new Providers(
                configuration.providers(), deadlines, runFile, this::offersChanged, this::providerHasNews);
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
        firstDiscovery = new Hold(providers.firstDiscovery());
        calls = new Calls(catalog, firstDiscovery, settings.payloadLimit());
        protocol =
                new Protocol(catalog, calls, new Hold(booted), firstDiscovery, settings.toolNames(), Version.current());
        if (!required.isEmpty()) {
            calls.refuse(Optional.of("required plugins are starting"));
        }
    }

    /** Starts providers and plugins; returns at once. */
    public void start() {
        Thread.ofPlatform().daemon().name("boot").start(this::boot);
        Thread.ofPlatform().daemon().name("warm-up").start(SchemaRegistry::warmUp); // while providers start
    }

    /** From now on a change of the configuration file is taken up while calls go on. */
    public synchronized void watchConfiguration() {
        if (closed || watch != null) {
            return;
        }
        watch = ConfigurationWatch.start(started, System.getenv(), new ConfigurationWatch.Listener() {
            @Override
            public void changed(Configuration now) {
                reload(now);
            }

            @Override
            public void restored() {
                tell(Log.Level.INFO, started.file() + " says again what is in force");
            }

            @Override
            public void refused(String text) {
                CONFIG.log(Log.Level.ERROR, STAYS + text, Fields.NONE);
                protocol.complain("config", STAYS + text);
            }
        });
    }

    /** The longest that a call may take of those that are being made. */
    public Duration longestCall() {
        return providers.slots().stream()
                .map(slot -> slot.terms().timeout())
                .max(Duration::compareTo)
                .orElse(Duration.ofMillis(2_500));
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

    public Hold firstDiscovery() {
        return firstDiscovery;
    }

    public Protocol protocol() {
        return protocol;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (watch != null) {
                watch.close();
            }
        }
        providers.close();
        plugins.close();
        catalog.close();
        deadlines.close();
        runFile.close();
    }

    private void boot() {
        providers.start();
        plugins.boot();
        calls.refuse(missing());
        booted.complete(null);
        providers.allPluginsJoined();
        runFile.tellPlugins(plugins.files().stream().map(Gateway::state).toList());
        RunFile.endOrphans(workDir);
        SocketFolder.deleteStale();
    }

    private void reload(Configuration now) {
        tell(Log.Level.INFO, now.file() + " has changed and is in force");
        try {
            providers.reload(now.providers());
        } catch (RuntimeException | Error bug) { // the watch goes on: the next change may mend it
            CONFIG.failure(Log.Level.ERROR, "the new configuration is in force in part only", Fields.NONE, bug);
        }
        List<String> later = now.needsRestart(started);
        if (!later.isEmpty() && !later.equals(forTheNextStart)) {
            tell(Log.Level.WARN, "restart the gateway for changes of " + String.join(", ", later));
        }
        forTheNextStart = later;
    }

    private void tell(Log.Level level, String text) {
        CONFIG.log(level, text, Fields.NONE);
        protocol.say(level == Log.Level.WARN, "config", text);
    }

    /** Which of the required plugins are not live, in words. */
    private Optional<String> missing() {
        Set<String> missing = new TreeSet<>(required);
        for (PluginFile file : plugins.files()) {
            if (file.state() == PluginFile.State.LIVE) {
                file.id().ifPresent(missing::remove);
            }
        }
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String text = "plugin " + String.join(", ", missing) + " is required (gateway.require) and not live";
        LOG.warn("nothing is served: " + text);
        return Optional.of(text);
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

    private void offersChanged(List<Slot> slots) {
        catalog.rebuild(slots);
        firstDiscovery.lookAgain();
    }

    private void listsChanged() {
        protocol.listsChanged();
    }

    private void providerHasNews(Providers.News news) {
        protocol.say(news.isWarning(), "provider", news.text());
    }
}
