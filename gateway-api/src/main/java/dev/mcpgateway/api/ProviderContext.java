// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.concurrent.ExecutorService;

/**
 * How an open provider speaks to the gateway without being asked. All methods return at once and may be called from any
 * thread; after the provider was closed they do nothing.
 */
public interface ProviderContext {

    /** The provider's name. */
    String name();

    /** A logger named {@code provider.NAME}; it never blocks. */
    System.Logger logger();

    /**
     * Runs each task on its own virtual thread; shut down with the plugin. For tasks that wait: one that computes keeps a processor
     * from all other virtual threads of the gateway's plugins.
     */
    ExecutorService executor();

    /** What {@link Provider#capabilities} answers has changed: ask again. */
    void changed();

    /** The contents of a resource have changed. */
    void resourceUpdated(String uri);

    /**
     * The provider can be reached (again). A hint that shortens the wait: the gateway asks for the capabilities of an
     * unavailable provider every half second by itself.
     */
    void up();

    /**
     * The provider cannot be used for now. Its capabilities leave the lists and calls fail at once with this reason,
     * until {@link #up()} or until {@link Provider#capabilities} answers again.
     *
     * @param reason in plain words for an operator, e.g. {@code connection refused}
     */
    void down(String reason);
}
