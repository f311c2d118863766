// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions of all clients, whatever transport they came by; they are the kernel's, and transports come and go. Thread-safe;
 * nothing here waits for a client.
 */
public final class Sessions {

    private final Protocol protocol;
    private final Methods methods;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private final FanOut fanOut = new FanOut(open);

    /** @param protocol what all of them share */
    public Sessions(Protocol protocol) {
        this.protocol = protocol;
        this.methods = new Methods(protocol);
    }

    /**
     * A client has come, over a pipe of its own.
     *
     * @param outlet where it is told what answers nothing
     */
    public Conversation open(NotificationSink outlet) {
        return open(outlet, true);
    }

    /** @param hasOnePipe see {@link Session} */
    Session open(NotificationSink outlet, boolean hasOnePipe) {
        Session session = new Session(protocol, methods, this, outlet, hasOnePipe);
        open.add(session);
        return session;
    }

    /** The client is gone. */
    void close(Session session) {
        open.remove(session);
    }

    /** A list is another one. */
    public void listsChanged() {
        fanOut.listsChanged();
    }

    /** Whether anything is served has changed: all lists are other ones. */
    public void allListsChanged() {
        fanOut.allListsChanged();
    }

    /** Something about a provider or a plugin that an operator wants to know. */
    public void say(boolean isWarning, String logger, String text) {
        fanOut.say(isWarning ? LogLevel.WARNING : LogLevel.INFO, logger, text);
    }

    /** Something that an operator must mend. */
    public void complain(String logger, String text) {
        fanOut.say(LogLevel.ERROR, logger, text);
    }
}
