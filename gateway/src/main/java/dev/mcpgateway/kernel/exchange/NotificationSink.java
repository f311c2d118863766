// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.json.Utf8Writer;

/** Where messages go that answer nothing. Thread-safe. */
@FunctionalInterface
public interface NotificationSink {

    /**
     * Sends a notification, or drops it where the client does not read; the writer must not be used afterwards.
     *
     * @return false where it was dropped: {@link Conversation#onRoom()} is called when the client has read
     */
    boolean send(Utf8Writer message);
}
