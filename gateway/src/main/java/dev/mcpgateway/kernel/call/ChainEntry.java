// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An open interceptor or observer at its place in a chain; closed when the last chain that it is part of is. Thread-safe. */
final class ChainEntry {

    static final Comparator<ChainEntry> IN_ORDER = Comparator.<ChainEntry>comparingInt(each -> each.order)
            .thenComparing(each -> each.pluginId)
            .thenComparing(each -> each.name);

    private static final Log LOG = Log.named("call");
    /** With that many threads in calls that are over it is stuck: more calls would only take more threads. */
    private static final int STUCK = 16;

    private final String pluginId;
    private final String name;
    private final int order;
    private final boolean failsOpen;
    private final @Nullable Interceptor interceptor;
    private final @Nullable CallObserver observer;
    private final BoundedThreads threads;
    private final AtomicInteger chains = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    private final AtomicBoolean isToldStuck = new AtomicBoolean();

    private ChainEntry(
            String pluginId,
            InterceptorOffer offer,
            @Nullable Interceptor interceptor,
            @Nullable CallObserver observer,
            BoundedThreads threads) {
        this.pluginId = pluginId;
        this.name = offer.name();
        this.order = offer.order();
        this.failsOpen = offer.failsOpen();
        this.interceptor = interceptor;
        this.observer = observer;
        this.threads = threads;
        threads.addUser();
    }

    /**
     * May block; throws what the gate lets through.
     *
     * @param threads of its plugin, on which it is visited
     */
    static ChainEntry open(String pluginId, InterceptorOffer offer, BoundedThreads threads) throws Exception {
        return offer.interceptor().isPresent()
                ? new ChainEntry(pluginId, offer, offer.interceptor().get().open(), null, threads)
                : new ChainEntry(
                        pluginId, offer, null, offer.observer().orElseThrow().open(), threads);
    }

    String pluginId() {
        return pluginId;
    }

    boolean failsOpen() {
        return failsOpen;
    }

    boolean isObserver() {
        return observer != null;
    }

    /** Runs its code: what it makes of a call that is to be made. An observer lets every call pass. */
    <R> Verdict<R> before(CallKind<?, R> kind, InterceptedCall call, JsonValue arguments) throws Exception {
        if (observer != null) {
            observer.begins(call, arguments);
            return Verdict.pass();
        }
        return kind.before(Objects.requireNonNull(interceptor), call, arguments);
    }

    /** Runs its code, which is an interceptor's: what it makes of an answer. */
    <R> R after(CallKind<?, R> kind, InterceptedCall call, JsonValue arguments, R result) throws Exception {
        return kind.after(Objects.requireNonNull(interceptor), call, arguments, result);
    }

    /** Runs its code where it is an observer: this has come of the call. */
    void ended(InterceptedCall call, Outcome outcome) throws Exception {
        if (observer != null) {
            observer.ended(call, new EndingView(outcome));
        }
    }

    BoundedThreads threads() {
        return threads;
    }

    /** A call is over, and its thread has not come back from in here. */
    void keeps() {
        int now = kept.incrementAndGet();
        if (now >= STUCK && isToldStuck.compareAndSet(false, true)) {
            LOG.warn(this + " is stuck: " + now
                    + " of its threads are in calls that are over and do not heed interrupts; "
                    + (failsOpen ? "calls pass it by" : "calls are refused")
                    + " until they end: mend or replace its plugin");
        }
    }

    /** A thread that was kept has come back. */
    void cameBack() {
        if (kept.decrementAndGet() < STUCK) {
            isToldStuck.set(false);
        }
    }

    /** Why no call can go through it; empty where calls can. */
    String trouble() {
        int now = kept.get();
        return now < STUCK ? "" : "is stuck: " + now + " of its threads are in calls that are over";
    }

    void joins() {
        chains.incrementAndGet();
    }

    void leaves() {
        if (chains.decrementAndGet() == 0) {
            close();
        }
    }

    /** May block. */
    void close() {
        try {
            if (interceptor != null) {
                interceptor.close();
            }
            if (observer != null) {
                observer.close();
            }
        } finally {
            threads.removeUser();
        }
    }

    /** For the log and for clients. */
    @Override
    public String toString() {
        return "interceptor '" + name + "' of plugin '" + pluginId + "'";
    }
}
