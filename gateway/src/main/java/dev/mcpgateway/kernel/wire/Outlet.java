package dev.mcpgateway.kernel.wire;

import dev.mcpgateway.kernel.json.Utf8Writer;

/** Where messages go that answer nothing. Thread-safe. */
@FunctionalInterface
public interface Outlet {

    /**
     * Sends a notification, or drops it where the client does not read; the writer must not be used afterwards.
     *
     * @return false where it was dropped: {@link Conversation#hasRoomAgain()} is called when the client has read
     */
    boolean send(Utf8Writer message);
}
