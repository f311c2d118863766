// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.process.ProviderProcess;
import dev.mcpgateway.kernel.process.ProviderState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.provider.Slot.Terms;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Haste;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    // How long the end waits: a plugin that hangs in close is left, a process gets its signals.
    private static final Duration INSTANCES_END = Duration.ofMillis(1_500);
    private static final Duration HURRIED = Duration.ofMillis(600);
    private static final Duration PROCESSES_END = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration BETWEEN_REPLACEMENTS = Duration.ofMinutes(1);

    /** How long a plugin may take to open a provider: what the API promises. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    /** How long another version of a plugin may take to discover what the one before serves. */
    private static final Duration SUCCESSION = Duration.ofSeconds(5);

    private final Deadlines deadlines;
    private final Control control;
    private final RunFile runFile;
    private final Haste haste;
    private final CompletableFuture<Void> firstDiscovery = new CompletableFuture<>();
    private final List<Configured> configured = new ArrayList<>(); // this and all below are guarded by this
    private final List<InPlugin> inPlugins = new ArrayList<>();
    private final List<ProviderLifecycle> leaving = new ArrayList<>();
    private final Map<String, OfferedType> types = new HashMap<>();
    private Set<SupervisedProcess> lostBefore = Set.of(); // of one look after the other
    private final Map<String, Long> replaced = new HashMap<>(); // by provider, when its process lost its socket
    private boolean allJoined;
    private boolean closed;
    private @Nullable SocketFolder sockets;
    private int socketsGivenOut;

    /** A provider of the configuration. */
    private record Configured(
            ProviderEntry entry, ProviderLifecycle lifecycle, String address, Optional<SupervisedProcess> child) {

        ProviderOffer.Opener opener(ProviderType type) {
            ProviderConfig config = new Config(entry, address);
            return context -> type.open(config, context);
        }
    }

    /** A provider that lives in a jar. */
    private record InPlugin(String pluginId, ProviderLifecycle lifecycle) {

        boolean is(String id, String name) {
            return pluginId.equals(id) && lifecycle.slot().name().equals(name);
        }
    }

    private record OfferedType(String pluginId, ProviderType type) {}

    /** Something that an operator wants to know. */
    public record News(boolean isWarning, String text) {}

    /**
     * @param haste of the end
     * @param changed given all slots in order whenever what is offered, or its availability, has changed; by one thread
     * @param news told in words what has become of providers
     */
    public Providers(
            List<ProviderEntry> entries,
            Deadlines deadlines,
            RunFile runFile,
            Haste haste,
            Consumer<List<Slot>> changed,
            Consumer<News> news)
            throws IOException {
        this(entries, deadlines, runFile, haste, changed, news, OPENING);
    }

    /** @param opening how long a plugin may take to open a provider */
    Providers(
            List<ProviderEntry> entries,
            Deadlines deadlines,
            RunFile runFile,
            Haste haste,
            Consumer<List<Slot>> changed,
            Consumer<News> news,
            Duration opening)
            throws IOException {
        this.deadlines = deadlines;
        this.runFile = runFile;
        this.haste = haste;
        this.control = new Control(() -> changed.accept(slots()), news, opening);
        for (ProviderEntry entry : entries) {
            if (entry.enabled()) {
                configured.add(configure(entry));
            }
        }
    }

    private Configured configure(ProviderEntry entry) throws IOException {
        String address = addressOf(entry);
        Optional<SupervisedProcess> child = childOf(entry, address);
        return new Configured(
                entry,
                new ProviderLifecycle(new Slot(termsOf(entry, address), deadlines), control, child),
                address,
                child);
    }

    /** Where it is reached; a process that is told no address gets a socket that no other had before it. */
    private String addressOf(ProviderEntry entry) throws IOException {
        if (entry.address().isPresent() || entry.command().isEmpty()) {
            return entry.address().orElse("");
        }
        if (sockets == null || !sockets.isThere()) {
            sockets = SocketFolder.create();
        }
        return sockets.address(socketsGivenOut++);
    }

    private Optional<SupervisedProcess> childOf(ProviderEntry entry, String address) {
        if (entry.command().isEmpty()) {
            return Optional.empty();
        }
        ProviderProcess.Command command = new ProviderProcess.Command(
                entry.name(), entry.command(), entry.env(), entry.workingDirectory(), address);
        return Optional.of(new SupervisedProcess(command, runFile, haste, control));
    }

    /** Starts the processes of providers that have a command; returns at once. */
    public synchronized void start() {
        control.run(control::changed); // from here on it is known who is awaited
        lookAfterSocketsLater();
        for (Configured each : configured) {
            if (each.child.isPresent()) {
                each.child.get().start(each.lifecycle);
            }
        }
    }

    /**
     * A plugin is live: its types open what waits for them, and its own providers join.
     *
     * @return why it cannot be: then nothing of it has joined
     */
    public synchronized Optional<JoinRefusal> join(
            String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes) {
        Optional<JoinRefusal> clash = clash(pluginId, offers, itsTypes);
        if (closed || clash.isPresent()) {
            return clash;
        }
        for (ProviderType type : itsTypes) {
            types.put(type.name(), new OfferedType(pluginId, type));
            of(type.name()).forEach(each -> each.lifecycle.acceptOpener(each.opener(type)));
        }
        offers.forEach(offer -> join(pluginId, offer));
        inOrder();
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
        Map<ProviderLifecycle, Takeover> successions = new LinkedHashMap<>();
        synchronized (this) {
            Optional<JoinRefusal> clash = clash(pluginId, offers, itsTypes);
            if (closed || clash.isPresent()) {
                return clash;
            }
            for (ProviderOffer offer : offers) {
                inPlugin(pluginId, offer.name())
                        .ifPresent(lifecycle -> successions.put(
                                lifecycle, lifecycle.prepare(termsOf(offer.name()), Optional.empty(), offer.opener())));
            }
            for (ProviderType type : itsTypes) {
                for (Configured each : of(type.name())) {
                    successions.put(
                            each.lifecycle,
                            each.lifecycle.prepare(termsOf(each.entry, each.address), each.child, each.opener(type)));
                }
            }
        }
        Optional<Takeover> unready = awaitReady(successions.values());
        if (unready.isPresent()) {
            successions.values().forEach(Takeover::abandon);
            return Optional.of(JoinRefusal.notDiscovered(unready.get().trouble()));
        }
        CountDownLatch changedOver = new CountDownLatch(1);
        synchronized (this) {
            changeOver(pluginId, offers, itsTypes, successions);
            control.run(() -> {
                control.changed();
                control.run(changedOver::countDown);
            });
        }
        changedOver.await(SUCCESSION.toNanos(), TimeUnit.NANOSECONDS);
        return Optional.empty();
    }

    /** The first that is not ready when the time is up. */
    private static Optional<Takeover> awaitReady(Collection<Takeover> all) throws InterruptedException {
        long deadline = System.nanoTime() + SUCCESSION.toNanos();
        Optional<Takeover> unready;
        do {
            unready = all.stream().filter(each -> !each.losesNothing()).findFirst();
            if (unready.isPresent()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } while (unready.isPresent() && System.nanoTime() - deadline < 0);
        return unready;
    }

    private void changeOver(
            String pluginId,
            List<ProviderOffer> offers,
            List<ProviderType> itsTypes,
            Map<ProviderLifecycle, Takeover> successions) {
        for (ProviderType type : itsTypes) {
            types.put(type.name(), new OfferedType(pluginId, type));
            for (Configured each : of(type.name())) {
                Takeover prepared = successions.get(each.lifecycle);
                control.run(() -> {
                    if (prepared == null
                            || !prepared.takeOver()) { // its entry in the configuration has changed meanwhile
                        each.lifecycle.changeOver(new ProviderLifecycle.Changeover(
                                termsOf(each.entry, each.address), each.child, Optional.of(each.opener(type)), false));
                    }
                });
            }
        }
        Set<String> kept = new HashSet<>();
        itsTypes.forEach(type -> kept.add(type.name()));
        dropTypes(pluginId, kept);
        List<InPlugin> before = inPlugins.stream()
                .filter(each -> each.pluginId.equals(pluginId))
                .toList();
        inPlugins.removeAll(before);
        for (ProviderOffer offer : offers) {
            Optional<InPlugin> known = before.stream()
                    .filter(each -> each.is(pluginId, offer.name()))
                    .findFirst();
            if (known.isPresent()) {
                inPlugins.add(known.get());
                Takeover prepared = successions.get(known.get().lifecycle);
                control.run(() -> {
                    if (prepared != null) {
                        prepared.takeOver();
                    }
                });
            } else {
                join(pluginId, offer);
            }
        }
        before.stream().filter(each -> !inPlugins.contains(each)).forEach(this::removed);
        inOrder();
    }

    /** A plugin goes: calls that it has go on, new ones do not reach it. Returns at once. */
    public synchronized void leave(String pluginId) {
        if (closed) { // all of it is being closed, and nobody is to hear of it any more
            return;
        }
        dropTypes(pluginId, Set.of());
        List<InPlugin> its = inPlugins.stream()
                .filter(each -> each.pluginId.equals(pluginId))
                .toList();
        inPlugins.removeAll(its);
        its.forEach(this::removed);
        control.run(control::changed);
    }

    private void dropTypes(String pluginId, Set<String> kept) {
        List<String> dropped = types.entrySet().stream()
                .filter(each -> each.getValue().pluginId.equals(pluginId) && !kept.contains(each.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        for (String type : dropped) {
            types.remove(type);
            of(type).forEach(each -> each.lifecycle.typeIsGone(termsOf(each.entry, each.address)));
        }
    }

    private void removed(InPlugin gone) {
        String name = gone.lifecycle.slot().name();
        control.say(false, name, "provider '" + name + "' is removed with its plugin");
        leaves(gone.lifecycle, "is unavailable: its plugin was removed");
    }

    private void leaves(ProviderLifecycle lifecycle, String why) {
        leaving.add(lifecycle);
        lifecycle.leave(why, () -> {
            synchronized (this) {
                leaving.remove(lifecycle);
            }
        });
    }

    private void join(String pluginId, ProviderOffer offer) {
        ProviderLifecycle lifecycle =
                new ProviderLifecycle(new Slot(termsOf(offer.name()), deadlines), control, Optional.empty());
        inPlugins.add(new InPlugin(pluginId, lifecycle));
        lifecycle.acceptOpener(offer.opener());
    }

    /** By plugin id; those of one plugin in the order of its offers. */
    private void inOrder() {
        inPlugins.sort(Comparator.comparing(InPlugin::pluginId));
    }

    private Optional<ProviderLifecycle> inPlugin(String pluginId, String name) {
        return inPlugins.stream()
                .filter(each -> each.is(pluginId, name))
                .map(InPlugin::lifecycle)
                .findFirst();
    }

    private List<Configured> of(String type) {
        return configured.stream()
                .filter(each -> each.entry.type().equals(type))
                .toList();
    }

    /** What the plugin wants to be called, and somebody else is. */
    private Optional<JoinRefusal> clash(String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes) {
        for (ProviderType type : itsTypes) {
            OfferedType taken = types.get(type.name());
            if (taken != null && !taken.pluginId.equals(pluginId)) {
                return Optional.of(JoinRefusal.nameTakenBy(
                        taken.pluginId,
                        "plugin '" + taken.pluginId + "' offers the provider type '" + type.name()
                                + "' already: remove one of the two"));
            }
        }
        for (ProviderOffer offer : offers) {
            if (configured.stream().anyMatch(each -> each.entry.name().equals(offer.name()))) {
                return Optional.of(JoinRefusal.nameConfigured("the configuration has a provider named '" + offer.name()
                        + "', as this plugin's is: give the one there another name"));
            }
            for (InPlugin each : inPlugins) {
                if (!each.pluginId.equals(pluginId)
                        && each.lifecycle.slot().name().equals(offer.name())) {
                    return Optional.of(JoinRefusal.nameTakenBy(
                            each.pluginId,
                            "plugin '" + each.pluginId + "' has a provider named '" + offer.name()
                                    + "' already: remove one of the two"));
                }
            }
        }
        return Optional.empty();
    }

    /** Every plugin there was at the start has joined or failed: whose type is not there yet waits for it. */
    public synchronized void allPluginsJoined() {
        allJoined = true;
        configured.forEach(each -> each.lifecycle.typeIsMissing());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        configured.forEach(each -> all.add(each.lifecycle.firstDiscovery()));
        inPlugins.forEach(each -> all.add(each.lifecycle.firstDiscovery()));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRun(() -> firstDiscovery.complete(null));
    }

    /**
     * Another configuration, while calls go on: who is new comes, who is missing goes, whose entry differs changes over
     * (docs/adr/0017). Returns at once; what becomes of each is told as news.
     */
    public synchronized void reload(List<ProviderEntry> entries) {
        if (closed) {
            return;
        }
        Map<String, Configured> before = new LinkedHashMap<>();
        configured.forEach(each -> before.put(each.entry.name(), each));
        configured.clear();
        for (ProviderEntry entry : entries) {
            if (entry.enabled()) {
                Configured known = before.remove(entry.name());
                try {
                    if (known == null) {
                        add(entry);
                    } else {
                        configured.add(known.entry.equals(entry) ? known : changed(known, entry));
                    }
                } catch (IOException e) {
                    control.say(
                            true, entry.name(), "provider '" + entry.name() + "' is left as it was: " + e.getMessage());
                    if (known != null) {
                        configured.add(known);
                    }
                }
            }
        }
        before.values().forEach(this::remove);
        control.run(control::changed);
    }

    private void lookAfterSocketsLater() {
        control.schedule(
                () -> control.runBlocking(this::lookAfterSockets), BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Whose socket is gone serves on over its connections, but none can be made anew: another process takes its place. Who stops
     * in good order removes its socket first: so it is looked at twice.
     */
    private void lookAfterSockets() {
        try {
            List<Configured> all;
            synchronized (this) {
                all = closed ? List.of() : List.copyOf(configured);
            }
            Set<SupervisedProcess> lost = new HashSet<>();
            for (Configured each : all) {
                each.child.filter(SupervisedProcess::hasLostItsSocket).ifPresent(lost::add);
            }
            Set<SupervisedProcess> twice = new HashSet<>(lost);
            twice.retainAll(lostBefore);
            lostBefore = lost;
            if (!twice.isEmpty()) {
                replaceThose(twice);
            }
        } finally {
            lookAfterSocketsLater();
        }
    }

    private synchronized void replaceThose(Set<SupervisedProcess> lost) {
        for (int i = 0; i < configured.size() && !closed; i++) {
            Configured each = configured.get(i);
            String name = each.entry.name();
            if (each.child.filter(lost::contains).isPresent() && isTimeToReplace(name)) {
                try {
                    control.say(
                            true,
                            name,
                            "provider '" + name + "': its socket " + each.address
                                    + " was deleted; another process takes its place: keep cleaners away from it");
                    configured.set(i, changed(each, each.entry, false));
                } catch (IOException e) {
                    control.say(true, name, "provider '" + name + "' is left as it was: " + e.getMessage());
                }
            }
        }
    }

    /** A program that deletes its socket itself is not to be started every two seconds. */
    private boolean isTimeToReplace(String name) {
        long now = System.nanoTime();
        Long last = replaced.get(name);
        if (last != null && now - last < BETWEEN_REPLACEMENTS.toNanos()) {
            return false;
        }
        replaced.put(name, now);
        return true;
    }

    private void add(ProviderEntry entry) throws IOException {
        if (inPlugins.stream().anyMatch(each -> each.lifecycle.slot().name().equals(entry.name()))) {
            control.say(
                    true,
                    entry.name(),
                    "provider '" + entry.name() + "' is not added: a plugin has a provider of this name;"
                            + " give it another one");
            return;
        }
        control.say(false, entry.name(), "provider '" + entry.name() + "' is added");
        Configured newcomer = configure(entry);
        configured.add(newcomer);
        OfferedType offered = types.get(entry.type());
        if (offered != null) {
            newcomer.lifecycle.acceptOpener(newcomer.opener(offered.type));
        } else if (allJoined) {
            newcomer.lifecycle.typeIsMissing();
        }
        if (newcomer.child.isPresent()) {
            newcomer.child.get().start(newcomer.lifecycle);
        }
    }

    private Configured changed(Configured known, ProviderEntry entry) throws IOException {
        control.say(false, entry.name(), "provider '" + entry.name() + "' is changed");
        return changed(known, entry, runsTheSame(known.entry, entry));
    }

    private Configured changed(Configured known, ProviderEntry entry, boolean keepsProcess) throws IOException {
        String address = keepsProcess ? known.address : addressOf(entry);
        Optional<SupervisedProcess> child = keepsProcess ? known.child : childOf(entry, address);
        Configured now = new Configured(entry, known.lifecycle, address, child);
        boolean opensTheSame = keepsProcess && new Config(known.entry, known.address).opensTheSame(now);
        if (opensTheSame) {
            known.lifecycle.agree(termsOf(entry, address));
        } else {
            Optional<ProviderOffer.Opener> opener =
                    Optional.ofNullable(types.get(entry.type())).map(offered -> now.opener(offered.type));
            known.lifecycle.changeOver(new ProviderLifecycle.Changeover(
                    termsOf(entry, address), child, opener, !reachesTheSame(known.entry, entry)));
        }
        return now;
    }

    private void remove(Configured gone) {
        control.say(false, gone.entry.name(), "provider '" + gone.entry.name() + "' is removed");
        leaves(gone.lifecycle, "is unavailable: it was removed from the configuration");
    }

    private static boolean runsTheSame(ProviderEntry one, ProviderEntry other) {
        boolean isNoProcess = one.command().isEmpty() && other.command().isEmpty();
        boolean isStartedAlike = one.command().equals(other.command())
                && one.env().equals(other.env())
                && one.workingDirectory().equals(other.workingDirectory());
        return one.address().equals(other.address()) && (isNoProcess || isStartedAlike);
    }

    /** Whether a call that goes the old way is still one that was wanted. */
    private static boolean reachesTheSame(ProviderEntry one, ProviderEntry other) {
        return one.type().equals(other.type())
                && one.address().equals(other.address())
                && one.tls().equals(other.tls())
                && one.settings().equals(other.settings());
    }

    /** Completes when every provider's first discovery has ended, well or badly. */
    public CompletableFuture<Void> firstDiscovery() {
        return firstDiscovery;
    }

    /** How each provider is doing, in order; for the operator. */
    public synchronized List<ProviderState> states() {
        List<ProviderState> states = new ArrayList<>();
        for (Configured each : configured) {
            OfferedType type = types.get(each.entry.type());
            states.add(state(each.lifecycle, type == null ? "" : type.pluginId));
        }
        inPlugins.forEach(each -> states.add(state(each.lifecycle, each.pluginId)));
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
        inPlugins.stream().filter(each -> each.pluginId.equals(pluginId)).forEach(each -> its.add(each.lifecycle));
        for (Configured each : configured) {
            OfferedType type = types.get(each.entry.type());
            if (type != null && type.pluginId.equals(pluginId)) {
                its.add(each.lifecycle);
            }
        }
        return its.stream()
                .filter(lifecycle -> !lifecycle.trouble().isEmpty())
                .map(lifecycle -> "provider '" + lifecycle.slot().name() + "' " + lifecycle.trouble())
                .findFirst();
    }

    /** All in order. */
    public synchronized List<Slot> slots() {
        List<Slot> slots = new ArrayList<>(configured.size() + inPlugins.size());
        configured.forEach(each -> slots.add(each.lifecycle.slot()));
        inPlugins.forEach(each -> slots.add(each.lifecycle.slot()));
        return slots;
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
            haste.await(() -> instances.stream().noneMatch(Thread::isAlive), begin, INSTANCES_END, HURRIED);
            for (Thread each : processes) {
                each.join(Duration.ofNanos(Math.max(1, begin + PROCESSES_END.toNanos() - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        control.close();
        @Nullable SocketFolder made;
        synchronized (this) {
            made = sockets;
        }
        if (made != null) {
            made.close();
        }
    }

    /** Kills all processes, now: the gateway itself is about to be killed. */
    public void kill() {
        end().forEach(lifecycle -> lifecycle.children().forEach(SupervisedProcess::kill));
    }

    private synchronized List<ProviderLifecycle> end() {
        closed = true;
        List<ProviderLifecycle> lifecycles = new ArrayList<>(leaving);
        configured.forEach(each -> lifecycles.add(each.lifecycle));
        inPlugins.forEach(each -> lifecycles.add(each.lifecycle));
        return lifecycles;
    }

    private static Thread closer(Runnable close) {
        return Thread.ofPlatform().daemon().name("closing").start(close);
    }

    private static Terms termsOf(ProviderEntry entry, String address) {
        return new Terms(
                entry.name(),
                entry.type(),
                address,
                entry.connections() * entry.callsPerConnection(),
                entry.queue(),
                entry.timeout(),
                entry.prefix(),
                entry.refresh());
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

        /** Whether a plugin would be told the same. */
        boolean opensTheSame(Configured other) {
            return entry.type().equals(other.entry.type())
                    && reachedAt.equals(other.address)
                    && connections() == other.entry.connections()
                    && callsPerConnection() == other.entry.callsPerConnection()
                    && tls().equals(other.entry.tls())
                    && settings().equals(other.entry.settings());
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
