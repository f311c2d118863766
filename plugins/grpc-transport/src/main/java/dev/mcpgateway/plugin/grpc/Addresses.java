// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * All addresses behind one name, and which of them a connection goes to: the one with the fewest connections, where that
 * cannot be had the next, and those that could not be had last come last. Thread-safe.
 *
 * <p>The name is looked up for every connection, and every five seconds beside that. When it leads elsewhere than
 * before, or an address that was dead can be connected to again, the connections are to be replaced.
 */
final class Addresses {

    /** Finds all addresses of a name; may block. */
    interface Lookup {
        InetAddress[] of(String name) throws UnknownHostException;
    }

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** Of two addresses one that swallows connections must leave time for the other within a call's 2.5 s. */
    static final Duration CONNECT = Duration.ofSeconds(1);

    private final Address.Name name;
    private final Lookup lookup;
    private final ExecutorService executor;
    private final AtomicBoolean looks = new AtomicBoolean();
    private volatile Runnable changed = () -> {};
    private volatile @Nullable Future<?> looking;

    @GuardedBy("this") private final Map<InetSocketAddress, Integer> connections = new HashMap<>();

    @GuardedBy("this") private final Set<InetSocketAddress> dead = new HashSet<>();

    @GuardedBy("this") private Set<InetSocketAddress> known = Set.of();

    private Addresses(Address.Name name, Lookup lookup, ExecutorService executor) {
        this.name = name;
        this.lookup = lookup;
        this.executor = executor;
    }

    static Addresses of(
            Address.Name name, Lookup lookup, ScheduledExecutorService scheduler, ExecutorService executor) {
        Addresses addresses = new Addresses(name, lookup, executor);
        addresses.looking = scheduler.scheduleWithFixedDelay(
                () -> addresses.execute(addresses::look),
                BETWEEN_LOOKS.toNanos(),
                BETWEEN_LOOKS.toNanos(),
                TimeUnit.NANOSECONDS);
        return addresses;
    }

    /** @param action run when connections should be made anew */
    void onChange(Runnable action) {
        changed = action;
    }

    /** A channel that makes one connection, to whichever address is next. */
    @SuppressWarnings(
            "deprecation") // the other way is a registry for the whole process, and each channel has its own turn
    NettyChannelBuilder channel() {
        Turn turn = new Turn();
        return NettyChannelBuilder.forTarget("dns:///" + name.authority())
                .nameResolverFactory(turn.factory())
                .addTransportFilter(turn);
    }

    void close() {
        changed = () -> {};
        Future<?> now = looking;
        if (now != null) {
            now.cancel(false);
        }
    }

    private List<InetSocketAddress> resolve() throws UnknownHostException {
        List<InetSocketAddress> found = new ArrayList<>();
        for (InetAddress each : lookup.of(name.name())) {
            found.add(new InetSocketAddress(each, name.port()));
        }
        if (found.isEmpty()) {
            throw new UnknownHostException(name.name());
        }
        return found;
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException closing) {
            // whoever waits is closed with the plugin
        }
    }

    private void look() {
        if (!looks.compareAndSet(false, true)) {
            return; // the last one still waits for an answer
        }
        try {
            Set<InetSocketAddress> now = new HashSet<>(resolve());
            boolean isBack = false;
            for (InetSocketAddress each : deadAmong(now)) {
                isBack |= revived(each);
            }
            if (isOther(now) || isBack) {
                changed.run();
            }
        } catch (UnknownHostException e) {
            // Connections that are open show that what was known is still of use.
        } finally {
            looks.set(false);
        }
    }

    private synchronized List<InetSocketAddress> deadAmong(Set<InetSocketAddress> now) {
        dead.retainAll(now);
        return List.copyOf(dead);
    }

    private synchronized boolean isOther(Set<InetSocketAddress> now) {
        boolean isOther = !known.isEmpty() && !known.equals(now);
        known = now;
        return isOther;
    }

    /** Found out beside the calls, so that none of them pays for a try. */
    private boolean revived(InetSocketAddress address) {
        try (Socket probe = new Socket()) {
            probe.connect(address, (int) CONNECT.toMillis());
        } catch (IOException stillDead) {
            return false;
        }
        synchronized (this) {
            return dead.remove(address);
        }
    }

    /** One connection's way to an address. */
    private final class Turn extends ClientTransportFilter {

        @GuardedBy("Addresses.this") private List<InetSocketAddress> order = List.of();

        @GuardedBy("Addresses.this") private @Nullable InetSocketAddress counted;

        @GuardedBy("Addresses.this") private boolean isOver;

        NameResolver.Factory factory() {
            return new NameResolver.Factory() {
                @Override
                public NameResolver newNameResolver(URI target, NameResolver.Args args) {
                    return new Resolver(Turn.this);
                }

                @Override
                public String getDefaultScheme() {
                    return "dns";
                }
            };
        }

        List<InetSocketAddress> begin(List<InetSocketAddress> found) {
            synchronized (Addresses.this) {
                if (known.isEmpty()) {
                    known = Set.copyOf(found);
                }
                count(null);
                order = new ArrayList<>(found);
                Set<InetSocketAddress> last = dead;
                Map<InetSocketAddress, Integer> used = connections;
                order.sort(
                        Comparator.comparing(last::contains).thenComparing(address -> used.getOrDefault(address, 0)));
                if (!isOver) {
                    count(order.getFirst());
                }
                return order;
            }
        }

        @Override
        public Attributes transportReady(Attributes attributes) {
            SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            synchronized (Addresses.this) {
                int reached = remote instanceof InetSocketAddress ip ? order.indexOf(ip) : -1;
                if (reached >= 0 && !isOver) {
                    dead.addAll(order.subList(0, reached));
                    dead.remove(order.get(reached));
                    count(order.get(reached));
                }
            }
            return attributes;
        }

        void end() {
            synchronized (Addresses.this) {
                isOver = true;
                count(null);
            }
        }

        @GuardedBy("Addresses.this") private void count(@Nullable InetSocketAddress now) {
            InetSocketAddress before = counted;
            if (before != null) {
                connections.computeIfPresent(before, (address, n) -> n > 1 ? n - 1 : null);
            }
            if (now != null) {
                connections.merge(now, 1, Integer::sum);
            }
            counted = now;
        }
    }

    private final class Resolver extends NameResolver {

        private final Turn turn;

        Resolver(Turn turn) {
            this.turn = turn;
        }

        @Override
        public String getServiceAuthority() {
            return name.authority();
        }

        @Override
        public void start(Listener2 listener) {
            execute(() -> {
                try {
                    List<EquivalentAddressGroup> groups = turn.begin(resolve()).stream()
                            .map(EquivalentAddressGroup::new)
                            .toList();
                    listener.onResult(ResolutionResult.newBuilder()
                            .setAddressesOrError(StatusOr.fromValue(groups))
                            .build());
                } catch (UnknownHostException e) {
                    listener.onError(Status.UNAVAILABLE.withCause(e));
                }
            });
        }

        @Override
        public void shutdown() {
            turn.end();
        }
    }
}
