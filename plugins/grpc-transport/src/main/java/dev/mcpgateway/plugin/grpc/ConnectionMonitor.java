// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import io.grpc.Status;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a provider's first connection open, and says whether the provider can be used: {@link ProviderContext#up} and
 * {@link ProviderContext#down}.
 *
 * <pre>
 *   dial ──► ready ──► health: SERVING, or no health service ──► up
 *    ▲         │  └──► health: NOT_SERVING for 300 ms ───────► down
 *    │         └─ lost: dial again at once; not ready after 500 ms ► down
 *    └── asked for capabilities, or to reconnect ◄── failed ──────► down
 * </pre>
 *
 * <p>A connection that a server ends in good order (GOAWAY, as after its maximum age) is thereby replaced unnoticed. One
 * that cannot be made is not tried again by itself: the gateway asks an unavailable provider for its capabilities every
 * half second, and each time is a new attempt.
 *
 * <p>Everything below "on the loop" happens on the event loop's thread, one after the other.
 */
final class ConnectionMonitor implements Connection.Events, HealthWatch.Events {

    /** The one refusal under which dialling is no remedy. */
    private static final Fault NOT_SERVING = Fault.unavailable("it reports that it is not serving");

    private static final Duration GRACE = Duration.ofMillis(500);
    private static final Duration BETWEEN_LOSSES = Duration.ofMillis(200);
    private static final Duration BEFORE_WATCHING_AGAIN = Duration.ofSeconds(1);
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

    private final Dialer dialer;
    private final EventLoop loop;
    private final ProviderContext context;
    private final Connections connections;
    private volatile @Nullable Fault refusal;

    // on the loop
    private @Nullable HealthWatch watch;
    private final FlapDamping damping = new FlapDamping();
    private boolean closed;
    private boolean dialAgain;
    private boolean canBeWatched = true;
    private boolean isAsked; // whether a health check is under way, or due
    private boolean isAskedAgain; // whether one is wanted after that
    private int healthReports; // so that what must stand for a while is seen to have been followed by another
    private String told = "not connected yet"; // what the gateway was told last; empty for up
    private long lastLoss = System.nanoTime() - BETWEEN_LOSSES.toNanos();

    ConnectionMonitor(Dialer dialer, int mostConnections, int callsEach, ProviderContext context) {
        this.loop = dialer.loop();
        this.context = context;
        this.dialer = dialer;
        this.connections = new Connections(dialer, mostConnections, callsEach, this, this::opened);
        dialer.onChange(this::renew);
    }

    /** Runs the task when what was lost until now has been dealt with. */
    void afterwards(Runnable task) {
        loop.run(task);
    }

    Connections connections() {
        return connections;
    }

    /** Why calls cannot be made at present; null while they can. */
    @Nullable Fault refusal() {
        return refusal;
    }

    /** Why it would be no use even to ask for the capabilities; null where it is the way to find out. */
    @Nullable Fault refusalByHealth() {
        Fault now = refusal;
        return now == NOT_SERVING ? now : null;
    }

    /** Tries now what has failed, also where an attempt that may have come too early is still under way. */
    void reconnect() {
        loop.run(() -> {
            HealthWatch now = watch;
            if (now == null) {
                dial();
            } else {
                dialAgain = !now.connection().wasReady();
            }
        });
    }

    /** Dials anew what was dialled under other conditions; no call is lost by it, and nobody is told. */
    void renew() {
        loop.run(() -> {
            if (!closed) {
                stopWatching();
                connections.renew();
                dial();
            }
        });
    }

    void close() {
        dialer.close();
        loop.run(() -> {
            closed = true;
            stopWatching();
            connections.close();
        });
    }

    // told by connections and watches

    private void opened(Connection first) {
        loop.run(() -> {
            if (!closed) {
                watch(first);
            }
        });
    }

    @Override
    public void ready(Connection connection) {
        loop.run(() -> {
            if (isWatched(connection)) {
                dialAgain = false;
                refusal = null;
                told = "not watched yet"; // whatever comes next is news
            }
        });
    }

    @Override
    public void ended(Connection connection) {
        loop.run(() -> {
            remove(connection);
            if (isWatched(connection)) {
                if (connection.wasReady()) {
                    lost(connection, "connection lost");
                } // else its watch is about to say why
            } else if (!connection.wasReady() && isReady()) {
                suspect(watched()); // others cannot be made: does the first still lead anywhere?
            }
        });
    }

    @Override
    public void suspect(Connection connection) {
        loop.run(() -> {
            if (!closed) {
                LivenessProbe.take(connection, loop, () -> dead(connection));
            }
        });
    }

    @Override
    public void unavailable(Connection connection) {
        loop.run(() -> {
            HealthWatch now = watch;
            boolean isWatchedFor = canBeWatched && now != null && !now.hasStopped();
            if (!isReady() || isWatchedFor) { // then health says by itself what holds for all calls
                return;
            }
            if (isAsked) {
                isAskedAgain = true;
            } else {
                ask(watched());
            }
        });
    }

    @Override
    public void serving(HealthWatch from) {
        loop.run(() -> {
            if (from == watch) {
                canBeWatched = true;
                reportedServing();
            }
        });
    }

    @Override
    public void notServing(HealthWatch from) {
        loop.run(() -> {
            if (from == watch) {
                canBeWatched = true;
                reportedNotServing();
            }
        });
    }

    @Override
    public void ended(HealthWatch from, Status status) {
        loop.run(() -> {
            if (from != watch) {
                return;
            }
            Connection connection = from.connection();
            if (!connection.wasReady()) {
                remove(connection);
                unreachable(Fault.of(status, null));
            } else if (status.getCode() == Status.Code.UNIMPLEMENTED) {
                canBeWatched = false;
                up(); // without a health service its connection is its health
            } else {
                // Should the connection be gone, it says so itself.
                loop.after(BEFORE_WATCHING_AGAIN, () -> watchAgain(from));
            }
        });
    }

    // on the loop

    private boolean isWatched(Connection connection) {
        return watch != null && watch.connection() == connection;
    }

    private Connection watched() {
        return Objects.requireNonNull(watch).connection();
    }

    private boolean isReady() {
        return watch != null && watch.connection().wasReady();
    }

    private void remove(Connection connection) {
        connections.remove(connection);
        connection.retire();
    }

    private void watch(Connection connection) {
        HealthWatch next = new HealthWatch(connection, loop, this);
        watch = next;
        healthReports++; // what was said in another connection, or before, counts no more
        next.start();
    }

    private void watchAgain(HealthWatch before) {
        if (watch == before && !closed) {
            if (refusal != NOT_SERVING) {
                up();
            }
            watch(before.connection());
        }
    }

    private void reportedServing() {
        int report = ++healthReports;
        Duration doubt = refusal == NOT_SERVING ? damping.beforeUp() : Duration.ZERO;
        if (doubt.isZero()) {
            up();
            return;
        }
        loop.after(doubt, () -> {
            if (report == healthReports && isReady()) {
                up();
            }
        });
    }

    private void reportedNotServing() {
        int report = ++healthReports;
        if (!told.isEmpty()) { // it is not up anyway
            down(NOT_SERVING);
            return;
        }
        loop.after(FlapDamping.BEFORE_DOWN, () -> {
            if (report == healthReports && isReady()) {
                damping.markDown();
                down(NOT_SERVING);
            }
        });
    }

    private void ask(Connection connection) {
        isAsked = true;
        isAskedAgain = false;
        HealthCheck.ask(
                connection,
                loop,
                serves -> loop.run(() -> {
                    if (!isWatched(connection) || closed) {
                        isAsked = false;
                        return;
                    }
                    if (serves) {
                        reportedServing();
                    } else {
                        reportedNotServing();
                    }
                    loop.after(serves ? HealthWatch.BETWEEN_LOOKS : BETWEEN_CHECKS, () -> {
                        isAsked = false;
                        if ((!serves || isAskedAgain) && isWatched(connection) && !closed) {
                            ask(connection);
                        }
                    });
                }));
    }

    private void stopWatching() {
        if (watch != null) {
            watch.stop(); // a server that stops in good order waits for it
            watch = null;
        }
    }

    private void dial() {
        if (closed) {
            return;
        }
        try {
            connections.openFirst();
        } catch (ProviderException cannotDial) {
            down(new Fault(cannotDial.code(), cannotDial.getMessage()));
        }
    }

    private void lost(Connection connection, String reason) {
        stopWatching();
        if (closed) {
            return;
        }
        long before = lastLoss;
        long now = System.nanoTime();
        lastLoss = now;
        // A server that ends each connection is not dialled in a loop. One that answers has calls that it ends them by.
        // So has one whose answers cannot be read: its calls learn of the loss later than the connection does.
        if (now - before < BETWEEN_LOSSES.toNanos() && !connection.hasAnswered() && !connection.hasCalls()) {
            down(Fault.unavailable(reason));
            return;
        }
        dial();
        loop.after(GRACE, () -> {
            if (lastLoss == now && !isReady() && !closed && refusal == null) { // else the reason is known better by now
                down(Fault.unavailable(reason));
            }
        });
    }

    private void dead(Connection connection) {
        boolean watched = isWatched(connection);
        if (watched) {
            stopWatching(); // or it would see the dropping as the reason
        }
        connections.remove(connection);
        connection.drop();
        if (!watched) {
            return;
        }
        if (connection.wasReady()) {
            lost(connection, "it does not answer");
        } else {
            unreachable(Fault.unavailable("it does not answer"));
        }
    }

    private void unreachable(Fault fault) {
        watch = null;
        down(fault);
        if (dialAgain) {
            dialAgain = false;
            dial();
        }
    }

    private void up() {
        refusal = null;
        if (!told.isEmpty()) {
            told = "";
            damping.markUp();
            context.up();
        }
    }

    private void down(Fault fault) {
        refusal = fault;
        if (!fault.reason().equals(told)) {
            told = fault.reason();
            context.down(told);
        }
    }
}
