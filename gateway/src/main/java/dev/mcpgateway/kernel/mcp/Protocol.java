// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.config.ToolNames;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** MCP as spoken to every client: opens their conversations and tells all of them what has changed. Thread-safe. */
public final class Protocol {

    private final Supplier<Catalog> catalog;
    private final Calls calls;
    private final StartupBarrier boot;
    private final StartupBarrier firstDiscovery;
    private final ToolNames toolNames;
    private final String version;
    private final CompletableFuture<Void> firstList = new CompletableFuture<>();
    private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

    /**
     * @param boot of every plugin: no call is made before, since one of them may have a say in it
     * @param firstDiscovery of every provider: the first list waits for it
     * @param toolNames how tools are named in lists
     * @param version the gateway's own
     */
    public Protocol(
            Supplier<Catalog> catalog,
            Calls calls,
            StartupBarrier boot,
            StartupBarrier firstDiscovery,
            ToolNames toolNames,
            String version) {
        this.catalog = catalog;
        this.calls = calls;
        this.boot = boot;
        this.firstDiscovery = firstDiscovery;
        this.toolNames = toolNames;
        this.version = version;
    }

    /** Completes when the first list of tools has been answered. */
    public CompletableFuture<Void> firstList() {
        return firstList;
    }

    /** A client has come. */
    public Conversation open(NotificationSink outlet) {
        Session session = new Session(this, outlet);
        sessions.add(session);
        return session;
    }

    /** A list is another one. */
    public void listsChanged() {
        sessions.forEach(Session::listsChanged);
    }

    /** Whether anything is served has changed: all lists are other ones. */
    public void allListsChanged() {
        sessions.forEach(Session::allListsChanged);
    }

    /** Something about a provider or a plugin that an operator wants to know. */
    public void say(boolean isWarning, String logger, String text) {
        sessions.forEach(session -> session.say(isWarning ? LogLevel.WARNING : LogLevel.INFO, logger, text));
    }

    /** Something that an operator must mend. */
    public void complain(String logger, String text) {
        sessions.forEach(session -> session.say(LogLevel.ERROR, logger, text));
    }

    void close(Session session) {
        sessions.remove(session);
    }

    Catalog catalog() {
        return catalog.get();
    }

    Calls calls() {
        return calls;
    }

    StartupBarrier boot() {
        return boot;
    }

    StartupBarrier firstDiscovery() {
        return firstDiscovery;
    }

    String version() {
        return version;
    }

    /** Whether this client is given names without dots. */
    boolean namesArePortable(String clientName) {
        return switch (toolNames) {
            case DOTTED -> false;
            case PORTABLE -> true;
            case AUTO -> ClientsWithoutDots.include(clientName);
        };
    }
}
