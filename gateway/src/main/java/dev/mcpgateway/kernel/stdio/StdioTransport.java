// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ThreadLocalCleaner;
import dev.mcpgateway.kernel.thread.WatchedThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transport over stdin and stdout: one client, one message a line (MCP specification, basic/transports, stdio).
 *
 * <p>One thread reads, and goes on with each message as far as it gets without waiting; one thread writes.
 */
public final class StdioTransport {

    private static final Log LOG = Log.named("transport");
    // Past this nothing more is read: the client owes us some reading first.
    private static final long OUTBOX_PAUSE = 16L << 20;

    private final int messageLimit;
    private final LineReader lines;
    private final Outbox outbox;
    private final Deadlines deadlines;
    private final CountDownLatch inputEnded = new CountDownLatch(1);
    private final Intake intake;
    private final AtomicBoolean hasDropped = new AtomicBoolean(); // a notification, which may be owed
    private int readers; // touched by one reader after the other

    /**
     * @param payloadLimit bytes of arguments; a message may be 64 KiB longer
     * @param kernel takes in the client's messages, given where its notifications go
     */
    public StdioTransport(
            InputStream in,
            OutputStream out,
            int payloadLimit,
            Deadlines deadlines,
            Function<NotificationSink, Intake> kernel) {
        this.messageLimit = payloadLimit + Intake.ENVELOPE;
        this.lines = new LineReader(in, messageLimit);
        this.outbox = new Outbox(out, this::onWritten, this::clientIsGone);
        this.deadlines = deadlines;
        this.intake = kernel.apply(this::send);
    }

    /** Begins to read. */
    public void open() {
        new Reader().start();
    }

    /**
     * Lets short answers be written by those who bring them.
     *
     * @param hasRoom whether {@link DescriptorOutput#SHORT} bytes can be written without waiting; asked by one thread at a
     *     time, right before it writes
     */
    public void writeAtOnce(BooleanSupplier hasRoom) {
        outbox.writeAtOnce(hasRoom);
    }

    /** Waits for the end of the input, or until {@link #stop()}. */
    public void awaitEndOfInput() throws InterruptedException {
        inputEnded.await();
    }

    /** Takes no more messages. */
    public void stop() {
        intake.close();
        inputEnded.countDown();
    }

    /**
     * Waits until everything that was asked has been answered and has left.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return false when the time was up before that
     */
    public boolean drain(LongSupplier deadline) throws InterruptedException {
        return intake.awaitEmpty(deadline) & outbox.close(deadline);
    }

    private void clientIsGone() {
        LOG.log(Log.Level.INFO, "the client does not read any more: its calls are cancelled", Fields.NONE);
        stop();
        intake.abandon();
    }

    private boolean send(Utf8Writer message) {
        if (outbox.bytes() < OUTBOX_PAUSE) {
            outbox.put(message);
            return true;
        }
        hasDropped.set(true);
        onWritten(); // it may have by now
        return false;
    }

    private void onWritten() {
        if (hasDropped.get() && outbox.bytes() < OUTBOX_PAUSE && hasDropped.compareAndSet(true, false)) {
            intake.onRoom();
        }
    }

    private final class Reader extends WatchedThread {

        Reader() {
            super("stdio-reader-" + ++readers, deadlines);
        }

        @Override
        protected void handOver() {
            new Reader().start();
        }

        @Override
        protected void work() {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                byte[] line;
                while (!isRelieved() && (line = read(residue)) != null && take(line)) {
                    // until one of them is so
                }
            } catch (IOException e) {
                LOG.log(Log.Level.WARN, "stdin cannot be read any more: " + e.getMessage(), Fields.NONE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (!isRelieved()) {
                    inputEnded.countDown();
                }
            }
        }

        private boolean take(byte[] line) {
            return line == LineReader.TOO_LONG
                    ? intake.refuse("message exceeds " + messageLimit + " bytes", outbox)
                    : intake.take(line, outbox);
        }

        private byte @Nullable [] read(ThreadLocalCleaner residue) throws IOException, InterruptedException {
            intake.awaitRoom();
            outbox.awaitBelow(OUTBOX_PAUSE);
            residue.rest();
            try {
                return lines.next();
            } finally {
                residue.resume();
            }
        }
    }
}
