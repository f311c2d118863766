package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.kernel.provider.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The interceptors of all plugins. They are replaced by one reference write: a call that has begun ends with those that it began
 * with, and these are closed when the last such call has ended. Thread-safe.
 */
public final class Interceptors {

    private static final Duration LONGEST = Duration.ofSeconds(10);

    private volatile Chain chain = Chain.EMPTY;

    /** Another version's interceptors: open, but not in use yet. */
    public final class Prepared {

        private final String pluginId;
        private final List<Stage> stages;

        private Prepared(String pluginId, List<Stage> stages) {
            this.pluginId = pluginId;
            this.stages = stages;
        }

        /** Puts them in the place of those that the plugin has in use. */
        public void use() {
            put(pluginId, stages);
        }

        /** Closes them. May block. */
        public void abandon() {
            stages.forEach(Stage::close);
        }
    }

    /**
     * Opens what a plugin offers; takes 10 s at most.
     *
     * @throws ProviderException where one cannot be opened: then none is; the message is for the operator
     */
    public Prepared prepare(String pluginId, List<InterceptorOffer> offers) throws InterruptedException {
        if (offers.isEmpty()) {
            return new Prepared(pluginId, List.of());
        }
        CompletableFuture<List<Stage>> opening = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().name("interceptors-open").start(() -> {
            try {
                opening.complete(open(pluginId, offers));
            } catch (Throwable thrown) {
                opening.completeExceptionally(thrown);
            }
        });
        try {
            return new Prepared(pluginId, opening.get(LONGEST.toSeconds(), TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            thread.interrupt();
            opening.thenAccept(late -> late.forEach(Stage::close));
            throw new ProviderException(
                    Code.DEADLINE_EXCEEDED,
                    "interceptors cannot be opened: they took more than " + Slot.seconds(LONGEST));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProviderException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause()); // the gate lets nothing else through
        }
    }

    private static List<Stage> open(String pluginId, List<InterceptorOffer> offers) throws Exception {
        List<Stage> stages = new ArrayList<>();
        for (InterceptorOffer each : offers) {
            try {
                stages.add(Stage.open(pluginId, each));
            } catch (ProviderException refused) {
                stages.forEach(Stage::close);
                throw new ProviderException(
                        refused.code(), "interceptor '" + each.name() + "' cannot be opened: " + refused.getMessage());
            }
        }
        return stages;
    }

    /** A plugin has gone: new calls pass by its interceptors. */
    public void leave(String pluginId) {
        put(pluginId, List.of());
    }

    /** What a call that begins now has around it; to be left when it has ended, unless it is empty. */
    Chain enter() {
        while (true) {
            Chain now = chain;
            if (now.isEmpty() || now.enter()) {
                return now;
            }
        }
    }

    private synchronized void put(String pluginId, List<Stage> its) {
        Chain before = chain;
        List<Stage> stages = new ArrayList<>(before.stages());
        boolean had = stages.removeIf(each -> each.pluginId().equals(pluginId));
        if (!had && its.isEmpty()) {
            return;
        }
        stages.addAll(its);
        stages.sort(Stage.IN_ORDER);
        chain = stages.isEmpty() ? Chain.EMPTY : new Chain(stages);
        if (!before.isEmpty()) {
            before.leave();
        }
    }
}
