// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that are being started, each on a thread of its own, until they serve or do not. Belongs to the folder's thread,
 * but for what says otherwise.
 */
final class PluginStarts {

    private final JarLoading loading;
    private final Introductions introductions;
    private final PluginFolder.Listener folderListener;
    private final PluginShutdown shutdown;
    private final ScheduledExecutorService thread;
    private final Duration limit;
    private final Listener listener;
    private final Map<String, Start> starting = new HashMap<>(); // by the plugin's id

    private record Start(Jar jar, AbandonableTask errand) {}

    /** Hears how starts have ended; they are over then. */
    interface Listener {

        void live(RunningPlugin newcomer);

        void failed(Jar jar, PluginFault fault);
    }

    /** @param folderListener uses what plugins offer: takes a newcomer's before its start is over */
    PluginStarts(
            JarLoading loading,
            Introductions introductions,
            PluginFolder.Listener folderListener,
            PluginShutdown shutdown,
            ScheduledExecutorService thread,
            Duration limit,
            Listener listener) {
        this.loading = loading;
        this.introductions = introductions;
        this.folderListener = folderListener;
        this.shutdown = shutdown;
        this.thread = thread;
        this.limit = limit;
        this.listener = listener;
    }

    boolean isStarting(String id) {
        return starting.containsKey(id);
    }

    boolean isEmpty() {
        return starting.isEmpty();
    }

    List<Jar> jars() {
        List<Jar> jars = new ArrayList<>();
        starting.values().forEach(each -> jars.add(each.jar));
        return jars;
    }

    /** @param incumbent whose place it is to take */
    void start(Jar jar, @Nullable RunningPlugin incumbent) {
        Optional<InspectedJar> kept = jar.takeInspection();
        AbandonableTask errand = AbandonableTask.run(
                thread,
                "plugin-start-" + jar.fileName(),
                limit,
                its -> start(jar, kept, incumbent, its),
                hanging -> onFailed(jar, JarLoading.startTimedOut(jar.fileName(), limit, hanging)));
        starting.put(jar.id(), new Start(jar, errand));
    }

    /** What lies there next need not wait for it. */
    void giveUp(Jar jar) {
        Start start = jar.wasFit() ? starting.get(jar.id()) : null;
        if (start != null && start.jar == jar) {
            start.errand.giveUp();
        }
    }

    /** Of a thread of its own. */
    private void start(
            Jar jar, Optional<InspectedJar> kept, @Nullable RunningPlugin incumbent, AbandonableTask errand) {
        Cell cell = null;
        boolean isInTime = false;
        try {
            cell = loading.start(
                    jar.fit().staged(), kept, introductions.of(jar), loader -> shutdown.neverServed(jar, loader));
            if (errand.isTooLate()) {
                shutdown.discard(jar, cell);
                return;
            }
            isInTime = true;
            RunningPlugin newcomer = new RunningPlugin(jar, cell);
            if (incumbent == null) {
                folderListener.live(newcomer.plugin());
            } else {
                folderListener.replaced(incumbent.plugin(), newcomer.plugin());
            }
            errand.tell(() -> onLive(newcomer));
        } catch (InterruptedException givenUp) {
            // said where that was decided
        } catch (Throwable thrown) {
            PluginFault fault = thrown instanceof PluginFault its ? its : JarLoading.ourBug(jar.fileName(), thrown);
            if (cell != null) {
                shutdown.discard(jar, cell);
            }
            if (isInTime || !errand.isTooLate()) {
                errand.tell(() -> onFailed(jar, fault));
            }
        }
    }

    private void onLive(RunningPlugin newcomer) {
        starting.remove(newcomer.id());
        listener.live(newcomer);
    }

    private void onFailed(Jar jar, PluginFault fault) {
        starting.remove(jar.id());
        listener.failed(jar, fault);
    }
}
