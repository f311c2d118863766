// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.PluginFolder.Listener;
import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Path;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which plugin of each id runs: the one of the {@link Election} among the jars that lie there ({@link JarIntake}). A newcomer
 * starts beside the one that serves and takes over ({@link PluginStarts}), or does not and everything is as before; who is
 * replaced or taken away goes into the {@link PluginShutdown}. Belongs to the folder's thread, but for what says otherwise.
 */
final class PluginReconciler implements JarIntake.Listener, PluginStarts.Listener {

    /** For who has used up its own limit to say so. */
    static final Duration GRACE = Duration.ofMillis(1_500);

    private final JarLoading loading;
    private final PluginStates states;
    private final Introductions introductions;
    private final Listener listener;
    private final ScheduledExecutorService thread;
    private final JarIntake intake;
    private final PluginStarts starts;
    private final PluginShutdown shutdown;

    private final Map<String, RunningPlugin> running = new HashMap<>();
    private final Set<String> outdated = new HashSet<>(); // started with settings that hold no more
    private @Nullable Runnable whenSettled;
    private boolean decides;
    private boolean isDeciding;
    private boolean closed;

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
        this.introductions = new Introductions(states, listener);
        this.shutdown = new PluginShutdown(states, thread, limit);
        this.intake = new JarIntake(loading, states, introductions, thread, limit, lookSoon, this);
        this.starts = new PluginStarts(loading, introductions, listener, shutdown, thread, limit, this);
    }

    /** Of any thread. */
    Set<String> policies() {
        return introductions.policies();
    }

    /** Whether nobody has looked yet. */
    boolean isBooting() {
        return intake.isBooting();
    }

    /** Returns whether there is something to look at again soon. */
    boolean look(DropFolder.Listing listing) {
        return intake.look(listing);
    }

    void reportStillChanging() {
        intake.reportStillChanging();
    }

    /** @param then told once, when no file waits for anything but a change */
    void whenAllAreSettled(Runnable then) {
        whenSettled = then;
        checkSettled();
    }

    /** Starts those anew whose settings have changed. */
    void reconfigure(Map<String, Settings> settings) {
        Map<String, Settings> before = loading.settings(settings);
        introductions.retainPolicies(settings.keySet());
        Set<String> ids = new LinkedHashSet<>(before.keySet());
        ids.addAll(settings.keySet());
        ids.removeIf(id -> Objects.equals(before.get(id), settings.get(id)));
        intake.retryUnfitBecauseOfSettings();
        for (Jar each : intake.all()) {
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
        if (starts.isStarting(id)) {
            outdated.add(id);
        } else if (resident != null && !closed) {
            start(resident.jar(), resident);
        } else {
            elect(id);
        }
    }

    // what lies there

    @Override
    public void fit(Jar jar) {
        elect(jar.id());
    }

    @Override
    public void left(Jar jar) {
        starts.giveUp(jar);
    }

    @Override
    public void vanished(Jar last) {
        electOthersFrom(last.file(), null); // its earlier content may serve still
        if (last.wasFit()) {
            elect(last.id());
        }
        checkSettled();
    }

    private void electOthersFrom(Path file, @Nullable RunningPlugin but) {
        for (RunningPlugin each : new ArrayList<>(running.values())) {
            if (each != but && each.jar().file().equals(file)) {
                elect(each.id());
            }
        }
    }

    @Override
    public void allRead() {
        if (!decides) {
            decides = true;
            Set<String> ids = new TreeSet<>(); // who comes first to a provider type is the same at every start
            intake.all().stream().filter(Jar::wasFit).forEach(each -> ids.add(each.id()));
            ids.forEach(this::elect);
        }
        checkSettled();
    }

    // who runs

    private void elect(String id) {
        if (closed || !decides || starts.isStarting(id)) { // asked again when that has ended
            return;
        }
        RunningPlugin incumbent = running.get(id);
        boolean isWanted = incumbent != null && isWanted(incumbent);
        List<Jar> candidates = intake.all().stream()
                .filter(each ->
                        each.wasFit() && each.id().equals(id) && each.fault().isEmpty())
                .toList();
        Election<Jar> election =
                Election.of(candidates, incumbent != null && isWanted ? incumbent.jar() : null, othersThan(id));
        election.refused().forEach((jar, fault) -> {
            if (incumbent == null || incumbent.jar() != jar) {
                refuse(jar, fault);
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
            remove(incumbent);
        }
        checkSettled();
    }

    private void refuse(Jar jar, PluginFault fault) {
        jar.takeInspection().ifPresent(InspectedJar::close);
        if (fault.code() == Code.NAME_TAKEN) {
            jar.couldNotStart(fault); // until the holder goes
        }
        states.ended(jar, fault);
    }

    private void remove(RunningPlugin unwanted) {
        String id = unwanted.id();
        running.remove(id);
        listener.gone(unwanted.plugin());
        shutdown.drain(unwanted);
        retryNamesOf(Optional.of(id));
        retryAfter(id);
    }

    /** That serve or are about to. */
    private List<Jar> othersThan(String id) {
        List<Jar> others = new ArrayList<>();
        running.values().forEach(each -> others.add(each.jar()));
        others.addAll(starts.jars());
        others.removeIf(each -> each.id().equals(id));
        return others;
    }

    /** Its file lies there, or in its place something that is not fit to replace it. */
    private boolean isWanted(RunningPlugin resident) {
        Optional<Jar> there = intake.at(resident.jar().file());
        boolean isAnotherPlugin = there.isPresent()
                && there.get().wasFit()
                && !there.get().id().equals(resident.id())
                && running.containsKey(there.get().id())
                && running.get(there.get().id()).jar() == there.get();
        return there.isPresent() && !isAnotherPlugin;
    }

    private void start(Jar jar, @Nullable RunningPlugin incumbent) {
        states.inspected(jar); // it may have been refused because of another until now
        starts.start(jar, incumbent);
    }

    @Override
    public void live(RunningPlugin newcomer) {
        String id = newcomer.id();
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
        electOthersFrom(newcomer.jar().file(), newcomer); // what lay where it lies now had another id
        if (outdated.remove(id)) {
            restart(id);
        }
        elect(id);
        if (before != null) {
            retryNamesOf(Optional.of(id));
        }
    }

    @Override
    public void failed(Jar jar, PluginFault fault) {
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

    // another try

    /** Something that kept jars from running is another now: those have another try. */
    private void retry(BiPredicate<Jar, PluginFault> because) {
        Set<String> ids = new LinkedHashSet<>();
        for (Jar each : intake.all()) {
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

    /** It was about to have them, so others were not started; who could not take over for a name of it is not meant: it never had that. */
    private void retryTypesOf(String id) {
        retry((jar, fault) -> fault.code() == Code.NAME_TAKEN
                && fault.holder().equals(Optional.of(id))
                && !running.containsKey(jar.id()));
    }

    private void checkSettled() {
        Runnable waiting = whenSettled;
        if (waiting != null
                && decides
                && !isDeciding
                && starts.isEmpty()
                && intake.all().stream().allMatch(states::isSettled)) {
            whenSettled = null;
            waiting.run();
        }
    }

    // the end

    /** Of any thread but the folder's. */
    void close(ShutdownUrgency urgency) {
        PluginShutdown.End end = shutdown.end(urgency);
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
        intake.close();
        for (RunningPlugin each : running.values()) {
            listener.gone(each.plugin());
            shutdown.drain(each);
        }
        running.clear();
    }
}
