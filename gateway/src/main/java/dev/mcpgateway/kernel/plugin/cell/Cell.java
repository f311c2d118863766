// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.wall.FaultLog;
import dev.mcpgateway.kernel.plugin.wall.Gate;
import dev.mcpgateway.kernel.settings.ListenSettings;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** A running plugin and everything that was made for it. Thread-safe. */
public final class Cell {

    private static final long THREADS_END_NANOS = TimeUnit.SECONDS.toNanos(1);

    static {
        silencePf4j();
    }

    private final String id;
    private final PhantomReference<ClassLoader> loader;
    private final Optional<ListenSettings> listen;
    private final FaultLog faults;
    private final PluginThreads threads;
    private final Gate gate;
    private final Pf4jAdapter guest;
    private final SingleJarManager pf4j;

    /**
     * Loads the jar, makes the plugin's object and asks for its offers, all on this thread, which the plugin may block
     * for as long as it likes: use one that can be given up, and that ends afterwards.
     *
     * @param jar a copy that does not change any more
     * @param unstarted is told of the loader where that fails, when it has been closed
     */
    public static Cell start(InspectedJar inspection, Path jar, Consumer<PhantomReference<ClassLoader>> unstarted)
            throws PluginFault, InterruptedException {
        Cell cell = new Cell(inspection, jar, loader(inspection.id(), jar));
        Thread.currentThread().setContextClassLoader(cell.pf4j.getPluginClassLoader(cell.id));
        cell.pf4j.startPlugin(cell.id);
        if (cell.guest.fault().isPresent()) {
            Thread.interrupted(); // given up meanwhile: what was loaded must go all the same
            try {
                cell.close(System.nanoTime() + THREADS_END_NANOS);
            } finally {
                unstarted.accept(cell.loader);
            }
            throw cell.guest.fault().get();
        }
        return cell;
    }

    private Cell(InspectedJar inspection, Path jar, URLClassLoader loader) {
        id = inspection.id();
        listen = inspection.listen();
        this.loader = new PhantomReference<>(loader, new ReferenceQueue<>());
        Log log = Log.named("plugin." + id);
        faults = new FaultLog(log);
        threads = new PluginThreads(
                id, loader, (thread, thrown) -> faults.report("its thread " + thread.getName(), thrown));
        gate = new Gate(id, loader, threads.executor(), faults);
        Context context = new Context(id, inspection.settings(), log.asSystemLogger(), threads);
        guest = new Pf4jAdapter(new PluginInstantiator(loader, inspection, faults), context, gate);
        pf4j = new SingleJarManager(id, inspection.version().text(), inspection.pluginClass(), loader, guest);
        pf4j.loadPlugin(jar);
    }

    public List<ProviderOffer> providers() {
        return guest.offers().providers();
    }

    public List<ProviderType> providerTypes() {
        return guest.offers().providerTypes();
    }

    public List<InterceptorOffer> interceptors() {
        return guest.offers().interceptors();
    }

    public List<TransportOffer> clientTransports() {
        return guest.offers().clientTransports();
    }

    /** Where the gateway is to listen for its transport; empty where it has none. */
    public Optional<ListenSettings> listen() {
        return listen;
    }

    /** How many calls the plugin has not answered yet. */
    public long calls() {
        return gate.calls();
    }

    /** What went wrong in it last, in a line; empty where nothing has. */
    public String lastFault() {
        return faults.last();
    }

    /** The loader of its classes, for as long as anybody else keeps it. */
    public PhantomReference<ClassLoader> loader() {
        return loader;
    }

    /** Waits until the kernel has closed all that it had opened; see {@link Gate#awaitUnused}. */
    public boolean awaitUnused(long deadlineNanos) throws InterruptedException {
        return gate.awaitUnused(deadlineNanos);
    }

    /**
     * Closes the plugin, ends its threads and unloads it; what does not end in time is named in the log and left.
     *
     * @param deadlineNanos on the scale of {@link System#nanoTime()}
     */
    public void close(long deadlineNanos) throws InterruptedException {
        gate.close();
        try {
            Thread closing =
                    Thread.ofPlatform().daemon().name("plugin-" + id + "-close").start(guest::close);
            TimeUnit.NANOSECONDS.timedJoin(closing, Math.max(1, deadlineNanos - System.nanoTime()));
            long threadsEnd = Math.min(deadlineNanos, System.nanoTime() + THREADS_END_NANOS);
            threads.close(threadsEnd);
            Set<String> survivors = threads.survivors();
            if (!survivors.isEmpty()) {
                faults.warn("plugin " + id + " was stopped, but these threads of it still run: "
                        + String.join(", ", survivors) + "; it must end them in close()");
            }
        } finally { // also where the thread that waits is given up
            pf4j.unloadPlugin(id);
        }
    }

    /**
     * PF4J logs through SLF4J, which would open every jar of the class path to learn that nobody listens (17 ms). The
     * provider's name goes again, because a plugin may bring an SLF4J of its own. That SLF4J says on standard error that it was
     * told is what stays out: for ever, since another thread may have it look at this moment, and has read half of this.
     */
    private static void silencePf4j() {
        System.setProperty("slf4j.internal.verbosity", "WARN");
        System.setProperty("slf4j.provider", "org.slf4j.nop.NOPServiceProvider");
        LoggerFactory.getILoggerFactory();
        System.clearProperty("slf4j.provider");
    }

    private static URLClassLoader loader(String id, Path jar) {
        try {
            return new URLClassLoader("plugin-" + id, new URL[] {jar.toUri().toURL()}, ApiClassLoader.PARENT);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e); // every file has a URL
        }
    }
}
