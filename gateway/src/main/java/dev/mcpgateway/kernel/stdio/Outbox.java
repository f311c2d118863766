// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.exchange.AnswerSink;
import dev.mcpgateway.kernel.exchange.HeapGoal;
import dev.mcpgateway.kernel.json.Utf8Writer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What waits to be written to one client, and the one thread that writes it: messages are put together into few writes
 * and never interleaved. Putting a message in never waits for the client.
 *
 * <p>A short message that nothing is waiting before is written by whoever brings it, where the system says that it will not
 * block: to wake the writer would cost more than all the rest of a short call.
 */
final class Outbox implements AnswerSink {

    // What may wait for a client that does not read: a quarter of the heap, so that the rest keeps working.
    private static final long MOST_UNREAD =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);

    private static final int BATCH = 64 * 1024;
    private static final int MESSAGES_AT_ONCE = 64;
    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos(); // at a deadline that may change
    private static final long NOTEWORTHY = 1024 * 1024; // nobody waits for less to leave

    private final OutputStream out;
    private final Runnable written;
    private final Runnable broken;
    private final ConcurrentLinkedQueue<Utf8Writer> entries = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong reserved = new AtomicLong();
    private final AtomicBoolean writerSleeps = new AtomicBoolean();
    private final Thread writer;
    private final byte[] batch = new byte[BATCH];
    private final ReentrantLock writing = new ReentrantLock();
    private volatile BooleanSupplier hasRoom = () -> false;
    private volatile boolean closed;
    private volatile boolean failed;

    /**
     * @param written called when something that had waited has left, on the thread that writes
     * @param broken called once, when a write has failed: the client is gone
     */
    Outbox(OutputStream out, Runnable written, Runnable broken) {
        this.out = out;
        this.written = written;
        this.broken = broken;
        this.writer = Thread.ofPlatform().daemon().name("outbox").start(this::write);
    }

    /** Takes a message, whose line end is added here; the writer must not be used afterwards. */
    @Override
    public void put(Utf8Writer message) {
        message.raw('\n');
        if (isWrittenAtOnce(message)) {
            return;
        }
        HeapGoal.SHARED.passes(message.length());
        bytes.addAndGet(message.length());
        entries.add(message);
        if (writerSleeps.get() && writerSleeps.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /**
     * From now on messages of up to {@link DescriptorOutput#SHORT} are written at once where there is room for that much.
     *
     * @param hasRoom asked by one thread at a time, right before it writes
     */
    void writeAtOnce(BooleanSupplier hasRoom) {
        this.hasRoom = hasRoom;
    }

    private boolean isWrittenAtOnce(Utf8Writer message) {
        if (message.length() > DescriptorOutput.SHORT || !entries.isEmpty() || !writing.tryLock()) {
            return false;
        }
        try {
            // Looked at again: what this thread has put in before goes out before.
            if (!entries.isEmpty() || !hasRoom.getAsBoolean()) {
                return false;
            }
            flush(message.buffer(), message.length());
            return true;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public Optional<String> reserve(long size) {
        long now;
        do {
            now = reserved.get();
            if (now + size + bytes.get() > MOST_UNREAD) {
                return Optional.of(
                        "answers of " + bytes() + " bytes are still on their way to the client: there may be "
                                + MOST_UNREAD + " bytes of them");
            }
        } while (!reserved.compareAndSet(now, now + size));
        return Optional.empty();
    }

    @Override
    public void release(long size) {
        reserved.addAndGet(-size);
    }

    /** Bytes that have not left yet. */
    long bytes() {
        return bytes.get();
    }

    /** Waits while as many bytes or more have not left yet. */
    void awaitBelow(long limit) throws InterruptedException {
        if (bytes.get() >= limit) {
            synchronized (bytes) {
                while (bytes.get() >= limit && !failed) {
                    bytes.wait(1_000);
                }
            }
        }
    }

    /**
     * Ends the writer when everything has left.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return whether everything has left
     */
    boolean close(LongSupplier deadline) throws InterruptedException {
        closed = true;
        LockSupport.unpark(writer);
        long left;
        do {
            left = deadline.getAsLong() - System.nanoTime();
            if (writer.join(Duration.ofNanos(Math.clamp(left, 1, LOOK_NANOS)))) {
                return true;
            }
        } while (left > 0);
        return false;
    }

    private void write() {
        while (true) {
            if (entries.isEmpty()) {
                if (closed) {
                    return;
                }
                writerSleeps.set(true);
                if (entries.isEmpty() && !closed) {
                    LockSupport.park(this);
                }
                writerSleeps.set(false);
                continue;
            }
            writing.lock();
            try {
                writeWaiting();
            } finally {
                writing.unlock();
            }
        }
    }

    private void writeWaiting() {
        int filled = 0;
        long total = 0;
        Utf8Writer message;
        for (int count = 0; count < MESSAGES_AT_ONCE && (message = entries.poll()) != null; count++) {
            int length = message.length();
            if (length > BATCH - filled) {
                flush(batch, filled);
                filled = 0;
            }
            if (length > BATCH) {
                flush(message.buffer(), length);
            } else {
                System.arraycopy(message.buffer(), 0, batch, filled, length);
                filled += length;
            }
            total += length;
        }
        flush(batch, filled);
        if (bytes.addAndGet(-total) + total >= NOTEWORTHY) {
            synchronized (bytes) {
                bytes.notifyAll();
            }
        }
        written.run();
    }

    private void flush(byte[] from, int length) {
        if (length == 0 || failed) {
            return;
        }
        try {
            out.write(from, 0, length);
            out.flush();
        } catch (IOException | OutOfMemoryError gone) { // a large array is copied on its way out
            failed = true;
            broken.run();
        }
    }
}
