// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Every thread that the kernel makes for a plugin, so that none outlives it. Thread-safe. */
final class PluginThreads {

    private final String prefix;
    private final ClassLoader loader;
    private final Thread.UncaughtExceptionHandler uncaught;
    private final AtomicInteger made = new AtomicInteger();
    private final Set<Thread> platform = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor;

    @GuardedBy("this") private @Nullable ScheduledThreadPoolExecutor scheduler;

    private volatile boolean closed;

    PluginThreads(String pluginId, ClassLoader loader, Thread.UncaughtExceptionHandler uncaught) {
        this.prefix = "plugin-" + pluginId + "-";
        this.loader = loader;
        this.uncaught = uncaught;
        this.executor = Executors.newThreadPerTaskExecutor(this::virtualThread);
    }

    ExecutorService executor() {
        return executor;
    }

    ThreadFactory factory() {
        return this::platformThread;
    }

    synchronized ScheduledExecutorService scheduler() {
        if (scheduler == null) {
            scheduler = new ScheduledThreadPoolExecutor(1, this::platformThread);
            scheduler.setRemoveOnCancelPolicy(true);
            if (closed) {
                scheduler.shutdownNow();
            }
        }
        return scheduler;
    }

    /** Interrupts everything and waits until it has ended. */
    void close(long deadlineNanos) throws InterruptedException {
        executor.shutdownNow();
        synchronized (this) {
            closed = true;
            if (scheduler != null) {
                scheduler.shutdownNow();
            }
        }
        for (Thread thread : platform) {
            thread.interrupt();
        }
        for (Thread thread : platform) {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadlineNanos - System.nanoTime()));
        }
        executor.awaitTermination(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** The names of threads that still run with the plugin's classes, its own included. */
    @SuppressWarnings("ReferenceEquality") // one loader is one plugin
    Set<String> survivors() {
        Set<String> names = new TreeSet<>();
        for (Thread thread : platform) {
            if (thread.isAlive()) {
                names.add(thread.getName());
            }
        }
        for (Thread thread : all()) {
            if (thread != null && thread.getContextClassLoader() == loader && thread != Thread.currentThread()) {
                names.add(thread.getName());
            }
        }
        if (!executor.isTerminated()) {
            names.add(prefix + "task");
        }
        return names;
    }

    private Thread virtualThread(Runnable task) {
        return dressed(Thread.ofVirtual().name(prefix + "task"), task);
    }

    private Thread platformThread(Runnable task) {
        Runnable tracked = () -> {
            try {
                if (!closed) { // nothing of a plugin begins behind its end
                    task.run();
                }
            } finally {
                platform.remove(Thread.currentThread());
            }
        };
        Thread thread = dressed(Thread.ofPlatform().daemon().name(prefix + made.getAndIncrement()), tracked);
        platform.add(thread);
        return thread;
    }

    private Thread dressed(Thread.Builder builder, Runnable task) {
        Thread thread = builder.inheritInheritableThreadLocals(false)
                .uncaughtExceptionHandler(uncaught)
                .unstarted(task);
        thread.setContextClassLoader(loader);
        return thread;
    }

    private static @Nullable Thread[] all() {
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        for (ThreadGroup above = top; above != null; above = above.getParent()) {
            top = above;
        }
        @Nullable Thread[] threads = new Thread[top.activeCount() + 64];
        top.enumerate(threads);
        return threads;
    }
}
