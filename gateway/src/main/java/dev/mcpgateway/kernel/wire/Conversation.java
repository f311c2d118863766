package dev.mcpgateway.kernel.wire;

import org.jspecify.annotations.Nullable;

/**
 * What the protocol makes of one client's messages. The methods are called in the order of the messages, by one thread
 * at a time, and must not block.
 */
public interface Conversation {

    /**
     * A request has come.
     *
     * @param arrival when, on the scale of {@link System#nanoTime()}
     * @param ticket where its one answer goes
     * @return how to begin the work on it, when there is room; null where it has been answered already. It must not throw
     */
    @Nullable Runnable request(Incoming.Request request, long arrival, Ticket ticket);

    /** A notification has come. */
    void notification(Incoming.Notification notification);

    /** A message was refused before anyone looked at what it wants. */
    void refused(Incoming.Refused refused, Ticket ticket);

    /** The client is gone: nobody waits for answers any more. May be called from any thread. */
    void gone();
}
