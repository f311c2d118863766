// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.fake;

import dev.mcpgateway.api.PluginContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/** Owns what a plugin runs on, and knows every thread that it made itself. */
public final class FakePluginContext implements PluginContext, AutoCloseable {

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("plugin-test-scheduler").factory());

    /** Those that {@link #threadFactory()} has made, running or not. */
    public List<Thread> threads() {
        return List.copyOf(threads);
    }

    @Override
    public String pluginId() {
        return "grpc-transport";
    }

    @Override
    public Map<String, Object> settings() {
        return Map.of();
    }

    @Override
    public System.Logger logger() {
        return System.getLogger("plugin.grpc-transport");
    }

    /** Its virtual threads share their carriers with every other plugin's: nothing here may wait for one. */
    @Override
    public ExecutorService executor() {
        throw new UnsupportedOperationException("another plugin may hold every carrier");
    }

    @Override
    public ScheduledExecutorService scheduler() {
        return scheduler;
    }

    @Override
    public ThreadFactory threadFactory() {
        ThreadFactory factory =
                Thread.ofPlatform().daemon().name("plugin-grpc-transport-", 0).factory();
        return task -> {
            Thread thread = factory.newThread(task);
            threads.add(thread);
            return thread;
        };
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
