// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Log;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread with a duty that must go on, e.g. reading a client's messages, which calls into providers on the way. Where a
 * provider keeps it for more than 50 ms, its duty is handed on to another thread.
 *
 * <p>The provider is to blame where it makes the thread wait. A thread that could run may have been kept by a busy
 * machine instead, so that is held against the provider only when it happens again and again.
 */
public abstract class WatchedThread extends Thread {

    private static final Log LOG = Log.named("thread");
    /** What the thread calls into. */
    public interface Visited {

        String name();

        /**
         * It kept a thread of the kernel for too long. Called by one thread.
         *
         * @param isToBlame false where it may have been the machine that was busy
         */
        void keptThread(long now, boolean isToBlame);
    }

    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(50);

    private final Deadlines deadlines;
    private volatile @Nullable Visited visiting;
    private volatile long since;
    private volatile boolean relieved;

    @GuardedBy("this") private boolean isStuck;

    protected WatchedThread(String name, Deadlines deadlines) {
        super(name);
        setDaemon(true);
        this.deadlines = deadlines;
    }

    /** The duty; it ends soon after {@link #isRelieved()} has become true. */
    protected abstract void work();

    /**
     * Starts another thread that takes over the duty, on the watching thread. Where that fails since the system has no more
     * threads, it is called again later.
     */
    protected abstract void handOver();

    /** Whether another thread has the duty now. */
    protected final boolean isRelieved() {
        return relieved;
    }

    @Override
    public final void run() {
        deadlines.watch(this);
        try {
            work();
        } finally {
            deadlines.unwatch(this);
        }
    }

    /** The thread goes into code that is not the kernel's. */
    public final void enter(Visited host) {
        since = System.nanoTime();
        visiting = host;
    }

    /** Once this has returned the thread is relieved or it is not: two of them with one duty would be one too many. */
    public final synchronized void leave() {
        visiting = null;
    }

    final void check(long now) {
        Visited host = visiting == null ? null : relieve(now);
        if (host != null) {
            host.keptThread(now, getState() != State.RUNNABLE);
        }
    }

    /** The provider that has kept this thread for too long, where there is one and another has the duty now. */
    private synchronized @Nullable Visited relieve(long now) {
        Visited host = visiting;
        if (host == null || relieved || now - since <= PATIENCE) {
            return null;
        }
        try {
            handOver();
        } catch (OutOfMemoryError noMoreThreads) {
            if (!isStuck) {
                isStuck = true;
                LOG.warn("provider '" + host.name() + "' keeps thread " + getName()
                        + ", and the system has no other that"
                        + " could do its work meanwhile: raise its limit of threads (ulimit -u, pids.max)");
            }
            return null;
        }
        relieved = true;
        return host;
    }
}
