// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationWatch;
import dev.mcpgateway.kernel.config.GatewaySettings;
import dev.mcpgateway.kernel.config.LaunchEnvironment;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.MemoryBudget;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import dev.mcpgateway.kernel.listen.Doors;
import dev.mcpgateway.kernel.listen.Serving;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.Protocol;
import dev.mcpgateway.kernel.mcp.RemoteSessions;
import dev.mcpgateway.kernel.mcp.Sessions;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.remote.BodyBudget;
import dev.mcpgateway.kernel.remote.RemoteClients;
import dev.mcpgateway.kernel.schema.SchemaRegistry;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    private final ShutdownUrgency urgency = new ShutdownUrgency();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final MemoryBudget budget = new MemoryBudget();
    private final LiveCatalog catalog = new LiveCatalog(this::listsChanged);
    private final RunFile runFile;
    private final Providers providers;
    private final PluginFolder plugins;
    private final Calls calls;
    private final CompletableFuture<Void> booted = new CompletableFuture<>();
    private final RequiredPlugins required;
    private final Set<String> unknownPlugins = ConcurrentHashMap.newKeySet(); // that were told
    private final StartupBarrier firstDiscovery;
    private final Protocol protocol;
    private final Sessions sessions;
    private final RemoteSessions remoteSessions;
    private final Optional<Doors> doors;
    private List<String> forTheNextStart = List.of(); // of the watching thread
    private final FileAccessWarnings accessWarnings = new FileAccessWarnings(LOG::warn);

    @GuardedBy("this") private @Nullable ConfigurationWatch watch;

    @GuardedBy("this") private boolean closed;

    /**
     * For clients that {@link #connect} alone.
     *
     * @throws IOException when there is no place for the sockets of provider processes; the message says where it looked
     */
    public Gateway(Configuration configuration) throws IOException {
        this(configuration, false, Optional.empty());
    }

    /**
     * For clients of plugins' transports, too.
     *
     * @param address where to listen, in place of what the configuration says; empty for that
     * @throws IOException as above
     */
    public static Gateway listening(Configuration configuration, Optional<String> address) throws IOException {
        return new Gateway(configuration, true, address);
    }

    private Gateway(Configuration configuration, boolean listens, Optional<String> address) throws IOException {
        started = configuration;
        GatewaySettings settings = configuration.gateway();
        workDir = settings.workDir();
        runFile = new RunFile(workDir, configuration.file(), settings.pluginsDir());
        providers = new Providers(
                configuration.providers(), deadlines, runFile, urgency, this::offersChanged, this::providerHasNews);
        firstDiscovery = new StartupBarrier(providers.firstDiscovery(), deadlines, workers);
        calls = new Calls(catalog, firstDiscovery, deadlines, workers, settings.payloadLimit());
        protocol = new Protocol(
                catalog,
                calls,
                new StartupBarrier(booted, deadlines, workers),
                firstDiscovery,
                settings.toolNames(),
                ProductVersion.current());
        sessions = new Sessions(protocol);
        remoteSessions = new RemoteSessions(sessions, this::intake);
        doors = listens ? Optional.of(doors(settings, address)) : Optional.empty();
        boolean mayMissPolicies =
                !settings.require().isEmpty() || !configuration.plugins().isEmpty();
        required = new RequiredPlugins(settings.require(), mayMissPolicies, this::policies, calls, sessions);
        plugins = new PluginFolder(
                settings.pluginsDir(),
                workDir,
                settings.pluginsAllow(),
                configuration.plugins(),
                new PluginUse(providers, calls.interceptors(), doors, required, accessWarnings, runFile));
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
                sessions.complain("config", STAYS + text);
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

    /**
     * A client has come, by whatever transport.
     *
     * @param notifications where it is told what answers nothing
     * @return what takes in its messages
     */
    public Intake connect(NotificationSink notifications) {
        return intake(sessions.open(notifications));
    }

    private Intake intake(Conversation conversation) {
        return new Intake(conversation, deadlines, workers, budget);
    }

    /** Where clients come in by transports of plugins. */
    public Doors doors() {
        return doors.orElseThrow();
    }

    /** What clients of plugins' transports still wait for is answered: the gateway ends. */
    public void stopSessions() {
        remoteSessions.stop();
    }

    private Doors doors(GatewaySettings settings, Optional<String> address) {
        BodyBudget bodies = new BodyBudget();
        return new Doors(
                new Serving(
                        () -> new RemoteClients(remoteSessions, bodies),
                        settings.payloadLimit() + Intake.ENVELOPE,
                        this::health),
                address);
    }

    private TransportContext.Health health() {
        return new ServingHealth(
                doors().isOpen() && required.areLive(),
                remoteSessions.count(),
                remoteSessions.streams(),
                doors().connections());
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

    public StartupBarrier firstDiscovery() {
        return firstDiscovery;
    }

    /** Completes when the first list of tools has been answered, of whatever client. */
    public CompletableFuture<Void> firstList() {
        return protocol.firstList();
    }

    /** From now on its end takes less time: a signal has come. */
    public void hurry() {
        urgency.hurry();
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
        doors.ifPresent(Doors::close);
        providers.close(() -> plugins.close(urgency));
        catalog.close();
        workers.close();
        deadlines.close();
        runFile.close();
    }

    private void boot() {
        providers.start();
        plugins.boot();
        required.onBooted();
        booted.complete(null); // those that are held go on, and find what was decided
        doors.ifPresent(this::warnIfNobodyCanCome);
        providers.allPluginsJoined();
        warnOfUnknownPlugins(started);
        accessWarnings.warnOfWriters(started);
        RunFile.endOrphans(workDir);
        SocketFolder.deleteStale();
    }

    private void warnIfNobodyCanCome(Doors there) {
        if (!there.first().isDone()) {
            LOG.warn("no client can come: no plugin in " + started.gateway().pluginsDir()
                    + " has a transport for them; put http-transport there");
        }
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
        accessWarnings.warnOfWriters(now);
        required.require(now.gateway().require());
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
        sessions.say(level == Log.Level.WARN, "config", text);
    }

    private Set<String> policies() {
        return plugins.policies();
    }

    private void offersChanged(List<Slot> slots) {
        catalog.rebuild(slots);
        firstDiscovery.lookAgain();
    }

    private void listsChanged() {
        sessions.listsChanged();
    }

    private void providerHasNews(Providers.News news) {
        sessions.say(news.isWarning(), "provider", news.text());
    }
}
