package dev.mcpgateway.kernel.wire;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What waits to be written to one client, and the one thread that writes it: messages are put together into few writes
 * and never interleaved. Putting a message in never waits for the client.
 *
 * <p>A short message that nothing is waiting before is written by whoever brings it, where the system says that it will not
 * block: to wake the writer would cost more than all the rest of a short call.
 */
final class Outbox {

    private static final int BATCH = 64 * 1024;
    private static final long NOTEWORTHY = 1024 * 1024; // nobody waits for less to leave

    private final OutputStream out;
    private final Runnable broken;
    private final ConcurrentLinkedQueue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean writerSleeps = new AtomicBoolean();
    private final Thread writer;
    private final byte[] batch = new byte[BATCH];
    private final ReentrantLock writing = new ReentrantLock();
    private volatile BooleanSupplier hasRoom = () -> false;
    private volatile boolean closed;
    private volatile boolean failed;

    private record Entry(Utf8Writer message, Runnable written) {}

    /** @param broken called once, when a write has failed: the client is gone */
    Outbox(OutputStream out, Runnable broken) {
        this.out = out;
        this.broken = broken;
        this.writer = Thread.ofPlatform().daemon().name("outbox").start(this::write);
    }

    /**
     * Takes a message, whose line end is added here; the writer must not be used afterwards.
     *
     * @param written called when the message has left, or has been given up because the client is gone
     */
    void put(Utf8Writer message, Runnable written) {
        message.raw('\n');
        if (isWrittenAtOnce(message)) {
            written.run();
            return;
        }
        bytes.addAndGet(message.length());
        entries.add(new Entry(message, written));
        if (writerSleeps.get() && writerSleeps.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    /**
     * From now on messages of up to {@link Room#BYTES} are written at once where there is room for that much.
     *
     * @param hasRoom asked by one thread at a time, right before it writes
     */
    void writeAtOnce(BooleanSupplier hasRoom) {
        this.hasRoom = hasRoom;
    }

    private boolean isWrittenAtOnce(Utf8Writer message) {
        if (message.length() > Room.BYTES || !entries.isEmpty() || !writing.tryLock()) {
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
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}
     * @return whether everything has left
     */
    boolean close(long deadline) throws InterruptedException {
        closed = true;
        LockSupport.unpark(writer);
        return writer.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
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
        Runnable[] written = new Runnable[64];
        int count = 0;
        int filled = 0;
        long total = 0;
        Entry entry;
        while (count < written.length && (entry = entries.poll()) != null) {
            int length = entry.message.length();
            if (length > BATCH - filled) {
                flush(batch, filled);
                filled = 0;
            }
            if (length > BATCH) {
                flush(entry.message.buffer(), length);
            } else {
                System.arraycopy(entry.message.buffer(), 0, batch, filled, length);
                filled += length;
            }
            written[count++] = entry.written;
            total += length;
        }
        flush(batch, filled);
        if (bytes.addAndGet(-total) + total >= NOTEWORTHY) {
            synchronized (bytes) {
                bytes.notifyAll();
            }
        }
        for (int i = 0; i < count; i++) {
            written[i].run();
        }
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
