// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.watch.FolderHint;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.kernel.thread.OwningThread;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The plugin folder and the plugins that live from it, at the start and while the gateway runs. Nothing is ever loaded from
 * the folder itself, so what happens to a file there cannot hurt a running plugin. Thread-safe.
 *
 * <p>One thread, {@code plugins}, looks at the folder and decides; what takes time (copying, starting, draining) gets a
 * thread of its own and comes back with its result.
 */
public final class PluginFolder implements AutoCloseable {

    private static final Log LOG = Log.named("plugin");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(125);
    private static final long HINTED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path pluginsDir;
    private final DropFolder drop;
    private final Duration limit;
    private final PluginStates states;
    private final Listener listener;
    private final AtomicBoolean tells = new AtomicBoolean();
    private final PluginReconciler reconciler;
    private final CountDownLatch booted = new CountDownLatch(1);
    private final OwningThread owner = new OwningThread("plugins");
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, owner);

    private Optional<String> warning = Optional.empty(); // this and all below belong to the folder's thread
    private boolean isWatching;
    private @Nullable Future<?> next;
    private long nextAt;

    private final Object hintLock = new Object();

    @GuardedBy("hintLock") private @Nullable FolderHint hint;

    @GuardedBy("hintLock") private boolean isClosed;

    /** Hears of plugins as they come and go; where two have the same id, one call after the other. */
    public interface Listener {

        /**
         * Takes a plugin's offers into use.
         *
         * @throws PluginFault where they cannot be used: it is closed then
         */
        void live(LivePlugin plugin) throws PluginFault, InterruptedException;

        /**
         * Puts another version in the place of one that is live. Returns when new calls go there; the one before is
         * drained next. May take some seconds.
         *
         * @throws PluginFault where the newcomer cannot take over: then everything is as before
         */
        void replaced(LivePlugin before, LivePlugin now) throws PluginFault, InterruptedException;

        /** Its offers must not be used for anything new; it is drained next. Must not block. */
        void gone(LivePlugin plugin);

        /** A jar lets clients in: they may knock from now on, before it is live. On a thread that may wait for the system. */
        default void listens(String pluginId, ListenSettings settings) {}

        /** {@link #policies()} are others. Must not block. */
        default void policiesChanged() {}

        /** What {@link #files()} has changed, calls under way included; on one thread, from time to time. */
        default void filesChanged(List<PluginFile> files) {}
    }

    /**
     * @param workDir where private copies are kept; a temporary folder is used where it cannot be written
     * @param allowedSha256 of the jars that may be loaded, in hexadecimal; when empty, every jar may
     * @param settings of plugins, by their ids
     */
    public PluginFolder(
            Path pluginsDir,
            Path workDir,
            List<String> allowedSha256,
            Map<String, Settings> settings,
            Listener listener) {
        this(pluginsDir, workDir, allowedSha256, settings, listener, LIMIT);
    }

    /** @param limit for {@link #boot()}, the start of a plugin, and {@link #close()} */
    PluginFolder(
            Path pluginsDir,
            Path workDir,
            List<String> allowedSha256,
            Map<String, Settings> settings,
            Listener listener,
            Duration limit) {
        this.pluginsDir = pluginsDir;
        this.drop = new DropFolder(pluginsDir);
        this.limit = limit;
        this.states = new PluginStates(file -> {
            StateLine.write(file);
            tellSoon();
        });
        this.listener = listener;
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.reconciler = new PluginReconciler(
                new JarLoading(workDir, new AllowList(allowedSha256), settings),
                states,
                listener,
                thread,
                limit,
                this::lookSoon);
    }

    /**
     * What would become of the files in a folder.
     *
     * @param isThere whether the folder could be read at all
     * @param warning about the folder itself, one line for the operator
     */
    public record Inspected(boolean isThere, List<PluginFile> files, Optional<String> warning) {}

    /** What would become of the files in a folder: nothing is copied, logged or loaded. For {@code check} and {@code plugins}. */
    public static Inspected inspect(Path pluginsDir, List<String> allowedSha256, Map<String, Settings> settings) {
        return new Preview(allowedSha256, settings).of(pluginsDir);
    }

    /**
     * Takes every file that lies there now, all at the same time. Returns when each is live, refused, failed or
     * ignored, after 10 s at the latest. To be called once.
     */
    public void boot() {
        run(() -> {
            look();
            reconciler.whenAllAreSettled(booted::countDown);
        });
        try {
            if (!booted.await(limit.plus(PluginReconciler.GRACE).toMillis(), TimeUnit.MILLISECONDS)) {
                CountDownLatch said = new CountDownLatch(1);
                run(() -> {
                    reconciler.reportStillChanging();
                    said.countDown();
                });
                said.await(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        booted.countDown();
        tellSoon();
    }

    /** From now on plugins come and go with their files. */
    public void watch() {
        run(() -> {
            if (!isWatching) {
                isWatching = true;
                listen();
                look();
            }
        });
    }

    /** Every file that was seen and every plugin that was loaded, in the order of the files' names. */
    public List<PluginFile> files() {
        return states.files();
    }

    /** Ids of plugins that have settings and intercept calls: to go on without them would be to fail open. */
    public Set<String> policies() {
        return reconciler.policies();
    }

    /**
     * The configuration is another one. Plugins whose settings differ are started anew beside the ones that serve, as if they
     * were another version; a name that was taken may be free now. Returns at once.
     *
     * @param settings of plugins, by their ids
     */
    public void reconfigure(Map<String, Settings> settings) {
        run(() -> reconciler.reconfigure(settings));
    }

    /** As {@link #close(ShutdownUrgency)}, where there is none. */
    @Override
    public void close() {
        close(new ShutdownUrgency());
    }

    /**
     * Closes all plugins at the same time, each when the kernel has closed what it had opened of it; returns after 1.5 s at the
     * latest, in haste after 0.6 s, and names in the log what still runs.
     */
    public void close(ShutdownUrgency urgency) {
        synchronized (hintLock) {
            isClosed = true;
            if (hint != null) {
                hint.close();
            }
        }
        reconciler.close(urgency);
        thread.shutdownNow();
    }

    /** Not where it is being closed already: nobody would end the hint's thread, which holds all that the gateway holds. */
    private void listen() {
        synchronized (hintLock) {
            if (!isClosed) {
                hint = new FolderHint(pluginsDir, () -> run(() -> lookIn(HINTED_NANOS)));
            }
        }
    }

    /** Of the folder's thread. */
    private void look() {
        assert owner.isThis();
        cancelNext();
        boolean isUnsettled = false;
        try {
            isUnsettled = lookAt(drop.list());
        } finally { // whatever happened, the folder is looked at again
            if (isUnsettled && (isWatching || booted.getCount() > 0)) {
                lookIn(SOON_NANOS);
            } else if (isWatching) {
                lookIn(SCAN_NANOS);
            }
        }
        if (isWatching && !isUnsettled) {
            listener.filesChanged(states.files());
        }
    }

    private boolean lookAt(DropFolder.Listing listing) {
        if (!listing.warning().equals(warning)) {
            warning = listing.warning();
            warning.ifPresent(LOG::warn);
        }
        if (!listing.isThere() && !reconciler.isBooting()) {
            return false; // what is live stays: a folder that is not mounted is no order to close everything
        }
        states.ignored(listing.ignored());
        return reconciler.look(listing);
    }

    /** Of any thread, with whatever lock. */
    private void tellSoon() {
        if (booted.getCount() == 0 && tells.compareAndSet(false, true)) {
            run(() -> {
                tells.set(false);
                listener.filesChanged(states.files());
            });
        }
    }

    private void lookSoon() {
        if (isWatching || booted.getCount() > 0) {
            lookIn(SOON_NANOS);
        }
    }

    private void lookIn(long nanos) {
        assert owner.isThis();
        long at = System.nanoTime() + nanos;
        if (next != null && nextAt - at <= 0) {
            return;
        }
        cancelNext();
        nextAt = at;
        try {
            next = thread.schedule(safely(this::look), nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // nothing is taken in any more
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
    }

    private void run(Runnable task) {
        try {
            thread.execute(safely(task));
        } catch (RejectedExecutionException closing) {
            // as above
        }
    }

    /** One thread decides for all plugins: it goes on whatever happens to one of them. */
    static Runnable safely(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error bug) {
                LOG.failure(Log.Level.ERROR, "the plugin folder was not looked after", Fields.NONE, bug);
            }
        };
    }
}
