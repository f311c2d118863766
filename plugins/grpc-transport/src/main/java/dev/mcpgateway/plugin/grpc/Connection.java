// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection to a provider, from the dialling to its end. It is never dialled again: a channel that failed is
 * replaced by a new one, so that no call meets gRPC's reconnection back-off. Thread-safe.
 */
final class Connection {

    /** Told on any thread. */
    interface Events {
        void ready(Connection connection);

        /** It could not be made, or it is lost; calls that are in it end by themselves. */
        void ended(Connection connection);

        /** A call in it ran out of time. */
        void suspect(Connection connection);

        /** A call in it was told that the provider is unavailable. */
        void unavailable(Connection connection);
    }

    private static final int RETIRED = Integer.MIN_VALUE;

    private final int place;
    private final ManagedChannel channel;
    private final Events events;
    private final AtomicInteger calls = new AtomicInteger(); // negative once retired: no more are let in
    private final AtomicBoolean wasReady = new AtomicBoolean();
    private boolean toldReady; // by the channel, one after the other
    private volatile boolean silent;
    private volatile boolean answered;

    /** @param place its number among the provider's connections; 0 is the one that stays */
    Connection(int place, ManagedChannel channel, Events events) {
        this.place = place;
        this.channel = channel;
        this.events = events;
    }

    /** Reports to {@link Events} from now on; called once, before anything else. */
    void observe() {
        observe(ConnectivityState.IDLE);
    }

    ManagedChannel channel() {
        return channel;
    }

    int place() {
        return place;
    }

    boolean wasReady() {
        return wasReady.get();
    }

    /** A call was sent in it. That may be known, and answered, before the channel has told that it is ready. */
    void reached() {
        if (wasReady.compareAndSet(false, true)) {
            events.ready(this);
        }
    }

    /** Lets a call in where fewer than this many are; {@link #leave} must follow. */
    boolean enter(int limit) {
        int now = calls.get();
        while (now >= 0 && now < limit) {
            if (calls.compareAndSet(now, now + 1)) {
                return true;
            }
            now = calls.get();
        }
        return false;
    }

    void leave() {
        if (calls.decrementAndGet() == RETIRED) {
            channel.shutdown();
        }
    }

    /** Lets no further call in, and closes when the last has left. */
    void retire() {
        if (calls.getAndUpdate(now -> now | RETIRED) == 0) {
            channel.shutdown();
        }
    }

    /** Closes at once; calls that are in it fail. */
    void drop() {
        calls.getAndUpdate(now -> now | RETIRED);
        channel.shutdownNow();
    }

    /** A call ran out of time in here: is there still somebody at the other end? */
    void suspect() {
        events.suspect(this);
    }

    /** A call in here met UNAVAILABLE: is that so for all? */
    void unavailable() {
        events.unavailable(this);
    }

    /** A call in here was answered: what listens there is a provider. */
    void answered() {
        if (!answered) {
            answered = true;
        }
    }

    boolean hasAnswered() {
        return answered;
    }

    /** Whether calls are in it that have not been told of their end. */
    boolean hasCalls() {
        return (calls.get() & ~RETIRED) > 0;
    }

    /** From now on it counts as silent until {@link #heard}. */
    void listen() {
        silent = true;
    }

    /** Something arrived. */
    void heard() {
        if (silent) {
            silent = false;
        }
    }

    boolean isSilent() {
        return silent;
    }

    private void observe(ConnectivityState state) {
        channel.notifyWhenStateChanged(state, this::changed);
    }

    private void changed() {
        ConnectivityState now = channel.getState(false);
        if (now == ConnectivityState.SHUTDOWN) {
            return;
        }
        boolean isLost =
                (toldReady && now != ConnectivityState.READY) || (wasReady.get() && now == ConnectivityState.IDLE);
        if (now == ConnectivityState.TRANSIENT_FAILURE || isLost) {
            events.ended(this);
            return;
        }
        if (now == ConnectivityState.READY) {
            toldReady = true;
            reached();
        }
        observe(now);
    }
}
