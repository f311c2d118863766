// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The interceptors of all plugins. They are replaced by one reference write: a call that has begun ends with those that it began
 * with, and these are closed when the last such call has ended. Thread-safe.
 */
public final class Interceptors {

    private static final Duration OPENING = Duration.ofSeconds(10);

    /** What those of one plugin may have at once. */
    private static final int THREADS = 64;

    private final Duration opening;
    private volatile Chain chain = Chain.EMPTY;

    public Interceptors() {
        this(OPENING);
    }

    /** @param opening what those of one plugin may take to open, all together */
    Interceptors(Duration opening) {
        this.opening = opening;
    }

    /** Another version's interceptors: open, but not in use yet. */
    public final class Prepared {

        private final String pluginId;
        private final List<ChainEntry> entries;

        private Prepared(String pluginId, List<ChainEntry> entries) {
            this.pluginId = pluginId;
            this.entries = entries;
        }

        /** Puts them in the place of those that the plugin has in use. */
        public void use() {
            put(pluginId, entries);
        }

        /** Closes them; does not wait for that. */
        public void abandon() {
            PlatformOrVirtual.start("interceptors-end", () -> entries.forEach(ChainEntry::close));
        }
    }

    /**
     * Opens what a plugin offers; may block, for 10 s at most.
     *
     * @throws ProviderException where one cannot be opened: then none is; the message is for the operator
     */
    public Prepared prepare(String pluginId, List<InterceptorOffer> offers) throws InterruptedException {
        long deadline = System.nanoTime() + opening.toNanos();
        BoundedThreads threads = new BoundedThreads("plugin-" + pluginId + "-interceptor-", THREADS);
        List<ChainEntry> entries = new ArrayList<>();
        boolean isComplete = false;
        try {
            for (InterceptorOffer each : offers) {
                try {
                    entries.add(open(pluginId, each, threads, deadline - System.nanoTime()));
                } catch (ProviderException refused) {
                    throw new ProviderException(
                            refused.code(),
                            "interceptor '" + each.name() + "' cannot be opened: " + refused.getMessage());
                }
            }
            isComplete = true;
            return new Prepared(pluginId, entries);
        } finally {
            if (!isComplete) {
                entries.forEach(ChainEntry::close);
            }
        }
    }

    /** On a thread that can be given up: who waits for it starts and replaces plugins. */
    private ChainEntry open(String pluginId, InterceptorOffer offer, BoundedThreads threads, long atMost)
            throws InterruptedException {
        CompletableFuture<ChainEntry> opened = new CompletableFuture<>();
        Thread opener = Thread.ofPlatform().daemon().name("opening-" + pluginId).start(() -> {
            try {
                ChainEntry entry = ChainEntry.open(pluginId, offer, threads);
                if (!opened.complete(entry)) {
                    entry.close(); // too late
                }
            } catch (Throwable thrown) {
                opened.completeExceptionally(thrown);
            }
        });
        try {
            return opened.orTimeout(atMost, TimeUnit.NANOSECONDS).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof TimeoutException) {
                opener.interrupt();
                throw new ProviderException(Code.DEADLINE_EXCEEDED, "it took longer than " + Slot.seconds(opening));
            }
            if (failed.getCause() instanceof ProviderException refused) {
                throw refused;
            }
            throw new IllegalStateException(failed.getCause()); // the gate lets nothing else through
        }
    }

    /** Which of a plugin's interceptors no call can go through, and why; the first, where there are several. */
    public Optional<String> trouble(String pluginId) {
        return chain.entries().stream()
                .filter(each ->
                        each.pluginId().equals(pluginId) && !each.trouble().isEmpty())
                .map(each -> each + " " + each.trouble())
                .findFirst();
    }

    /** A plugin has gone: new calls pass by its interceptors. */
    public void leave(String pluginId) {
        put(pluginId, List.of());
    }

    /**
     * No call is made any more, or calls are made again. One reference says both, this and what stands around a call: a
     * policy that leaves cannot be passed by in between.
     *
     * @param reason for clients; empty where calls are made
     */
    synchronized void refuse(Optional<String> reason) {
        replace(chain.entries(), reason);
    }

    /** Why no call is made now; empty where calls are made. */
    Optional<String> refusal() {
        return chain.refusal();
    }

    /** What a call that begins now has around it; to be left when it has ended, unless it is empty or refuses. */
    Chain enter() {
        while (true) {
            Chain now = chain;
            if (now.isEmpty() || now.refusal().isPresent() || now.enter()) {
                return now;
            }
        }
    }

    private synchronized void put(String pluginId, List<ChainEntry> its) {
        List<ChainEntry> entries = new ArrayList<>(chain.entries());
        boolean had = entries.removeIf(each -> each.pluginId().equals(pluginId));
        if (!had && its.isEmpty()) {
            return;
        }
        entries.addAll(its);
        entries.sort(ChainEntry.IN_ORDER);
        replace(entries, chain.refusal());
    }

    @GuardedBy("this") private void replace(List<ChainEntry> entries, Optional<String> refusal) {
        Chain before = chain;
        chain = entries.isEmpty() && refusal.isEmpty() ? Chain.EMPTY : new Chain(entries, refusal);
        if (!before.isEmpty()) {
            before.leave();
        }
    }
}
