// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.PluginContext;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** What a plugin is given. */
record Context(String pluginId, Map<String, Object> settings, System.Logger logger, PluginThreads threads)
        implements PluginContext {

    @Override
    public ExecutorService executor() {
        return threads.executor();
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return threads.scheduler();
    }

    @Override
    public ThreadFactory threadFactory() {
        return threads.factory();
    }
}
