// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.ProviderState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.PluginProviders.InPlugin;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All providers: those of the configuration in its order, then those that live in plugins, by plugin id. Starts the
 * processes of those that have a command. Thread-safe.
 */
public final class Providers implements AutoCloseable {

    // How long the end waits: a plugin that hangs in close is left, a process gets its signals.
    private static final Duration INSTANCES_END = Duration.ofMillis(1_500);
    private static final Duration HURRIED = Duration.ofMillis(600);
    private static final Duration PROCESSES_END = Duration.ofSeconds(5);

    /** How long a plugin may take to open a provider: what the API promises. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    /** How long another version of a plugin may take to discover what the one before serves. */
    private static final Duration SUCCESSION = Duration.ofSeconds(5);

    private final ControlThread control;
    private final ShutdownUrgency urgency;
    private final SocketWatch socketWatch;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();

    @GuardedBy("this") private final PluginProviders inPlugins;

    @GuardedBy("this") private final ConfiguredProviders configured;

    @GuardedBy("this") private final List<ProviderLifecycle> leaving = new ArrayList<>();

    @GuardedBy("this") private boolean closed;

    /** Something that an operator wants to know. */
    public record News(boolean isWarning, String text) {}

    /**
     * @param urgency of the end
     * @param changed given all slots in order whenever what is offered, or its availability, has changed; by one thread
     * @param news told in words what has become of providers
     */
    public Providers(
            List<ProviderEntry> entries,
            Deadlines deadlines,
            RunFile runFile,
            ShutdownUrgency urgency,
            Consumer<List<Slot>> changed,
            Consumer<News> news)
            throws IOException {
        this(entries, deadlines, runFile, urgency, changed, news, OPENING);
    }

    /** @param opening how long a plugin may take to open a provider */
    Providers(
            List<ProviderEntry> entries,
            Deadlines deadlines,
            RunFile runFile,
            ShutdownUrgency urgency,
            Consumer<List<Slot>> changed,
            Consumer<News> news,
            Duration opening)
            throws IOException {
        this.urgency = urgency;
        this.control = new ControlThread(() -> changed.accept(slots()), news, opening);
        this.socketWatch = new SocketWatch(control, this::processes, this::replaceProcesses);
        this.inPlugins = new PluginProviders(deadlines, control);
        this.configured = new ConfiguredProviders(entries, inPlugins, deadlines, runFile, urgency, control);
    }

    /** Starts the processes of providers that have a command; returns at once. */
    public synchronized void start() {
        control.run(control::changed); // from here on it is known who is awaited
        socketWatch.start();
        configured.start();
    }

    /**
     * A plugin is live: its types open what waits for them, and its own providers join.
     *
     * @return why it cannot be: then nothing of it has joined
     */
    public synchronized Optional<JoinRefusal> join(
            String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes) {
        Optional<JoinRefusal> clash = inPlugins.clash(pluginId, offers, itsTypes, configured.names());
        if (closed || clash.isPresent()) {
            return clash;
        }
        itsTypes.forEach(configured::acceptType);
        inPlugins.join(pluginId, offers, itsTypes);
        control.run(control::changed);
        return Optional.empty();
    }

    /**
     * Another version of a plugin takes the place of one that has joined. It opens everything beside the instances that
     * serve; when it has discovered all that these serve now, calls go there, and the old instances are closed when their
     * own calls have ended.
     *
     * @return why it cannot take over: then everything is as it was
     */
    public Optional<JoinRefusal> replace(String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes)
            throws InterruptedException {
        Takeovers takeovers = new Takeovers();
        synchronized (this) {
            Optional<JoinRefusal> clash = inPlugins.clash(pluginId, offers, itsTypes, configured.names());
            if (closed || clash.isPresent()) {
                return clash;
            }
            inPlugins.prepare(pluginId, offers, takeovers);
            itsTypes.forEach(type -> configured.prepare(type, takeovers));
        }
        Optional<Takeover> unready;
        try {
            unready = takeovers.awaitReady(SUCCESSION);
        } catch (InterruptedException e) {
            takeovers.abandon();
            throw e;
        }
        if (unready.isPresent()) {
            takeovers.abandon();
            return Optional.of(JoinRefusal.notDiscovered(unready.get().trouble()));
        }
        CountDownLatch changedOver = new CountDownLatch(1);
        synchronized (this) {
            changeOver(pluginId, offers, itsTypes, takeovers);
            control.run(() -> {
                control.changed();
                control.run(changedOver::countDown);
            });
        }
        changedOver.await(SUCCESSION.toNanos(), TimeUnit.NANOSECONDS);
        return Optional.empty();
    }

    @GuardedBy("this") private void changeOver(
            String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes, Takeovers takeovers) {
        inPlugins.addTypes(pluginId, itsTypes);
        itsTypes.forEach(type -> configured.changeOver(type, takeovers));
        Set<String> kept = new HashSet<>();
        itsTypes.forEach(type -> kept.add(type.name()));
        configured.typesAreGone(inPlugins.dropTypes(pluginId, kept));
        inPlugins.changeOver(pluginId, offers, takeovers).forEach(this::leaveWithPlugin);
    }

    /** A plugin goes: calls that it has go on, new ones do not reach it. Returns at once. */
    public synchronized void leave(String pluginId) {
        if (closed) { // all of it is being closed, and nobody is to hear of it any more
            return;
        }
        configured.typesAreGone(inPlugins.dropTypes(pluginId, Set.of()));
        inPlugins.removeAll(pluginId).forEach(this::leaveWithPlugin);
        control.run(control::changed);
    }

    @GuardedBy("this") private void leaveWithPlugin(InPlugin gone) {
        control.say(false, gone.name(), "provider '" + gone.name() + "' is removed with its plugin");
        leave(gone.lifecycle(), "is unavailable: its plugin was removed");
    }

    @GuardedBy("this") private void leaveConfiguration(ConfiguredProvider gone) {
        control.say(false, gone.name(), "provider '" + gone.name() + "' is removed");
        leave(gone.lifecycle(), "is unavailable: it was removed from the configuration");
    }

    @GuardedBy("this") private void leave(ProviderLifecycle lifecycle, String why) {
        leaving.add(lifecycle);
        lifecycle.leave(why, () -> {
            synchronized (this) {
                leaving.remove(lifecycle);
            }
        });
    }

    /** Every plugin there was at the start has joined or failed: whose type is not there yet waits for it. */
    public synchronized void allPluginsJoined() {
        configured.allPluginsJoined();
        CompletableFuture<?>[] all =
                lifecycles().stream().map(ProviderLifecycle::firstDiscovery).toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(all).thenRun(() -> firstDiscovery.complete(null));
    }

    /**
     * Another configuration, while calls go on: who is new comes, who is missing goes, whose entry differs changes over
     * (docs/adr/0017). Returns at once; what becomes of each is told as news.
     */
    public synchronized void reload(List<ProviderEntry> entries) {
        if (closed) {
            return;
        }
        configured.reload(entries).forEach(this::leaveConfiguration);
        control.run(control::changed);
    }

    private synchronized List<SupervisedProcess> processes() {
        return closed
                ? List.of()
                : configured.all().stream()
                        .flatMap(each -> each.child().stream())
                        .toList();
    }

    private synchronized void replaceProcesses(Set<SupervisedProcess> lost) {
        if (!closed) {
            configured.replaceProcesses(lost);
        }
    }

    /** Completes when every provider's first discovery has ended, well or badly. */
    public CompletableFuture<Void> firstDiscovery() {
        return firstDiscovery;
    }

    /** How each provider is doing, in order; for the operator. */
    public synchronized List<ProviderState> states() {
        List<ProviderState> states = new ArrayList<>();
        for (ConfiguredProvider each : configured.all()) {
            String plugin = inPlugins.whoOffers(each.entry().type()).orElse("");
            states.add(state(each.lifecycle(), plugin));
        }
        inPlugins.all().forEach(each -> states.add(state(each.lifecycle(), each.pluginId())));
        return states;
    }

    private static ProviderState state(ProviderLifecycle lifecycle, String pluginId) {
        Status status = lifecycle.slot().status();
        String trouble = lifecycle.trouble();
        return new ProviderState(
                lifecycle.slot().name(),
                pluginId,
                status.state().name(),
                trouble.isEmpty() ? status.reason() : trouble,
                status.since());
    }

    /** What a plugin does wrong with a provider, in words for the operator; the first, where there are several. */
    public synchronized Optional<String> trouble(String pluginId) {
        List<ProviderLifecycle> its = new ArrayList<>();
        inPlugins.all().stream()
                .filter(each -> each.pluginId().equals(pluginId))
                .forEach(each -> its.add(each.lifecycle()));
        for (ConfiguredProvider each : configured.all()) {
            if (inPlugins.whoOffers(each.entry().type()).equals(Optional.of(pluginId))) {
                its.add(each.lifecycle());
            }
        }
        return its.stream()
                .filter(lifecycle -> !lifecycle.trouble().isEmpty())
                .map(lifecycle -> "provider '" + lifecycle.slot().name() + "' " + lifecycle.trouble())
                .findFirst();
    }

    /** All in order. */
    public synchronized List<Slot> slots() {
        return lifecycles().stream().map(ProviderLifecycle::slot).toList();
    }

    /** All in order, but for those that are leaving. */
    @GuardedBy("this") private List<ProviderLifecycle> lifecycles() {
        List<ProviderLifecycle> lifecycles = new ArrayList<>();
        configured.all().forEach(each -> lifecycles.add(each.lifecycle()));
        inPlugins.all().forEach(each -> lifecycles.add(each.lifecycle()));
        return lifecycles;
    }

    /** As {@link #close(Runnable)}, with nothing beside. */
    @Override
    public void close() {
        close(() -> {});
    }

    /**
     * Closes what is open and ends the processes, all at once; takes some 2 s at most where nothing is wrong with the system.
     *
     * @param beside what is closed at the same time
     */
    public void close(Runnable beside) {
        List<Thread> instances = new ArrayList<>();
        List<Thread> processes = new ArrayList<>();
        long begin = System.nanoTime();
        for (ProviderLifecycle lifecycle : end()) {
            instances.add(closer(() -> lifecycle.close("is unavailable: the gateway is stopping")));
            lifecycle.children().forEach(child -> processes.add(closer(child::close)));
        }
        beside.run();
        try {
            urgency.await(() -> instances.stream().noneMatch(Thread::isAlive), begin, INSTANCES_END, HURRIED);
            for (Thread each : processes) {
                each.join(Duration.ofNanos(Math.max(1, begin + PROCESSES_END.toNanos() - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.close();
        Optional<SocketFolder> sockets;
        synchronized (this) {
            sockets = configured.sockets();
        }
        sockets.ifPresent(SocketFolder::close);
    }

    /** Kills all processes, now: the gateway itself is about to be killed. */
    public void kill() {
        end().forEach(lifecycle -> lifecycle.children().forEach(SupervisedProcess::kill));
    }

    private synchronized List<ProviderLifecycle> end() {
        closed = true;
        List<ProviderLifecycle> all = new ArrayList<>(leaving);
        all.addAll(lifecycles());
        return all;
    }

    private static Thread closer(Runnable close) {
        return Thread.ofPlatform().daemon().name("closing").start(close);
    }
}
