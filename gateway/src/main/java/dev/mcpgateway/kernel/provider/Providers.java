package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.process.ProviderProcess;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.Slot.Terms;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All providers: those of the configuration in its order, then those that live in plugins, by plugin id. Starts the
 * processes of those that have a command. Thread-safe.
 */
public final class Providers implements AutoCloseable {

    private static final Log LOG = Log.named("provider");

    // What a provider in a jar gets, whose plugin has nothing to say about it yet.
    private static final int PERMITS = 15;
    private static final int QUEUE = 1_024;
    private static final Duration TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration REFRESH = Duration.ofSeconds(60);

    private final Deadlines deadlines;
    private final Control control;
    private final RunFile runFile;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();
    private final List<Configured> configured = new ArrayList<>();
    private final List<InPlugin> inPlugins = new ArrayList<>(); // this and all below are guarded by this
    private final List<ProviderProcess> processes = new ArrayList<>();
    private @Nullable SocketFolder sockets;

    /** A provider of the configuration. */
    private record Configured(ProviderEntry entry, Life life, String address) {}

    /** A provider that lives in a jar. */
    private record InPlugin(String pluginId, Life life) {}

    /** Something that an operator wants to know. */
    public record News(boolean isWarning, String text) {}

    /**
     * @param changed given all slots in order whenever what is offered, or its availability, has changed; by one thread
     * @param news told in words what has become of providers
     */
    public Providers(
            List<ProviderEntry> entries,
            Deadlines deadlines,
            RunFile runFile,
            Consumer<List<Slot>> changed,
            Consumer<News> news)
            throws IOException {
        this.deadlines = deadlines;
        this.runFile = runFile;
        this.control = new Control(() -> changed.accept(slots()), news);
        for (ProviderEntry entry : entries) {
            if (entry.enabled()) {
                configured.add(configure(entry));
            }
        }
    }

    private Configured configure(ProviderEntry entry) throws IOException {
        boolean hasProcess = !entry.command().isEmpty();
        String address = entry.address().orElse("");
        if (address.isEmpty() && hasProcess) {
            if (sockets == null) {
                sockets = SocketFolder.create();
            }
            address = sockets.address(configured.size());
        }
        Terms terms = new Terms(
                entry.name(),
                entry.type(),
                address,
                entry.connections() * entry.callsPerConnection(),
                entry.queue(),
                entry.timeout(),
                entry.prefix(),
                entry.refresh());
        return new Configured(entry, new Life(new Slot(terms, deadlines), control, hasProcess), address);
    }

    /** Starts the processes of providers that have a command; returns at once. */
    public synchronized void start() {
        control.run(control::changed); // from here on it is known who is awaited
        for (Configured each : configured) {
            if (each.entry.command().isEmpty()) {
                continue;
            }
            ProviderProcess.Command command = new ProviderProcess.Command(
                    each.entry.name(),
                    each.entry.command(),
                    each.entry.env(),
                    each.entry.workingDirectory(),
                    each.address);
            processes.add(ProviderProcess.start(command, runFile, new ProviderProcess.Events() {
                @Override
                public void listening() {
                    each.life.processListens();
                }

                @Override
                public void died(String reason) {
                    each.life.processDied(reason);
                }
            }));
        }
    }

    /** A plugin is live: its types open what waits for them, and its own providers join. */
    public synchronized void join(String pluginId, List<ProviderOffer> offers, List<ProviderType> types) {
        Map<String, ProviderType> byName = new HashMap<>();
        types.forEach(type -> byName.put(type.name(), type));
        for (Configured each : configured) {
            ProviderType type = byName.get(each.entry.type());
            if (type != null) {
                ProviderConfig config = new Config(each.entry, each.address);
                each.life.canOpen(context -> type.open(config, context));
            }
        }
        Set<String> names = new HashSet<>();
        slots().forEach(slot -> names.add(slot.name()));
        for (ProviderOffer offer : offers) {
            if (!names.add(offer.name())) {
                LOG.log(
                        Log.Level.WARN,
                        "provider '" + offer.name() + "' of plugin '" + pluginId
                                + "' is refused: another provider has this name",
                        Fields.ofProvider(offer.name()));
                continue;
            }
            Life life = new Life(new Slot(termsOf(offer.name()), deadlines), control, false);
            inPlugins.add(new InPlugin(pluginId, life));
            inPlugins.sort(Comparator.comparing(InPlugin::pluginId));
            life.canOpen(offer.opener());
        }
        control.run(control::changed);
    }

    /** Every plugin there was at the start has joined or failed: whose type is not there yet waits for it. */
    public synchronized void allPluginsJoined() {
        configured.forEach(each -> each.life.typeIsMissing());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        configured.forEach(each -> all.add(each.life.firstDiscovery()));
        inPlugins.forEach(each -> all.add(each.life.firstDiscovery()));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRun(() -> firstDiscovery.complete(null));
    }

    /** Completes when every provider's first discovery has ended, well or badly. */
    public CompletableFuture<Void> firstDiscovery() {
        return firstDiscovery;
    }

    /** All in order. */
    public synchronized List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(configured.size() + inPlugins.size());
        configured.forEach(each -> slots.add(each.life.slot()));
        inPlugins.forEach(each -> slots.add(each.life.slot()));
        return slots;
    }

    /** Closes what is open and ends the processes, all at once; takes about 5 s at most. */
    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        synchronized (this) {
            configured.forEach(each -> closing.add(closer(each.life::close)));
            inPlugins.forEach(each -> closing.add(closer(each.life::close)));
            processes.forEach(each -> closing.add(closer(each::close)));
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(6).toNanos();
        try {
            for (Thread each : closing) {
                each.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.close();
        synchronized (this) {
            if (sockets != null) {
                sockets.close();
            }
        }
    }

    private static Thread closer(Runnable close) {
        return Thread.ofPlatform().daemon().name("closing").start(close);
    }

    private static Terms termsOf(String name) {
        return new Terms(name, "plugin", "", PERMITS, QUEUE, TIMEOUT, name, REFRESH);
    }

    /** What a type needs to know of an entry. */
    private record Config(ProviderEntry entry, String reachedAt) implements ProviderConfig {

        @Override
        public String name() {
            return entry.name();
        }

        @Override
        public Optional<String> address() {
            return reachedAt.isEmpty() ? Optional.empty() : Optional.of(reachedAt);
        }

        @Override
        public int connections() {
            return entry.connections();
        }

        @Override
        public int callsPerConnection() {
            return entry.callsPerConnection();
        }

        @Override
        public Optional<Tls> tls() {
            return entry.tls();
        }

        @Override
        public Map<String, Object> settings() {
            return entry.settings();
        }
    }
}
