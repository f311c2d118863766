package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An open interceptor or observer at its place in a chain; closed when the last chain that it is part of is. Thread-safe. */
final class Stage {

    static final Comparator<Stage> IN_ORDER = Comparator.<Stage>comparingInt(each -> each.order)
            .thenComparing(each -> each.pluginId)
            .thenComparing(each -> each.name);

    private final String pluginId;
    private final String name;
    private final int order;
    private final boolean failsOpen;
    private final @Nullable Interceptor interceptor;
    private final @Nullable CallObserver observer;
    private final AtomicInteger chains = new AtomicInteger();

    private Stage(
            String pluginId,
            InterceptorOffer offer,
            @Nullable Interceptor interceptor,
            @Nullable CallObserver observer) {
        this.pluginId = pluginId;
        this.name = offer.name();
        this.order = offer.order();
        this.failsOpen = offer.failsOpen();
        this.interceptor = interceptor;
        this.observer = observer;
    }

    /** May block; throws what the gate lets through. */
    static Stage open(String pluginId, InterceptorOffer offer) throws Exception {
        return offer.interceptor().isPresent()
                ? new Stage(pluginId, offer, offer.interceptor().get().open(), null)
                : new Stage(
                        pluginId, offer, null, offer.observer().orElseThrow().open());
    }

    String pluginId() {
        return pluginId;
    }

    boolean failsOpen() {
        return failsOpen;
    }

    /** Null where it is an observer. */
    @Nullable Interceptor interceptor() {
        return interceptor;
    }

    /** Null where it is an interceptor. */
    @Nullable CallObserver observer() {
        return observer;
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
        if (interceptor != null) {
            interceptor.close();
        }
        if (observer != null) {
            observer.close();
        }
    }

    /** For the log and for clients. */
    @Override
    public String toString() {
        return "interceptor '" + name + "' of plugin '" + pluginId + "'";
    }
}
