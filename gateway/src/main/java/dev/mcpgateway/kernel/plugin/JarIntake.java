// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.Jar.Station;
import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What lies in the folder: each file that has settled is copied and inspected, and is fit to be started then, or is not.
 * Belongs to the folder's thread, but for what says otherwise.
 */
final class JarIntake implements FolderFiles.Events {

    /** A disk that hangs for one file must not keep the others from the first list, which waits 2.5 s. */
    private static final Duration FOR_ALL_TO_SHOW = Duration.ofSeconds(2);

    private static final Duration STILL_CHANGING = Duration.ofSeconds(10);

    /** May end differently with other settings. */
    private static final Set<Code> BECAUSE_OF_SETTINGS =
            Set.of(Code.SETTINGS_INVALID, Code.SETTINGS_UNKNOWN, Code.SETTINGS_SCHEMA);

    private final JarLoading loading;
    private final PluginStates states;
    private final Introductions introductions;
    private final ScheduledExecutorService thread;
    private final Duration limit;
    private final Runnable lookSoon;
    private final Listener listener;
    private final FolderFiles files = new FolderFiles(this);
    private final Set<Jar> unread = new HashSet<>(); // of those at the start
    private boolean isBooting = true;
    private boolean closed;

    /** Hears what has become of jars. */
    interface Listener {

        /** It has been inspected and may be started. */
        void fit(Jar jar);

        /** It does not lie there any more, or not as it was. */
        void left(Jar jar);

        /** Nothing lies in its place; it has left before. */
        void vanished(Jar last);

        /** Of the files at the start none is being read any more, or not in time; told again whenever one has been read later. */
        void allRead();
    }

    /** @param lookSoon asks for another look at the folder */
    JarIntake(
            JarLoading loading,
            PluginStates states,
            Introductions introductions,
            ScheduledExecutorService thread,
            Duration limit,
            Runnable lookSoon,
            Listener listener) {
        this.loading = loading;
        this.states = states;
        this.introductions = introductions;
        this.thread = thread;
        this.limit = limit;
        this.lookSoon = lookSoon;
        this.listener = listener;
    }

    /** Whether nobody has looked yet. */
    boolean isBooting() {
        return isBooting;
    }

    /** What lies there now, settled or not. */
    List<Jar> all() {
        return files.all();
    }

    Optional<Jar> at(Path file) {
        return files.at(file);
    }

    /** Returns whether there is something to look at again soon. */
    boolean look(DropFolder.Listing listing) {
        if (closed) {
            return false;
        }
        boolean isUnsettled = files.look(listing, System.nanoTime());
        if (isBooting) {
            isBooting = false;
            for (Jar each : files.all()) {
                if (each.station() != Station.UNFIT) {
                    unread.add(each);
                }
            }
            later(FOR_ALL_TO_SHOW, listener::allRead);
            whoIsLeft();
        }
        return isUnsettled;
    }

    void reportStillChanging() {
        for (Jar each : files.all()) {
            if (each.station() == Station.SETTLING) {
                states.ended(each, JarLoading.stillChanging());
            }
        }
    }

    /** Settings have changed: who was not fit because of them is read again. */
    void retryUnfitBecauseOfSettings() {
        for (Jar each : files.all()) {
            boolean isUnfitBecauseOfThem = each.station() == Station.UNFIT
                    && each.fault()
                            .filter(fault -> BECAUSE_OF_SETTINGS.contains(fault.code()))
                            .isPresent();
            if (isUnfitBecauseOfThem) {
                each.allowRetry();
                files.unsettled(each, System.nanoTime());
                lookSoon.run();
            }
        }
    }

    /** Takes nothing any more. */
    void close() {
        closed = true;
        files.all().forEach(each -> each.takeInspection().ifPresent(InspectedJar::close));
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
        listener.vanished(last);
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
        listener.left(jar);
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
            InspectedJar inspection = loading.inspect(staged.get(), introductions.of(jar));
            if (errand.isTooLate()) {
                inspection.close();
            } else {
                errand.tell(() -> onFit(jar, staged.get(), inspection));
            }
        } catch (PluginFault fault) {
            tell(errand, () -> onUnfit(jar, fault));
        } catch (Throwable bug) {
            PluginFault fault = JarLoading.ourBug(jar.fileName(), bug);
            tell(errand, () -> onUnfit(jar, fault));
        }
    }

    private static void tell(AbandonableTask errand, Runnable result) {
        if (!errand.isTooLate()) {
            errand.tell(result);
        }
    }

    private void onUnsettled(Jar jar) {
        files.unsettled(jar, System.nanoTime());
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
        listener.fit(jar);
    }

    /** At the start nobody is elected before all have shown who they are, or for a while. */
    private void onRead(Jar jar) {
        unread.remove(jar);
        whoIsLeft();
    }

    private void whoIsLeft() {
        if (!isBooting && unread.isEmpty()) {
            listener.allRead();
        }
    }

    private void later(Duration delay, Runnable task) {
        try {
            thread.schedule(PluginFolder.safely(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // nothing comes later any more
        }
    }
}
