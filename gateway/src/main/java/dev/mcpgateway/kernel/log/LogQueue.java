// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way to the one thread that writes them: many producers, wait-free; one consumer. Bounded by weight
 * and not by count, because lines differ a hundredfold and it is memory that must not grow.
 *
 * <p>A linked list in arrival order: a producer swaps itself in as the tail, then links its predecessor to itself.
 */
final class LogQueue {

    private static final long HEAVIEST = 8L * 1024 * 1024;

    static final LogQueue LINES = new LogQueue(HEAVIEST);

    private final long bound;
    private final AtomicLong weight = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicReference<@Nullable Thread> sleeper = new AtomicReference<>();
    private final AtomicReference<LogLine> tail;

    /** The line taken last; only the consumer touches it. */
    private LogLine head;

    LogQueue(long bound) {
        this.bound = bound;
        head = new LogLine(0, Log.Level.TRACE, "", "", Fields.NONE, "");
        tail = new AtomicReference<>(head);
    }

    void offer(LogLine line) {
        offer(line, bound);
    }

    /** As {@link #offer}, but into the first half only. */
    void offerRelayed(LogLine line) {
        offer(line, bound / 2);
    }

    private void offer(LogLine line, long bound) {
        int added = line.weight();
        if (weight.addAndGet(added) > bound) {
            weight.addAndGet(-added);
            dropped.incrementAndGet();
            return;
        }
        tail.getAndSet(line).next = line;
        Thread asleep = sleeper.get();
        if (asleep != null && sleeper.compareAndSet(asleep, null)) {
            LockSupport.unpark(asleep);
        }
    }

    /** The next line, or null where there is none, or where its producer is just linking it. */
    @Nullable LogLine poll() {
        LogLine line = head.next;
        if (line != null) {
            // A line that has grown old must not hold on to the next one, which would grow old through it, and so on
            // for ever.
            head.next = null;
            head = line;
            weight.addAndGet(-line.weight());
        }
        return line;
    }

    /** Counts lines that were taken and could not be written. */
    void countDropped(int lines) {
        dropped.addAndGet(lines);
    }

    long takeDropped() {
        return dropped.getAndSet(0);
    }

    boolean isEmpty() {
        return head.next == null && dropped.get() == 0;
    }

    /** Parks the consumer until a line comes or it is unparked. The producer of that line pays for the waking. */
    void sleepUntilOffered() {
        sleeper.set(Thread.currentThread());
        if (head.next == null) {
            LockSupport.park(this);
        }
        sleeper.set(null);
    }
}
