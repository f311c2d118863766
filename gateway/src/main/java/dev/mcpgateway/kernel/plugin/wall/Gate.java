// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way in and out of a plugin. On the way in it sets the plugin's class loader as the thread's; on the way out
 * it turns whatever was thrown into text and lets only the kernel's and the API's own classes pass. Thread-safe.
 *
 * <p>It lies on the path of every call and costs some tens of nanoseconds: no reflection, no proxies, no streams.
 */
public final class Gate {

    private static final ClassLoader OURS = Gate.class.getClassLoader();

    private final ClassLoader theirs;
    private final ExecutorService executor;
    private final FaultLog faults;
    private final BoundedThreads cancelling;
    private final LongAdder calls = new LongAdder();

    @GuardedBy("this") private int open;

    private volatile boolean closed;

    /**
     * @param pluginId for the names of threads
     * @param theirs the plugin's class loader
     * @param executor the plugin's own, which replaces any that the kernel would lend to its providers
     */
    public Gate(String pluginId, ClassLoader theirs, ExecutorService executor, FaultLog faults) {
        this.theirs = theirs;
        this.cancelling = new BoundedThreads("plugin-" + pluginId + "-cancel-", 1);
        this.executor = executor;
        this.faults = faults;
    }

    /** A plugin's provider, as the kernel may use it. */
    public ProviderOffer gated(ProviderOffer offer) {
        return new ProviderOffer(offer.name(), new GatedOpener(this, offer.name(), offer.opener()));
    }

    /**
     * A plugin's provider type, as the kernel may use it.
     *
     * @param name what the type said it is called, asked once
     * @param check throws {@link IllegalArgumentException} where a provider's settings cannot be used
     */
    public ProviderType gated(String name, ProviderType type, Consumer<ProviderConfig> check) {
        return new GatedType(this, name, type, check);
    }

    /** A plugin's interceptor or observer, as the kernel may use it: opened, it throws {@link ProviderException} and cancellations only. */
    public InterceptorOffer gated(InterceptorOffer offer) {
        InterceptorOffer gated = offer.interceptor().isPresent()
                ? InterceptorOffer.changing(
                        offer.name(),
                        () -> InterceptorGate.<Interceptor>open(
                                this, offer.name(), offer.interceptor().get(), GatedInterceptor::new))
                : InterceptorOffer.observing(
                        offer.name(),
                        () -> InterceptorGate.<CallObserver>open(
                                this, offer.name(), offer.observer().orElseThrow(), GatedObserver::new));
        gated = gated.order(offer.order());
        return offer.failsOpen() ? gated.failingOpen() : gated;
    }

    /** A plugin's transport, as the kernel may use it: opened, it throws nothing, and asks the kernel on the kernel's terms. */
    public TransportOffer gated(TransportOffer offer) {
        return TransportOffer.of(offer.name(), context -> GatedTransport.open(this, offer, context));
    }

    /** How many calls the plugin has not answered yet. */
    public long calls() {
        return calls.sum();
    }

    /**
     * Waits until the kernel has closed everything of the plugin's that it had opened.
     *
     * @param deadlineNanos on the scale of {@link System#nanoTime()}
     * @return false when the time was up before that
     */
    public synchronized boolean awaitUnused(long deadlineNanos) throws InterruptedException {
        while (open > 0) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /** From now on every call is answered with {@link Code#UNAVAILABLE} and nothing goes in any more. */
    public void close() {
        closed = true;
        cancelling.close();
    }

    /** Runs what is the plugin's, with its class loader; what it throws comes out as it is. */
    public <T> T inside(Callable<T> body) throws Exception {
        ClassLoader before = enter();
        try {
            return body.call();
        } finally {
            leave(before);
        }
    }

    /** Runs what is the plugin's; what it throws goes to the log. */
    public void quietly(String what, Runnable body) {
        ClassLoader before = enter();
        try {
            body.run();
        } catch (Throwable thrown) {
            faults.report(what, thrown);
        } finally {
            leave(before);
        }
    }

    /** Runs what a call has left to be done where it is cancelled, soon and on a thread that no call can take. */
    void cancel(Runnable action) {
        if (!cancelling.execute(() -> quietly("cancelling a call", action)) && !closed) {
            warn(
                    "what it has left to be done for calls that are cancelled does not end: 10,000 such actions wait, and no"
                            + " more are taken");
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** The kernel has opened something of the plugin's. */
    synchronized void checkIn() {
        open++;
    }

    /** The kernel has closed something that was checked in. */
    synchronized void checkOut() {
        open--;
        notifyAll();
    }

    void callBegins() {
        calls.increment();
    }

    void callEnds() {
        calls.decrement();
    }

    ExecutorService executor() {
        return executor;
    }

    OpenFailureLog openFailures() {
        return new OpenFailureLog(faults);
    }

    ClassLoader enter() {
        return swap(theirs);
    }

    /** The thread is the plugin's and does the kernel's work from here on, until {@link #leave}. */
    ClassLoader comeHome() {
        return swap(OURS);
    }

    void leave(ClassLoader before) {
        swap(before);
    }

    /**
     * What was thrown, as the kernel may see it: nothing of it is kept but text.
     *
     * @param what for the log
     * @param failed for the client, behind {@code provider 'NAME' }
     */
    ProviderException asText(String what, String failed, Throwable thrown) {
        Throwable bare = unwrapped(thrown);
        if (bare instanceof ProviderException said) {
            Code code = isMissing(said.code()) ? Code.INTERNAL : said.code();
            String text = line(said.getMessage());
            return new ProviderException(code, text.isBlank() ? wordless(code) : text);
        }
        return new ProviderException(Code.INTERNAL, failed + " (ref " + faults.report(what, bare) + ")");
    }

    /** Behind {@code provider 'NAME' }. */
    private static String wordless(Code code) {
        return switch (code) {
            case UNAVAILABLE -> "is unavailable, and does not say why";
            case NOT_FOUND -> "knows nothing of that name";
            case DEADLINE_EXCEEDED -> "was out of time";
            default -> "refused, and does not say why";
        };
    }

    ProviderException gone() {
        return new ProviderException(Code.UNAVAILABLE, "is unavailable: its plugin was stopped");
    }

    void report(String what, Throwable thrown) {
        faults.report(what, thrown);
    }

    void warn(String message) {
        faults.warn(message);
    }

    static String line(@Nullable String text) {
        return text == null ? "" : PlainText.of(text);
    }

    static boolean isCancellation(Throwable thrown) {
        return unwrapped(thrown) instanceof CancellationException;
    }

    /** A plugin compiled without our null checks can say null where the API says never. */
    static boolean isMissing(@Nullable Object value) {
        return value == null;
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable bare = thrown;
        for (int i = 0; i < 8; i++) {
            Throwable cause = isWrapper(bare) ? bare.getCause() : null;
            if (cause == null) {
                return bare;
            }
            bare = cause;
        }
        return bare;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown.getClass() == CompletionException.class || thrown.getClass() == ExecutionException.class;
    }

    private static ClassLoader swap(ClassLoader next) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(next);
        return before;
    }
}
