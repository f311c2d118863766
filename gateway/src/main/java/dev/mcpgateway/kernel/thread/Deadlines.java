// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * When calls run out of time: a timer wheel, because nearly every deadline is removed before it is due, a hundred
 * thousand times a second. Adding and removing are a list operation under a lock of their own; precision is one tick.
 *
 * <p>The same thread looks after the {@link WatchedThread}s. It sleeps while there is nothing to watch.
 */
public final class Deadlines implements AutoCloseable {

    private static final Log LOG = Log.named("thread");
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int BUCKETS = 512; // a round of 5 s: deadlines beyond it stay in their bucket for more rounds
    private static final long IDLE_TICKS = 100;

    private final Bucket[] buckets = new Bucket[BUCKETS];
    private final AtomicLong waiting = new AtomicLong();
    private final Set<WatchedThread> watched = ConcurrentHashMap.newKeySet();
    private final long origin = System.nanoTime();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean closed;

    /** Something with a deadline. */
    public abstract static class Entry {
        private volatile long at;
        private volatile @Nullable Bucket bucket;
        private @Nullable Entry before;
        private @Nullable Entry after;

        /** @param at on the scale of {@link System#nanoTime()} */
        protected Entry(long at) {
            this.at = at;
        }

        /** The deadline, on the scale of {@link System#nanoTime()}. */
        protected final long at() {
            return at;
        }

        /** The deadline has passed. Called on the wheel's own thread: it must not block. */
        protected abstract void expired();
    }

    private static final class Bucket {
        private @Nullable Entry first;

        synchronized void add(Entry entry) {
            entry.bucket = this;
            entry.after = first;
            if (first != null) {
                first.before = entry;
            }
            first = entry;
        }

        synchronized boolean remove(Entry entry) {
            if (entry.bucket != this) {
                return false;
            }
            if (entry.before != null) {
                entry.before.after = entry.after;
            } else {
                first = entry.after;
            }
            if (entry.after != null) {
                entry.after.before = entry.before;
            }
            entry.bucket = null;
            entry.before = null;
            entry.after = null;
            return true;
        }

        /** Takes out one that is due. */
        synchronized @Nullable Entry takeDue(long now) {
            for (Entry entry = first; entry != null; entry = entry.after) {
                if (entry.at - now <= 0) {
                    remove(entry);
                    return entry;
                }
            }
            return null;
        }
    }

    public Deadlines() {
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new Bucket();
        }
        thread = Thread.ofPlatform().daemon().name("deadlines").unstarted(this::turn);
        thread.start();
    }

    /** Its deadline counts from now on. */
    public void add(Entry entry) {
        // rounded up: the bucket's turn comes after the deadline, never before, and is still to come
        long due = Math.max(entry.at + TICK - 1, System.nanoTime() + TICK);
        bucket(due - origin).add(entry);
        waiting.incrementAndGet();
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** It has ended; does nothing where its deadline has passed or it was never added. */
    public void remove(Entry entry) {
        takeOut(entry);
    }

    /**
     * From now on that is its deadline, whether it was added before or not. One entry is renewed by one thread at a time; the
     * wheel may have it in hand at that moment.
     *
     * @param at on the scale of {@link System#nanoTime()}
     */
    public void renew(Entry entry, long at) {
        takeOut(entry);
        entry.at = at;
        add(entry);
    }

    private boolean takeOut(Entry entry) {
        Bucket bucket = entry.bucket;
        boolean wasIn = bucket != null && bucket.remove(entry);
        if (wasIn) {
            waiting.decrementAndGet();
        }
        return wasIn;
    }

    /** Whether this is the wheel's own thread, which nobody watches. */
    public boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    void watch(WatchedThread watchedThread) {
        watched.add(watchedThread);
    }

    void unwatch(WatchedThread watchedThread) {
        watched.remove(watchedThread);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private Bucket bucket(long sinceOrigin) {
        return buckets[(int) (sinceOrigin / TICK % BUCKETS)];
    }

    private void turn() {
        try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
            turn(residue);
        }
    }

    private void turn(ThreadLocalCleaner residue) {
        long tick = 0;
        long idle = 0;
        while (!closed) {
            residue.rest();
            LockSupport.parkNanos(this, TICK);
            residue.resume();
            long now = System.nanoTime();
            long reached = (now - origin) / TICK;
            if (reached - tick > BUCKETS) {
                tick = reached - BUCKETS; // after a long sleep one round sees everything
            }
            for (; tick <= reached; tick++) {
                expire(buckets[(int) (tick % BUCKETS)], now);
            }
            watched.forEach(each -> check(each, now));
            idle = waiting.get() == 0 ? idle + 1 : 0;
            if (idle > IDLE_TICKS) {
                asleep = true;
                residue.rest();
                while (waiting.get() == 0 && !closed) {
                    LockSupport.park(this);
                }
                residue.resume();
                asleep = false;
                idle = 0;
            }
        }
    }

    private static void check(WatchedThread thread, long now) {
        try {
            thread.check(now);
        } catch (RuntimeException | Error bug) { // as below
            LOG.failure(Log.Level.ERROR, "thread " + thread.getName() + " was not watched", Fields.NONE, bug);
        }
    }

    private void expire(Bucket bucket, long now) {
        Entry due;
        while ((due = bucket.takeDue(now)) != null) {
            waiting.decrementAndGet();
            try {
                due.expired();
            } catch (RuntimeException | Error bug) { // of one call; all the others still count on this thread
                LOG.failure(Log.Level.ERROR, "a call could not be ended at its deadline", Fields.NONE, bug);
            }
        }
    }
}
