// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.watch;

import java.lang.ref.PhantomReference;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Sees that the classes of closed plugins leave the memory. An idle JVM never collects, so a collection is asked for 5 s
 * after a plugin was closed and once more 20 s later; what is still there then has leaked, and is looked at on. Belongs to
 * one thread, the scheduler's.
 *
 * <p>Loaders are known by phantom references: a weak one is cleared before finalizers run, which keep what they finalize, and
 * all its classes, until the next collection (Netty has some).
 */
public final class LeakWatch {

    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration SECOND = Duration.ofSeconds(20);

    /**
     * Where no thread is to blame. A carrier of virtual threads stands in compiled code that may have something of a plugin built
     * in, until it has had nothing to do for 30 s and ends (measured: a blocking provider at full load, C2).
     */
    private static final Duration THIRD = Duration.ofSeconds(25);

    private static final Duration JUDGED = Duration.ofMillis(500); // references are cleared behind a collection
    private static final Duration LEAKED = Duration.ofSeconds(60);

    private final ScheduledExecutorService scheduler;
    private long lastCollection = System.nanoTime();

    /** Hears what became of a closed plugin. */
    public interface Observer {

        /** @param threads that keep it, by name, as far as that can be told */
        void leaked(Set<String> threads);

        /** After it had leaked, it is gone all the same. */
        void collected();
    }

    public LeakWatch(ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    /** @param loader of a plugin that was closed a moment ago */
    public void watch(PhantomReference<ClassLoader> loader, Observer observer) {
        long closed = System.nanoTime();
        later(FIRST, loader, () -> {
            collect(closed + FIRST.toNanos());
            later(SECOND, loader, () -> {
                collect(closed + SECOND.toNanos());
                later(JUDGED, loader, () -> {
                    if (!threadsOf(loader).isEmpty()) {
                        leaked(loader, observer);
                        return;
                    }
                    later(THIRD, loader, () -> {
                        collect(closed + SECOND.plus(THIRD).toNanos());
                        later(JUDGED, loader, () -> leaked(loader, observer));
                    });
                });
            });
        });
    }

    private void leaked(PhantomReference<ClassLoader> loader, Observer observer) {
        long told = System.nanoTime();
        observer.leaked(threadsOf(loader));
        later(LEAKED.minus(JUDGED), loader, () -> collect(told)); // what held it may have let go
        lookOn(loader, observer::collected);
    }

    private void lookOn(PhantomReference<ClassLoader> loader, Runnable collected) {
        try {
            scheduler.schedule(
                    () -> {
                        if (loader.refersTo(null)) {
                            collected.run();
                        } else {
                            lookOn(loader, collected);
                        }
                    },
                    LEAKED.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            // nobody wants to know any more
        }
    }

    /** One collection does for all plugins that were closed before it. */
    private void collect(long due) {
        if (lastCollection - due < 0) {
            System.gc();
            lastCollection = System.nanoTime();
        }
    }

    private void later(Duration delay, PhantomReference<ClassLoader> loader, Runnable whereItIsThere) {
        try {
            scheduler.schedule(
                    () -> {
                        if (!loader.refersTo(null)) {
                            whereItIsThere.run();
                        }
                    },
                    delay.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            // nobody wants to know any more
        }
    }

    private static Set<String> threadsOf(PhantomReference<ClassLoader> loader) {
        Set<String> names = new TreeSet<>();
        Consumer<Thread> look = thread -> {
            if (loader.refersTo(thread.getContextClassLoader())
                    || loader.refersTo(thread.getClass().getClassLoader())) {
                names.add(thread.getName());
            }
        };
        Thread.getAllStackTraces().keySet().forEach(look);
        return names;
    }
}
