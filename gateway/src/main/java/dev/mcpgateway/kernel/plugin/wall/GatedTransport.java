// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.RequestHandler;
import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.api.transport.TransportOffer;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A plugin's transport, as the kernel sees it: whatever it throws goes to the log. Thread-safe. */
final class GatedTransport implements ClientTransport {

    private final Gate gate;
    private final String name;
    private final ClientTransport theirs;
    private final AtomicBoolean closed = new AtomicBoolean();

    private GatedTransport(Gate gate, String name, ClientTransport theirs) {
        this.gate = gate;
        this.name = name;
        this.theirs = theirs;
    }

    /** @throws dev.mcpgateway.api.ProviderException where it cannot be opened */
    static ClientTransport open(Gate gate, TransportOffer offer, TransportContext context) {
        gate.checkIn();
        boolean isOpen = false;
        try {
            ClientTransport opened = gate.inside(() -> offer.opener().open(new Context(gate, context)));
            if (Gate.isMissing(opened)) {
                throw new IllegalStateException("open returned null: it must return something or throw");
            }
            isOpen = true;
            return new GatedTransport(gate, offer.name(), opened);
        } catch (Throwable thrown) {
            throw gate.asText("opening transport '" + offer.name() + "'", "failed", thrown);
        } finally {
            if (!isOpen) {
                gate.checkOut();
            }
        }
    }

    @Override
    public void serve(SocketChannel connection) {
        ClassLoader before = gate.enter();
        try {
            theirs.serve(connection);
        } catch (Throwable thrown) {
            gate.report("taking a connection, in transport '" + name + "',", thrown);
            closeQuietly(connection);
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public int connections() {
        ClassLoader before = gate.enter();
        try {
            return Math.max(0, theirs.connections());
        } catch (Throwable thrown) {
            gate.report("counting connections, in transport '" + name + "',", thrown);
            return 0;
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public void drain() {
        gate.quietly("draining transport '" + name + "'", theirs::drain);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                gate.quietly("closing transport '" + name + "'", theirs::close);
            } finally {
                gate.checkOut();
            }
        }
    }

    private static void closeQuietly(SocketChannel connection) {
        try {
            connection.close();
        } catch (IOException e) {
            // it is gone
        }
    }

    /** What the transport is given: its own threads' tasks run with its classes, and what it asks with ours. */
    private record Context(Gate gate, TransportContext ours) implements TransportContext {

        @Override
        public RequestHandler handler() {
            RequestHandler handler = ours.handler();
            return (head, reply) -> GatedRequest.begin(gate, handler, head, reply);
        }

        @Override
        public Executor executor() {
            Executor executor = ours.executor();
            return task -> executor.execute(() -> gate.quietly("serving a client", task));
        }

        @Override
        public int messageLimit() {
            return ours.messageLimit();
        }

        @Override
        public Health health() {
            return ours.health();
        }
    }
}
