// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.config.ToolNames;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What all sessions share: what is offered, how it is called, and how it is named. Thread-safe. */
public final class Protocol {

    private final Supplier<Catalog> catalog;
    private final Calls calls;
    private final StartupBarrier boot;
    private final StartupBarrier firstDiscovery;
    private final ToolNames toolNames;
    private final String version;
    private final CompletableFuture<Void> firstList = new CompletableFuture<>();

    /**
     * @param boot of every plugin: no call is made before, since one of them may intercept it
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
