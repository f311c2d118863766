// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * What the gateway gives to a plugin. Its executors belong to the gateway and are shut down with the plugin, so that no
 * thread outlives it: a plugin that makes its own threads must end them in {@link GatewayPlugin#close()}. Thread-safe.
 */
public interface PluginContext {

    /** The manifest's {@code Plugin-Id}. */
    String pluginId();

    /**
     * This plugin's entry under {@code plugins:} in the configuration, as plain Java values (see {@link Json#value()});
     * empty where there is none. Immutable.
     */
    Map<String, Object> settings();

    /** A logger named {@code plugin.ID}; it never blocks. */
    System.Logger logger();

    /** Runs each task on its own virtual thread. */
    ExecutorService executor();

    /** One thread, for short timed tasks: hand longer work to {@link #executor()}. */
    ScheduledExecutorService scheduler();

    /** Makes daemon threads that carry the plugin's id in their name. */
    ThreadFactory threadFactory();
}
