// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.Jar.Station;
import dev.mcpgateway.kernel.plugin.PluginFolder.Listener;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.kernel.thread.Haste;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which plugin of each id runs: the one of the {@link Election} among the jars that lie there. A newcomer starts beside the
 * one that serves and takes over, or does not and everything is as before; who is replaced or taken away goes into the {@link
 * PluginShutdown}. Belongs to the folder's thread, but for what says otherwise.
 */
final class PluginReconciler implements FolderFiles.Events {

    private static final Log LOG = Log.named("plugin");

    /** A disk that hangs for one file must not keep the others from the first list, which waits 2.5 s. */
    private static final Duration FOR_ALL_TO_SHOW = Duration.ofSeconds(2);

    private static final Duration STILL_CHANGING = Duration.ofSeconds(10);

    /** For who has used up its own limit to say so. */
    static final Duration GRACE = Duration.ofMillis(1_500);

    /** May end differently with other settings. */
    private static final Set<Code> BECAUSE_OF_SETTINGS =
            Set.of(Code.SETTINGS_INVALID, Code.SETTINGS_UNKNOWN, Code.SETTINGS_SCHEMA);

    private final JarLoading loading;
    private final PluginStates states;
    private final Listener listener;
    private final ScheduledExecutorService thread;
    private final Duration limit;
    private final Runnable lookSoon;
    private final FolderFiles places = new FolderFiles(this);
    private final PluginShutdown shutdown;

    private final Map<String, RunningPlugin> running = new HashMap<>();
    private final Map<String, Start> starting = new HashMap<>(); // by the plugin's id
    private final Set<String> outdated = new HashSet<>(); // started with settings that hold no more
    private final Set<String> policies = ConcurrentHashMap.newKeySet(); // of any thread
    private final Set<Jar> unread = new HashSet<>(); // of those at the start
    private @Nullable Runnable whenSettled;
    private boolean isBooting = true;
    private boolean decides;
    private boolean isDeciding;
    private volatile boolean closed;

    private record Start(Jar jar, AbandonableTask errand) {}

    /** @param lookSoon asks for another look at the folder */
    PluginReconciler(
            JarLoading loading,
            PluginStates states,
            Listener listener,
            ScheduledExecutorService thread,
            Duration limit,
            Runnable lookSoon) {
        this.loading = loading;
        this.states = states;
        this.listener = listener;
        this.thread = thread;
        this.limit = limit;
        this.lookSoon = lookSoon;
        this.shutdown = new PluginShutdown(states, thread, limit, this::safely);
    }

    /** Of any thread. */
    Set<String> policies() {
        return Set.copyOf(policies);
    }

    /** Whether nobody has looked yet. */
    boolean isBooting() {
        return isBooting;
    }

    /** Returns whether there is something to look at again soon. */
    boolean look(DropFolder.Listing listing) {
        if (closed) {
            return false;
        }
        boolean isUnsettled = places.look(listing, System.nanoTime());
        if (isBooting) {
            isBooting = false;
            for (Jar each : places.all()) {
                if (each.station() != Station.UNFIT) {
                    unread.add(each);
                }
            }
            later(FOR_ALL_TO_SHOW, this::decide);
            whoIsLeft();
        }
        return isUnsettled;
    }

    /** @param then told once, when no file waits for anything but a change */
    void whenAllAreSettled(Runnable then) {
        whenSettled = then;
        checkSettled();
    }

    void reportStillChanging() {
        for (Jar each : places.all()) {
            if (each.station() == Station.SETTLING) {
                states.ended(each, JarLoading.stillChanging());
            }
        }
    }

    /** Something that kept jars from running is another now: those have another try. */
    private void retry(BiPredicate<Jar, PluginFault> because) {
        Set<String> ids = new LinkedHashSet<>();
        for (Jar each : places.all()) {
            if (each.wasFit()
                    && each.fault().filter(fault -> because.test(each, fault)).isPresent()) {
                each.allowRetry();
                ids.add(each.id());
            }
        }
        together(() -> ids.forEach(this::elect));
    }

    /** Several decisions: what the first leaves undone the next may do, so none of them alone shows that all has settled. */
    private void together(Runnable decisions) {
        boolean isOutermost = !isDeciding;
        isDeciding = true;
        try {
            decisions.run();
        } finally {
            isDeciding = !isOutermost;
        }
        checkSettled();
    }

    /** A name may be free now that a plugin had, or the configuration where it is empty. */
    private void retryNamesOf(Optional<String> holder) {
        retry((jar, fault) -> fault.code() == Code.NAME_TAKEN && fault.holder().equals(holder));
    }

    /** Who could not take over from a plugin that has gone now has nothing to take over any more. */
    private void retryAfter(String id) {
        retry((jar, fault) -> fault.code() == Code.TAKEOVER_FAILED && jar.id().equals(id));
    }

    /** Starts those anew whose settings have changed. */
    void reconfigure(Map<String, Settings> settings) {
        Map<String, Settings> before = loading.settings(settings);
        if (policies.retainAll(settings.keySet())) {
            listener.policiesChanged();
        }
        Set<String> ids = new LinkedHashSet<>(before.keySet());
        ids.addAll(settings.keySet());
        ids.removeIf(id -> Objects.equals(before.get(id), settings.get(id)));
        for (Jar each : places.all()) {
            boolean isUnfitBecauseOfThem = each.station() == Station.UNFIT
                    && each.fault()
                            .filter(fault -> BECAUSE_OF_SETTINGS.contains(fault.code()))
                            .isPresent();
            if (isUnfitBecauseOfThem) {
                each.allowRetry();
                places.unsettled(each, System.nanoTime());
                lookSoon.run();
            }
        }
        for (Jar each : places.all()) {
            if (each.wasFit() && ids.contains(each.id())) {
                each.allowRetry();
                each.takeInspection().ifPresent(InspectedJar::close); // it knows the settings of before
            }
        }
        ids.forEach(this::restart);
        retryNamesOf(Optional.empty());
    }

    private void restart(String id) {
        RunningPlugin resident = running.get(id);
        if (starting.containsKey(id)) {
            outdated.add(id);
        } else if (resident != null && !closed) {
            start(resident.jar(), resident);
        } else {
            elect(id);
        }
    }

    // what has become of files

    @Override
    public void appeared(Jar jar) {
        states.seen(jar);
        later(STILL_CHANGING, () -> {
            if (jar.isCurrent() && jar.station() == Station.SETTLING) {
                states.ended(jar, JarLoading.stillChanging());
            }
        });
    }

    @Override
    public void changed(Jar jar) {
        onRead(jar); // not in the time that the others wait
    }

    @Override
    public void replaced(Jar before) {
        leaves(before);
    }

    @Override
    public void vanished(Jar last) {
        leaves(last);
        for (RunningPlugin each : new ArrayList<>(running.values())) { // its earlier content may serve still
            if (each.jar().file().equals(last.file())) {
                elect(each.id());
            }
        }
        if (last.wasFit()) {
            elect(last.id());
        }
        checkSettled();
    }

    @Override
    public void refused(Jar jar, PluginFault why) {
        states.ended(jar, why);
        onRead(jar);
    }

    @Override
    public void settled(Jar jar) {
        AbandonableTask.run(
                thread,
                "plugin-taking-" + jar.fileName(),
                limit,
                errand -> take(jar, errand),
                hanging -> onUnfit(jar, JarLoading.readTimedOut(limit)));
    }

    private void leaves(Jar jar) {
        states.forget(jar);
        Start start = jar.wasFit() ? starting.get(jar.id()) : null;
        if (start != null && start.jar == jar) {
            start.errand.giveUp(); // the next content need not wait for it
        }
        unread.remove(jar);
        jar.takeInspection().ifPresent(InspectedJar::close);
    }

    /** Of a thread of its own. */
    private void take(Jar jar, AbandonableTask errand) {
        try {
            Optional<StagedJar> staged = loading.stage(jar);
            if (staged.isEmpty()) {
                tell(errand, () -> onUnsettled(jar));
                return;
            }
            InspectedJar inspection = loading.inspect(staged.get(), new Arrival(jar));
            if (errand.isTooLate()) {
                inspection.close();
            } else {
                errand.tell(safely(() -> onFit(jar, staged.get(), inspection)));
            }
        } catch (PluginFault fault) {
            tell(errand, () -> onUnfit(jar, fault));
        } catch (Throwable bug) {
            PluginFault fault = JarLoading.ourBug(jar.fileName(), bug);
            tell(errand, () -> onUnfit(jar, fault));
        }
    }

    /** Of any thread. */
    private final class Arrival implements InspectedJar.Introduction {

        private final Jar jar;
        private String introduced = "";

        Arrival(Jar jar) {
            this.jar = jar;
        }

        @Override
        public void is(String id, PluginVersion version) {
            introduced = id;
            states.introduce(jar, id, version);
        }

        @Override
        public void onConfiguredPolicy() {
            if (policies.add(introduced)) {
                listener.policiesChanged();
            }
        }
    }

    private void onUnsettled(Jar jar) {
        places.unsettled(jar, System.nanoTime());
        onRead(jar);
        lookSoon.run();
    }

    private void onUnfit(Jar jar, PluginFault fault) {
        if (!jar.isCurrent()) {
            return;
        }
        if (couldBeHalfACopy(fault.code()) && !jar.look().isEnough()) {
            jar.doubted(fault);
            lookSoon.run();
        } else {
            jar.markUnfit(fault);
            states.ended(jar, fault);
        }
        onRead(jar);
    }

    private static boolean couldBeHalfACopy(Code code) {
        return code == Code.EMPTY || code == Code.NOT_A_ZIP || code == Code.DAMAGED;
    }

    private void onFit(Jar jar, StagedJar staged, InspectedJar inspection) {
        if (!jar.isCurrent() || closed) {
            inspection.close();
            return;
        }
        jar.markFit(staged, inspection);
        states.inspected(jar);
        onRead(jar);
        elect(jar.id());
    }

    /** At the start nobody is elected before all have shown who they are, or for a while. */
    private void onRead(Jar jar) {
        unread.remove(jar);
        whoIsLeft();
    }

    private void whoIsLeft() {
        if (!isBooting && unread.isEmpty()) {
            decide();
        }
    }

    private void decide() {
        if (!decides) {
            decides = true;
            Set<String> ids = new TreeSet<>(); // who comes first to a provider type is the same at every start
            places.all().stream().filter(Jar::wasFit).forEach(each -> ids.add(each.id()));
            ids.forEach(this::elect);
        }
        checkSettled();
    }

    private void checkSettled() {
        Runnable waiting = whenSettled;
        if (waiting != null
                && decides
                && !isDeciding
                && starting.isEmpty()
                && places.all().stream().allMatch(states::isSettled)) {
            whenSettled = null;
            waiting.run();
        }
    }

    // who runs

    private void elect(String id) {
        if (closed || !decides || starting.containsKey(id)) { // asked again when that has ended
            return;
        }
        RunningPlugin incumbent = running.get(id);
        boolean isWanted = incumbent != null && isWanted(incumbent);
        List<Jar> candidates = places.all().stream()
                .filter(each ->
                        each.wasFit() && each.id().equals(id) && each.fault().isEmpty())
                .toList();
        Election<Jar> election =
                Election.of(candidates, incumbent != null && isWanted ? incumbent.jar() : null, othersThan(id));
        election.refused().forEach((jar, fault) -> {
            if (incumbent == null || incumbent.jar() != jar) {
                jar.takeInspection().ifPresent(InspectedJar::close);
                if (fault.code() == Code.NAME_TAKEN) {
                    jar.couldNotStart(fault); // until the holder goes
                }
                states.ended(jar, fault);
            }
        });
        if (election.winner().isPresent()) {
            Jar winner = election.winner().get();
            if (incumbent == null || !winner.sha256().equals(incumbent.jar().sha256())) {
                start(winner, incumbent);
            } else if (winner != incumbent.jar()) {
                incumbent.movesTo(winner);
                winner.takeInspection().ifPresent(InspectedJar::close);
                states.moved(incumbent);
            }
        } else if (incumbent != null && !isWanted) {
            running.remove(id);
            listener.gone(incumbent.plugin());
            shutdown.drain(incumbent);
            retryNamesOf(Optional.of(id));
            retryAfter(id);
        }
        checkSettled();
    }

    /** That serve or are about to. */
    private List<Jar> othersThan(String id) {
        List<Jar> others = new ArrayList<>();
        running.values().forEach(each -> others.add(each.jar()));
        starting.values().forEach(each -> others.add(each.jar));
        others.removeIf(each -> each.id().equals(id));
        return others;
    }

    /** Its file lies there, or in its place something that is not fit to replace it. */
    private boolean isWanted(RunningPlugin resident) {
        Optional<Jar> there = places.at(resident.jar().file());
        boolean isAnotherPlugin = there.isPresent()
                && there.get().wasFit()
                && !there.get().id().equals(resident.id())
                && running.containsKey(there.get().id())
                && running.get(there.get().id()).jar() == there.get();
        return there.isPresent() && !isAnotherPlugin;
    }

    private void start(Jar jar, @Nullable RunningPlugin incumbent) {
        states.inspected(jar); // it may have been refused because of another until now
        Optional<InspectedJar> kept = jar.takeInspection();
        AbandonableTask errand = AbandonableTask.run(
                thread,
                "plugin-start-" + jar.fileName(),
                limit,
                its -> start(jar, kept, incumbent, its),
                hanging -> onFailed(jar, JarLoading.startTimedOut(jar.fileName(), limit, hanging)));
        starting.put(jar.id(), new Start(jar, errand));
    }

    /** Of a thread of its own. */
    private void start(
            Jar jar, Optional<InspectedJar> kept, @Nullable RunningPlugin incumbent, AbandonableTask errand) {
        Cell cell = null;
        boolean isInTime = false;
        try {
            cell = loading.start(
                    jar.fit().staged(), kept, new Arrival(jar), loader -> shutdown.neverServed(jar, loader));
            if (errand.isTooLate()) {
                shutdown.discard(jar, cell);
                return;
            }
            isInTime = true;
            RunningPlugin newcomer = new RunningPlugin(jar, cell);
            if (incumbent == null) {
                listener.live(newcomer.plugin());
            } else {
                listener.replaced(incumbent.plugin(), newcomer.plugin());
            }
            errand.tell(safely(() -> onLive(newcomer)));
        } catch (InterruptedException givenUp) {
            // said where that was decided
        } catch (Throwable thrown) {
            PluginFault fault = thrown instanceof PluginFault its ? its : JarLoading.ourBug(jar.fileName(), thrown);
            if (cell != null) {
                shutdown.discard(jar, cell);
            }
            if (isInTime || !errand.isTooLate()) {
                errand.tell(safely(() -> onFailed(jar, fault)));
            }
        }
    }

    private void onLive(RunningPlugin newcomer) {
        String id = newcomer.id();
        starting.remove(id);
        if (closed) {
            listener.gone(newcomer.plugin());
            states.live(newcomer);
            shutdown.drain(newcomer);
            return;
        }
        RunningPlugin before = running.put(id, newcomer);
        states.live(newcomer);
        if (before != null) {
            boolean liesThere = before.jar().isCurrent() && before.jar() != newcomer.jar();
            shutdown.drain(before);
            if (liesThere) {
                states.seen(before.jar());
                states.introduce(before.jar(), before.id(), before.jar().version());
            }
        }
        // what lay where it lies now had another id
        for (RunningPlugin each : new ArrayList<>(running.values())) {
            if (each != newcomer && each.jar().file().equals(newcomer.jar().file())) {
                elect(each.id());
            }
        }
        if (outdated.remove(id)) {
            restart(id);
        }
        elect(id);
        if (before != null) {
            retryNamesOf(Optional.of(id));
        }
    }

    private void onFailed(Jar jar, PluginFault fault) {
        starting.remove(jar.id());
        RunningPlugin incumbent = running.get(jar.id());
        if (incumbent != null && incumbent.jar() == jar) {
            states.keepsItsSettings(incumbent, fault);
        } else if (jar.isCurrent()) {
            jar.couldNotStart(fault);
            states.ended(jar, fault);
        }
        together(() -> {
            if (outdated.remove(jar.id())) {
                restart(jar.id());
            }
            elect(jar.id());
            retryTypesOf(jar.id());
        });
    }

    /** It was about to have them, so others were not started; who could not take over for a name of it is not meant: it never had that. */
    private void retryTypesOf(String id) {
        retry((jar, fault) -> fault.code() == Code.NAME_TAKEN
                && fault.holder().equals(Optional.of(id))
                && !running.containsKey(jar.id()));
    }

    // the end

    /** Of any thread but the folder's. */
    void close(Haste haste) {
        PluginShutdown.End end = shutdown.end(haste);
        try {
            thread.submit(() -> closeAll(end)).get(end.left(), TimeUnit.NANOSECONDS);
            shutdown.await(end);
            thread.submit(() -> {}).get(end.left(), TimeUnit.NANOSECONDS); // what they have brought home
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RejectedExecutionException | ExecutionException | TimeoutException e) {
            // closed before, or out of time
        }
        loading.close();
    }

    private void closeAll(PluginShutdown.End end) {
        closed = true;
        shutdown.begin(end);
        places.all().forEach(each -> each.takeInspection().ifPresent(InspectedJar::close));
        for (RunningPlugin each : running.values()) {
            listener.gone(each.plugin());
            shutdown.drain(each);
        }
        running.clear();
    }

    private void later(Duration delay, Runnable task) {
        try {
            thread.schedule(safely(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // nothing comes later any more
        }
    }

    private void tell(AbandonableTask errand, Runnable result) {
        if (!errand.isTooLate()) {
            errand.tell(safely(result));
        }
    }

    /** One thread decides for all plugins: it goes on whatever happens to one of them. */
    Runnable safely(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error bug) {
                LOG.failure(Log.Level.ERROR, "the plugin folder was not looked after", Fields.NONE, bug);
            }
        };
    }
}
