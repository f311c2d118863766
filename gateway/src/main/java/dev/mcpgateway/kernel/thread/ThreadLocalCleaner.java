// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread-locals of a kernel thread that calls into plugins and outlives them: whatever a plugin has left there would keep
 * its classes in memory for ever (measured: gRPC does). They are cleared after a plugin has gone, when the thread next
 * rests, or while it does: a thread that waits for its client may not wake for days.
 *
 * <p>{@link #rest} and {@link #resume} belong to the thread itself, {@link #clearAll} to any. Where the JVM was not started
 * with {@code --add-opens java.base/java.lang=ALL-UNNAMED} nothing is cleared.
 */
public final class ThreadLocalCleaner implements AutoCloseable {

    private static final int ACTIVE = 0;
    private static final int RESTING = 1;
    private static final int CLEARING = 2;

    private static final Set<ThreadLocalCleaner> ALL = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger PLUGINS_GONE = new AtomicInteger();

    private final Thread thread = Thread.currentThread();
    private final AtomicInteger state = new AtomicInteger(ACTIVE);
    private int seen = PLUGINS_GONE.get();

    private ThreadLocalCleaner() {}

    /** To be closed when the thread ends. */
    public static ThreadLocalCleaner ofThisThread() {
        ThreadLocalCleaner residue = new ThreadLocalCleaner();
        ALL.add(residue);
        return residue;
    }

    /** A plugin has gone, and nothing of it runs any more. */
    public static void clearAll() {
        PLUGINS_GONE.incrementAndGet();
        for (ThreadLocalCleaner each : ALL) {
            if (each.state.compareAndSet(RESTING, CLEARING)) {
                each.clear();
                each.state.set(RESTING);
            }
        }
    }

    /** The thread is about to wait: until {@link #resume} it must not use a thread-local. */
    public void rest() {
        do {
            int gone = PLUGINS_GONE.get();
            if (gone != seen) {
                clear();
                seen = gone;
            }
            state.set(RESTING);
        } while (PLUGINS_GONE.get() != seen
                && state.compareAndSet(RESTING, ACTIVE)); // one went before it was seen to rest
    }

    /** The thread has waited. */
    public void resume() {
        while (!state.compareAndSet(RESTING, ACTIVE)) {
            Thread.onSpinWait(); // two writes take no longer
        }
    }

    @Override
    public void close() {
        ALL.remove(this);
    }

    private void clear() {
        for (VarHandle each : Fields.THREAD_LOCALS) {
            each.setVolatile(thread, null);
        }
    }

    /** Looked up when the first plugin has gone: the start has no time for it. */
    private static final class Fields {

        static final List<VarHandle> THREAD_LOCALS = ofThread();

        private static List<VarHandle> ofThread() {
            try {
                MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
                Class<?> map = Class.forName("java.lang.ThreadLocal$ThreadLocalMap");
                return List.of(
                        lookup.findVarHandle(Thread.class, "threadLocals", map),
                        lookup.findVarHandle(Thread.class, "inheritableThreadLocals", map));
            } catch (ReflectiveOperationException notOpened) {
                return List.of();
            }
        }
    }
}
