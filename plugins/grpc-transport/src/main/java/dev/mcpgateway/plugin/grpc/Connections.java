// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A provider's connections, opened when more calls run at once than those there are can take. A call gets the lowest that
 * has room, so that quiet traffic stays on one warm connection and the rest close for want of use. Thread-safe.
 */
final class Connections implements AutoCloseable {

    private final Dialer dialer;
    private final int callsEach;
    private final Connection.Events events;
    private final Consumer<Connection> firstOpened;
    private final AtomicReferenceArray<@Nullable Connection> places;

    @GuardedBy("this") private boolean closed;

    /** @param firstOpened told of every connection in the first place */
    Connections(Dialer dialer, int most, int callsEach, Connection.Events events, Consumer<Connection> firstOpened) {
        this.dialer = dialer;
        this.callsEach = callsEach;
        this.events = events;
        this.firstOpened = firstOpened;
        this.places = new AtomicReferenceArray<>(most);
    }

    /**
     * A connection with a call's place taken in it.
     *
     * @throws dev.mcpgateway.api.ProviderException when the provider has been closed, or nothing can be dialled
     */
    Connection take() {
        for (int place = 0; place < places.length(); place++) {
            Connection connection = at(place);
            if (connection.enter(callsEach)) {
                return connection;
            }
        }
        // The gateway frees a cancelled call's permit before the call has left its connection.
        return takeFirst();
    }

    /** The first connection, whatever runs in it. */
    Connection takeFirst() {
        while (true) {
            Connection connection = at(0);
            if (connection.enter(Integer.MAX_VALUE)) {
                return connection;
            }
            remove(connection); // retired a moment ago
        }
    }

    /** One that is ready, whatever runs in it; null where none is. */
    @Nullable Connection takeReady() {
        for (int place = 0; place < places.length(); place++) {
            Connection there = places.get(place);
            if (there != null && there.wasReady() && there.enter(Integer.MAX_VALUE)) {
                return there;
            }
        }
        return null;
    }

    /** Dials where there is no first connection. */
    void openFirst() {
        at(0);
    }

    /** The next call that would have used it opens another. */
    void remove(Connection connection) {
        places.compareAndSet(connection.place(), connection, null);
    }

    /** Replaces all, so that each is dialled as it now should be; calls that are in one end there. */
    synchronized void renew() {
        for (int place = 0; place < places.length(); place++) {
            Connection connection = places.getAndSet(place, null);
            if (connection != null) {
                connection.retire();
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (int place = 0; place < places.length(); place++) {
            Connection connection = places.getAndSet(place, null);
            if (connection != null) {
                connection.drop();
            }
        }
    }

    private Connection at(int place) {
        Connection there = places.get(place);
        if (there != null) {
            return there;
        }
        Connection opened;
        synchronized (this) {
            there = places.get(place);
            if (there != null) {
                return there;
            }
            if (closed) {
                throw Fault.unavailable("it was closed").exception();
            }
            opened = new Connection(place, dialer.dial(place == 0), events);
            opened.observe();
            places.set(place, opened);
        }
        if (place == 0) {
            firstOpened.accept(opened);
        }
        return opened;
    }
}
