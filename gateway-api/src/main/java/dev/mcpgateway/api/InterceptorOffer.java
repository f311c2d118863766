// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something that stands around every call: an {@link Interceptor}, which may change what it sees, or an {@link CallObserver},
 * which may not. Immutable.
 *
 * {@snippet :
 * @Override
 * public List<InterceptorOffer> interceptors(PluginContext context) {
 *     return List.of(InterceptorOffer.changing("office-hours", () -> new OfficeHours(context.settings())).order(-10));
 * }
 * }
 */
public final class InterceptorOffer {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private final String name;
    private final int order;
    private final boolean failsOpen;
    private final Optional<Opener<? extends Interceptor>> interceptor;
    private final Optional<Opener<? extends CallObserver>> observer;

    /** Makes an interceptor or observer when the gateway begins to use it; called on a thread that may block, for at most 10 s. */
    @FunctionalInterface
    public interface Opener<T> {
        T open() throws Exception;
    }

    private InterceptorOffer(
            String name,
            int order,
            boolean failsOpen,
            Optional<Opener<? extends Interceptor>> interceptor,
            Optional<Opener<? extends CallObserver>> observer) {
        this.name = name;
        this.order = order;
        this.failsOpen = failsOpen;
        this.interceptor = interceptor;
        this.observer = observer;
    }

    /**
     * One that may change, answer and refuse calls.
     *
     * @param name what it is called in the log and in errors, unique within the plugin; matches {@code [a-z][a-z0-9-]{0,31}}
     * @throws IllegalArgumentException when the name does not
     */
    public static InterceptorOffer changing(String name, Opener<? extends Interceptor> opener) {
        requireNonNull(opener, "opener");
        return new InterceptorOffer(checked(name), 0, false, Optional.of(opener), Optional.empty());
    }

    /** One that only sees calls; the rest as for {@link #changing}. */
    public static InterceptorOffer observing(String name, Opener<? extends CallObserver> opener) {
        requireNonNull(opener, "opener");
        return new InterceptorOffer(checked(name), 0, false, Optional.empty(), Optional.of(opener));
    }

    /**
     * The same at another place in the chain. The lower stands further out: it sees a call sooner and its answer later. 0 unless
     * said otherwise; equal ones stand in the order of plugin ids, then of names.
     */
    public InterceptorOffer order(int place) {
        return new InterceptorOffer(name, place, failsOpen, interceptor, observer);
    }

    /** The same, but a call goes on without it where it fails; unless this is said, such a call is refused. */
    public InterceptorOffer failingOpen() {
        return new InterceptorOffer(name, order, true, interceptor, observer);
    }

    public String name() {
        return name;
    }

    public int order() {
        return order;
    }

    public boolean failsOpen() {
        return failsOpen;
    }

    /** Empty where it is an observer. */
    public Optional<Opener<? extends Interceptor>> interceptor() {
        return interceptor;
    }

    /** Empty where it is an interceptor. */
    public Optional<Opener<? extends CallObserver>> observer() {
        return observer;
    }

    private static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "interceptor name '" + name + "' must match " + NAME.pattern() + ", e.g. 'audit'");
        }
        return name;
    }
}
