// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.ListenSettings.UnusableAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where the gateway lets clients in by transports of plugins: a door for each such plugin. Thread-safe. */
public final class Doors implements AutoCloseable {

    private static final Log LOG = Log.named("transport");

    private final Serving serving;
    private final Optional<String> address;
    private final CompletableFuture<InetSocketAddress> first = new CompletableFuture<>();

    @GuardedBy("this") private final Map<String, Door> doors = new HashMap<>();

    @GuardedBy("this") private boolean closed;

    /** @param address in place of the configured one; empty for that */
    public Doors(Serving serving, Optional<String> address) {
        this.serving = serving;
        this.address = address;
    }

    /** Completes with where the first door is; fails with {@link UnusableAddress} where it cannot be there. */
    public CompletableFuture<InetSocketAddress> first() {
        return first;
    }

    /** A plugin's jar says that it has a transport: from now on clients may knock, where they could not before. */
    public void announce(String pluginId, ListenSettings settings) {
        Door door = door(pluginId);
        if (door != null && !door.isListening()) {
            listen(pluginId, door, settings);
        }
    }

    private void listen(String pluginId, Door door, ListenSettings settings) {
        try {
            door.listen(address.map(settings::at).orElse(settings)).ifPresent(first::complete);
        } catch (UnusableAddress unusable) {
            if (!first.completeExceptionally(unusable)) {
                LOG.log(
                        Log.Level.ERROR,
                        "plugin " + pluginId + ": " + unusable.getMessage() + "; everything stays as it was",
                        Fields.NONE);
            }
        }
    }

    /**
     * Opens what a plugin offers; may block, for 10 s at most.
     *
     * @param settings where clients are to come, from when it is used
     * @return to be used or abandoned; empty where it offers none
     * @throws dev.mcpgateway.api.ProviderException where it cannot be opened; the message is for the operator
     */
    public Optional<Prepared> prepare(String pluginId, List<TransportOffer> offers, ListenSettings settings)
            throws InterruptedException {
        Door door = offers.isEmpty() ? null : door(pluginId);
        return door == null
                ? Optional.empty()
                : Optional.of(
                        new Prepared(pluginId, door, settings, Generation.open(pluginId, offers.get(0), serving)));
    }

    /** A transport that is open, and gets no connections yet. */
    public final class Prepared {

        private final String pluginId;
        private final Door door;
        private final ListenSettings settings;
        private final Generation generation;

        private Prepared(String pluginId, Door door, ListenSettings settings, Generation generation) {
            this.pluginId = pluginId;
            this.door = door;
            this.settings = settings;
            this.generation = generation;
        }

        /** New connections go to it from now on; the one before finishes what it has. */
        public void use() {
            door.use(generation);
            listen(pluginId, door, settings);
        }

        public void abandon() {
            generation.closeSoon();
        }
    }

    /** A plugin has gone: who knocks may wait a moment for the next. */
    public void leave(String pluginId) {
        Door door = doorIfAny(pluginId);
        if (door != null) {
            door.leave();
        }
    }

    /** Connections of clients, those that wait included. */
    public int connections() {
        return all().stream().mapToInt(Door::connections).sum();
    }

    /** Whether clients are let in now. */
    public boolean isOpen() {
        List<Door> all = all();
        return all.stream().anyMatch(Door::isOpen);
    }

    /** Takes no more connections, and has those that there are answer what runs. */
    public void drain() {
        all().forEach(Door::drain);
    }

    /** Closes every connection. */
    @Override
    public void close() {
        List<Door> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(doors.values());
        }
        all.forEach(Door::close);
    }

    private synchronized List<Door> all() {
        return new ArrayList<>(doors.values());
    }

    private synchronized @Nullable Door doorIfAny(String pluginId) {
        return doors.get(pluginId);
    }

    private synchronized @Nullable Door door(String pluginId) {
        return closed ? null : doors.computeIfAbsent(pluginId, id -> new Door());
    }
}
