package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.Staging;
import dev.mcpgateway.kernel.plugin.inspect.Inspection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The plugin folder and the plugins that live from it. Nothing is ever loaded from the folder itself, so what happens
 * to a file there cannot hurt a running plugin. Thread-safe.
 */
public final class PluginFolder implements AutoCloseable {

    private static final Log LOG = Log.named("plugin");
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final DropFolder drop;
    private final Staging staging;
    private final Admission admission;
    private final Map<String, Map<String, Object>> settings;
    private final Listener listener;
    private final Duration limit;
    private final Ledger ledger = new Ledger(StateLine::write);
    private final List<Live> plugins = new ArrayList<>();
    private boolean closed;

    /**
     * Hears of plugins as they come and go, one call at a time, on threads of the folder's; must not block, since the
     * next plugin waits.
     */
    public interface Listener {
        void live(LivePlugin plugin);

        /** Its offers must not be used any more; it is closed next. */
        void gone(LivePlugin plugin);
    }

    private record Live(Path file, String id, String version, Cell cell) implements LivePlugin {
        @Override
        public List<ProviderOffer> providers() {
            return cell.providers();
        }

        @Override
        public List<ProviderType> providerTypes() {
            return cell.providerTypes();
        }
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
            Map<String, Map<String, Object>> settings,
            Listener listener) {
        this(pluginsDir, workDir, allowedSha256, settings, listener, LIMIT);
    }

    /** @param limit for {@link #boot()} and for {@link #close()} */
    PluginFolder(
            Path pluginsDir,
            Path workDir,
            List<String> allowedSha256,
            Map<String, Map<String, Object>> settings,
            Listener listener,
            Duration limit) {
        this.drop = new DropFolder(pluginsDir);
        this.staging = new Staging(workDir);
        this.admission = new Admission(allowedSha256);
        this.settings = settings;
        this.listener = listener;
        this.limit = limit;
    }

    /** What would become of the files in a folder: nothing is copied, logged or loaded. For {@code check} and {@code plugins}. */
    public static List<PluginFile> inspect(
            Path pluginsDir, List<String> allowedSha256, Map<String, Map<String, Object>> settings) {
        return new Preview(allowedSha256, settings).of(pluginsDir);
    }

    /**
     * Takes every file that lies there now, all at the same time. Returns when each is live, refused, failed or
     * ignored, after 10 s at the latest. To be called once.
     */
    public void boot() {
        DropFolder.Listing listing = drop.list();
        listing.warning().ifPresent(LOG::warn);
        listing.ignored().forEach(ledger::ignored);
        if (!listing.jars().isEmpty()) {
            try {
                new Boot(staging, admission, settings, ledger, this::arrived, limit).take(listing.jars());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Every file that was seen, in the order of their names. */
    public List<PluginFile> files() {
        return ledger.files();
    }

    /** Closes all plugins at the same time; returns after 10 s at the latest, and names in the log what still runs. */
    @Override
    public void close() {
        List<Live> leaving;
        synchronized (plugins) {
            closed = true;
            leaving = new ArrayList<>(plugins);
            plugins.clear();
        }
        long deadline = System.nanoTime() + limit.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (Live plugin : leaving) {
            tell("gone", plugin, listener::gone);
            threads.add(Thread.ofPlatform()
                    .daemon()
                    .name("plugin-" + plugin.id() + "-end")
                    .start(() -> end(plugin, deadline)));
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        staging.close();
    }

    private void arrived(Path file, Inspection inspection, Cell cell) throws InterruptedException {
        Live plugin = new Live(file, inspection.id(), inspection.version().text(), cell);
        synchronized (plugins) {
            if (!closed && ledger.live(file)) {
                plugins.add(plugin);
                tell("live", plugin, listener::live);
                return;
            }
        }
        cell.close(System.nanoTime() + limit.toNanos());
    }

    private void end(Live plugin, long deadlineNanos) {
        try {
            plugin.cell().close(deadlineNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ledger.gone(plugin.file());
        }
    }

    /** Never keeps a plugin from coming or going: what the listener throws is a bug of ours. */
    private static void tell(String what, Live plugin, Consumer<LivePlugin> listener) {
        try {
            listener.accept(plugin);
        } catch (RuntimeException e) {
            LOG.failure(Log.Level.ERROR, "plugin " + plugin.id() + " is " + what + ", but not in use", Fields.NONE, e);
        }
    }
}
