package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.wire.Incoming.Request;
import dev.mcpgateway.kernel.wire.Ticket;
import org.jspecify.annotations.Nullable;

/** A request that has not been answered: where its answer goes, and how to cancel it. Thread-safe. */
final class Pending {

    private final Request request;
    private final Ticket ticket;
    private boolean cancelled; // guarded by this
    private @Nullable Runnable canceller; // guarded by this

    Pending(Request request, Ticket ticket) {
        this.request = request;
        this.ticket = ticket;
    }

    Request request() {
        return request;
    }

    Ticket ticket() {
        return ticket;
    }

    /** Whether the work may begin: not where the client has cancelled the request while it was parked. */
    boolean begin() {
        synchronized (this) {
            if (!cancelled) {
                return true;
            }
        }
        ticket.withdraw();
        return false;
    }

    /** The work has begun, and is cancelled like this. */
    void begun(Runnable cancel) {
        synchronized (this) {
            canceller = cancel;
            if (!cancelled) {
                return;
            }
        }
        stop(cancel);
    }

    /** Nobody waits for the answer any more. */
    void cancel() {
        Runnable cancel;
        synchronized (this) {
            cancelled = true;
            cancel = canceller;
        }
        if (cancel != null) {
            stop(cancel);
        }
    }

    private void stop(Runnable cancel) {
        cancel.run();
        ticket.withdraw();
    }
}
