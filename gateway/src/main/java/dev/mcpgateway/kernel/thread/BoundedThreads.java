// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import java.time.Duration;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads made for one plugin's code: as many as are needed at once and no more than may be, kept for a while where
 * there is nothing to do. What is beyond waits. Thread-safe.
 *
 * <p>They are the plugin's by what they run: who looks for what keeps a plugin's classes finds them by their context class
 * loader, which the gate sets. Idle ones have left nothing of it behind but thread-locals, and end with {@link #close()}.
 */
public final class BoundedThreads implements AutoCloseable {

    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final int MOST_WAITING = 10_000;
    private static final Runnable END = () -> {};

    private final String name;
    private final long idleNanos;
    private final LinkedTransferQueue<Runnable> tasks = new LinkedTransferQueue<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile int most;
    private volatile boolean closed;

    /**
     * @param name of the threads, in front of their number
     * @param most how many there may be
     */
    public BoundedThreads(String name, int most) {
        this(name, most, IDLE);
    }

    /** @param idle how long a thread is kept that has nothing to do */
    BoundedThreads(String name, int most, Duration idle) {
        this.name = name;
        this.most = most;
        this.idleNanos = idle.toNanos();
    }

    /** Somebody relies on these threads. */
    public void addUser() {
        users.incrementAndGet();
    }

    /** Closes them where that was the last who relied on them. */
    public void removeUser() {
        if (users.decrementAndGet() == 0) {
            close();
        }
    }

    /** From now on there may be that many; those that are too many end when they have nothing to do. */
    public void allow(int howMany) {
        most = howMany;
    }

    /**
     * Runs the task as soon as a thread is free for it; what it throws ends its thread.
     *
     * @return false where it will not be run: after {@link #close()}, or since 10,000 others wait already
     */
    public boolean execute(Runnable task) {
        if (closed) {
            return false;
        }
        if (tasks.tryTransfer(task) || startWith(task)) {
            return true;
        }
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            return false;
        }
        tasks.add(() -> {
            waiting.decrementAndGet();
            task.run();
        });
        startWith(null); // where one went home in between; the others may never come back
        return true;
    }

    /** Threads without a task end now, the others after theirs. */
    @Override
    public void close() {
        closed = true;
        for (int i = threads.get(); i > 0; i--) {
            tasks.add(END);
        }
    }

    private boolean startWith(@Nullable Runnable task) {
        int now;
        do {
            now = threads.get();
            if (now >= most) {
                return false;
            }
        } while (!threads.compareAndSet(now, now + 1));
        PlatformOrVirtual.start(name + made.incrementAndGet(), () -> work(task));
        return true;
    }

    private void work(@Nullable Runnable first) {
        try {
            Runnable next = first == null ? END : first;
            do {
                next.run();
                Thread.interrupted(); // meant for that task, and it is over
            } while (!closed && (next = tasks.poll(idleNanos, TimeUnit.NANOSECONDS)) != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does that to a thread without a task
        } finally {
            threads.decrementAndGet();
            if (!tasks.isEmpty() && !closed) {
                startWith(null);
            }
        }
    }
}
