// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.Interceptors;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationWatch;
import dev.mcpgateway.kernel.config.GatewaySettings;
import dev.mcpgateway.kernel.config.LaunchEnvironment;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.Protocol;
import dev.mcpgateway.kernel.plugin.LivePlugin;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.process.PluginState;
import dev.mcpgateway.kernel.process.ProviderState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.JoinRefusal;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Haste;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The rooms, wired together. Made, started, closed; in between it serves whoever opens a conversation. */
public final class Gateway implements AutoCloseable {

    private static final Log LOG = Log.named("gateway");
    private static final Log CONFIG = Log.named("config");
    private static final String STAYS = "the configuration stays as it was, because of a mistake in the file:\n";

    /** For how long calls are held back while plugins start: as long as the first list is. */
    private static final Duration HELD = Duration.ofMillis(2_500);

    private final Configuration started;
    private final Path workDir;
    private final Deadlines deadlines = new Deadlines();
    private final Haste haste = new Haste();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final LiveCatalog catalog = new LiveCatalog(this::listsChanged);
    private final RunFile runFile;
    private final Providers providers;
    private final PluginFolder plugins;
    private final Calls calls;
    private final CompletableFuture<Void> booted = new CompletableFuture<>();
    private volatile List<String> required;
    private final Set<String> livePlugins = ConcurrentHashMap.newKeySet();
    private final Set<String> unknownPlugins = ConcurrentHashMap.newKeySet(); // that were told
    private final StartupBarrier firstDiscovery;
    private final Protocol protocol;
    private List<String> forTheNextStart = List.of(); // of the watching thread
    private List<PluginState> told = List.of(); // of the folder's thread
    private List<ProviderState> toldProviders = List.of(); // likewise
    private final Strangers strangers = new Strangers(LOG::warn);
    private Optional<String> refusal; // guarded by this
    private volatile boolean hasBooted;
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
                configuration.providers(), deadlines, runFile, haste, this::offersChanged, this::providerHasNews);
        plugins = new PluginFolder(
                settings.pluginsDir(), workDir, settings.pluginsAllow(), configuration.plugins(), new Plugins());
        firstDiscovery = new StartupBarrier(providers.firstDiscovery(), deadlines, workers);
        calls = new Calls(catalog, firstDiscovery, deadlines, workers, settings.payloadLimit());
        protocol = new Protocol(
                catalog,
                calls,
                new StartupBarrier(booted, deadlines, workers),
                firstDiscovery,
                settings.toolNames(),
                ProductVersion.current());
        boolean mayMissPolicies =
                !required.isEmpty() || !configuration.plugins().isEmpty();
        refusal = mayMissPolicies ? Optional.of("plugins that may have a say in calls are starting") : Optional.empty();
        calls.refuse(refusal);
    }

    /** Starts providers and plugins; returns at once. */
    public void start() {
        booted.completeOnTimeout(
                null, HELD.toMillis(), TimeUnit.MILLISECONDS); // one jar that hangs holds calls no longer
        Thread.ofPlatform().daemon().name("boot").start(this::boot);
        Thread.ofPlatform().daemon().name("warm-up").start(SchemaRegistry::warmUp); // while providers start
    }

    /** From now on a change of the configuration file is taken up while calls go on. */
    public synchronized void watchConfiguration() {
        if (closed || watch != null) {
            return;
        }
        watch = ConfigurationWatch.start(started, LaunchEnvironment.variables(), new ConfigurationWatch.Listener() {
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

    /** Reads the configuration file now, where its changes are taken up; returns at once. */
    public synchronized void readConfiguration() {
        if (watch != null) {
            watch.lookNow();
        }
    }

    /** From now on plugins come and go with the files in the plugin folder. */
    public void watchPlugins() {
        plugins.watch();
    }

    /** Every file of the plugin folder and every plugin, with its state. */
    public List<PluginFile> pluginFiles() {
        return plugins.files();
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

    public Workers workers() {
        return workers;
    }

    public Catalog catalog() {
        return catalog.get();
    }

    public Calls calls() {
        return calls;
    }

    public StartupBarrier firstDiscovery() {
        return firstDiscovery;
    }

    public Protocol protocol() {
        return protocol;
    }

    /** From now on its end takes less time: a signal has come. */
    public void hurry() {
        haste.hurry();
    }

    /** Kills its provider processes, now: it is about to be killed itself. */
    public void kill() {
        providers.kill();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (watch != null) {
                watch.close();
            }
        }
        providers.close(() -> plugins.close(haste));
        catalog.close();
        workers.close();
        deadlines.close();
        runFile.close();
    }

    private void boot() {
        providers.start();
        plugins.boot();
        hasBooted = true; // from here on what is missing is not on its way any more
        refuseWhileSomethingIsMissing();
        booted.complete(null); // those that are held go on, and find what was decided
        providers.allPluginsJoined();
        warnOfUnknownPlugins(started);
        strangers.warnOfWriters(started);
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
        plugins.reconfigure(now.plugins());
        warnOfUnknownPlugins(now);
        strangers.warnOfWriters(now);
        required = now.gateway().require();
        refuseWhileSomethingIsMissing();
        List<String> later = now.needsRestart(started);
        if (!later.isEmpty() && !later.equals(forTheNextStart)) {
            tell(Log.Level.WARN, "restart the gateway for changes of " + String.join(", ", later));
        }
        forTheNextStart = later;
    }

    /** Its settings may come before the jar; but a policy that is misspelled is none. */
    private void warnOfUnknownPlugins(Configuration configuration) {
        UnknownIds.of(configuration.plugins().keySet(), plugins.files()).forEach((id, what) -> {
            if (unknownPlugins.add(id)) {
                tell(Log.Level.WARN, configuration.file() + ": plugins: " + what + "; its settings wait for it");
            }
        });
    }

    private void tell(Log.Level level, String text) {
        CONFIG.log(level, text, Fields.NONE);
        protocol.say(level == Log.Level.WARN, "config", text);
    }

    /** A missing policy fails closed: at the start and at any time. */
    private synchronized void refuseWhileSomethingIsMissing() {
        if (!hasBooted) {
            return;
        }
        List<String> missing = new ArrayList<>();
        for (String id : new TreeSet<>(required)) {
            if (!livePlugins.contains(id)) {
                missing.add("plugin " + id + " is required (gateway.require) and not live");
            }
        }
        for (String id : new TreeSet<>(plugins.policies())) {
            if (!livePlugins.contains(id) && !required.contains(id)) {
                missing.add("plugin " + id
                        + " is required (it has a say in calls, and settings under plugins:) and not live");
            }
        }
        Optional<String> now = missing.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("; ", missing) + " (mcp-gateway plugins says why)");
        if (now.equals(refusal)) {
            return;
        }
        refusal = now;
        calls.refuse(now);
        LOG.log(
                now.isPresent() ? Log.Level.WARN : Log.Level.INFO,
                now.map(why -> "nothing is served: " + why)
                        .orElse("everything is served: all required plugins are live"),
                Fields.NONE);
        protocol.allListsChanged();
    }

    /** What plugins bring is used, and is not any more. */
    private final class Plugins implements PluginFolder.Listener {

        @Override
        public void live(LivePlugin plugin) throws PluginFault, InterruptedException {
            Interceptors.Prepared around = prepare(plugin, Code.OPEN_FAILED, "its ");
            around.use(); // before anything is called that they may have a say in
            boolean hasJoined = false;
            try {
                Optional<JoinRefusal> clash = providers.join(plugin.id(), plugin.providers(), plugin.providerTypes());
                if (clash.isPresent()) {
                    throw PluginFault.nameTaken(
                            clash.get().reason(), clash.get().holder());
                }
                hasJoined = true;
            } finally {
                if (!hasJoined) {
                    calls.interceptors().leave(plugin.id());
                }
            }
            livePlugins.add(plugin.id());
            refuseWhileSomethingIsMissing();
        }

        @Override
        public void replaced(LivePlugin before, LivePlugin now) throws PluginFault, InterruptedException {
            String keeps = "version " + before.version() + " serves on, since with this one ";
            Interceptors.Prepared around = prepare(now, Code.TAKEOVER_FAILED, keeps);
            Optional<JoinRefusal> trouble = Optional.empty();
            boolean isDecided = false;
            try {
                trouble = providers.replace(now.id(), now.providers(), now.providerTypes());
                isDecided = true;
            } finally {
                if (isDecided && trouble.isEmpty()) {
                    around.use();
                } else {
                    around.abandon();
                }
            }
            if (trouble.isPresent()) {
                String reason = keeps + trouble.get().reason();
                throw trouble.get().isNameTaken()
                        ? PluginFault.nameTaken(reason, trouble.get().holder())
                        : new PluginFault(Code.TAKEOVER_FAILED, reason);
            }
        }

        private Interceptors.Prepared prepare(LivePlugin plugin, Code code, String before)
                throws PluginFault, InterruptedException {
            try {
                return calls.interceptors().prepare(plugin.id(), plugin.interceptors());
            } catch (ProviderException refused) {
                throw new PluginFault(code, before + refused.getMessage());
            }
        }

        @Override
        public void gone(LivePlugin plugin) {
            livePlugins.remove(plugin.id());
            refuseWhileSomethingIsMissing();
            providers.leave(plugin.id());
            calls.interceptors().leave(plugin.id());
        }

        @Override
        public void policiesChanged() {
            refuseWhileSomethingIsMissing();
        }

        @Override
        public void filesChanged(List<PluginFile> files) {
            strangers.warnOfWriters(files);
            List<PluginState> now = files.stream().map(Gateway.this::state).toList();
            List<ProviderState> beside = providers.states();
            if (!now.equals(told) || !beside.equals(toldProviders)) {
                told = now;
                toldProviders = beside;
                runFile.tell(now, beside);
            }
        }
    }

    private PluginState state(PluginFile file) {
        Optional<String> trouble =
                file.state() == PluginFile.State.LIVE && file.code().isEmpty()
                        ? file.id().flatMap(this::trouble)
                        : Optional.empty();
        return new PluginState(
                String.valueOf(file.file().getFileName()),
                file.id().orElse(""),
                file.version().orElse(""),
                file.state().name(),
                file.code(),
                trouble.orElse(file.reason()),
                file.since(),
                file.offers(),
                file.calls());
    }

    private Optional<String> trouble(String pluginId) {
        return providers.trouble(pluginId).or(() -> calls.interceptors().trouble(pluginId));
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
