package dev.mcpgateway.kernel.wire;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.WatchedThread;
import dev.mcpgateway.kernel.thread.Residue;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The front door over stdin and stdout: one client, one message a line (MCP specification, basic/transports, stdio).
 *
 * <p>One thread reads, takes messages apart and goes on with each as far as it gets without waiting; one thread writes.
 */
public final class StdioDoor {

    /** Bytes that a message may have beyond the payload limit, for what surrounds the payload. */
    private static final int ENVELOPE = 64 * 1024;

    private static final Log LOG = Log.named("wire");
    private static final int INVALID_REQUEST = -32600;
    private static final int INTERNAL_ERROR = -32603;
    // What may wait for a client that does not read: a quarter of the heap, so that the rest keeps working.
    private static final long OUTBOX_BYTES =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
    // Past this nothing more is read: the client owes us some reading first.
    private static final long OUTBOX_PAUSE = 16L << 20;

    private final int messageLimit;
    private final LineReader lines;
    private final Outbox outbox;
    private final Intake intake;
    private final Deadlines deadlines;
    private final CountDownLatch inputEnded = new CountDownLatch(1);
    private final Conversation conversation;
    private int readers; // touched by one reader after the other

    /**
     * @param payloadLimit bytes of arguments; a message may be 64 KiB longer
     * @param protocol makes the conversation, given where its notifications go
     */
    public StdioDoor(
            InputStream in,
            OutputStream out,
            int payloadLimit,
            Deadlines deadlines,
            Function<Outlet, Conversation> protocol) {
        this.messageLimit = payloadLimit + ENVELOPE;
        this.lines = new LineReader(in, messageLimit);
        this.outbox = new Outbox(out, this::clientIsGone);
        this.intake = new Intake(deadlines);
        this.deadlines = deadlines;
        this.conversation = protocol.apply(this::send);
    }

    /** Begins to read. */
    public void open() {
        new Reader().start();
    }

    /**
     * Lets short answers be written by those who bring them. For the process's standard output only. Takes some
     * milliseconds, so it is called when nobody waits.
     */
    public void writeAtOnce() {
        outbox.writeAtOnce(Room.ofStdout()::isThere);
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
     * @return false when the time was up before that
     */
    public boolean drain(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        return intake.awaitEmpty(deadline) & outbox.close(deadline);
    }

    private void clientIsGone() {
        LOG.log(Log.Level.INFO, "the client does not read any more: its calls are cancelled", Fields.NONE);
        stop();
        conversation.gone();
    }

    private void send(Utf8Writer message) {
        if (outbox.bytes() < OUTBOX_PAUSE) {
            outbox.put(message, () -> {});
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
            try (Residue residue = Residue.ofThisThread()) {
                byte[] line;
                while (!isRelieved() && (line = read(residue)) != null && intake.admit()) {
                    message(line);
                }
            } catch (IOException e) {
                LOG.log(Log.Level.WARN, "stdin cannot be read any more", Fields.NONE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (!isRelieved()) {
                    inputEnded.countDown();
                }
            }
        }

        private byte @Nullable [] read(Residue residue) throws IOException, InterruptedException {
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

    private void message(byte[] line) {
        Place place = new Place();
        Runnable start = null;
        try {
            start = begin(line, place);
        } catch (RuntimeException | Error bug) { // of ours; the next message is read all the same
            LOG.failure(Log.Level.ERROR, "a message could not be taken apart", Fields.NONE, bug);
            conversation.refused(
                    new Incoming.Refused(Optional.empty(), INTERNAL_ERROR, "internal error: see the gateway's log"),
                    place);
        } finally {
            if (start == null) {
                intake.dismiss();
            }
        }
        if (start != null) {
            place.size = line.length;
            intake.take(start, line.length);
        }
    }

    /** How to begin what the message asks for; null where that is done. */
    private @Nullable Runnable begin(byte[] line, Place place) {
        long arrival = System.nanoTime();
        if (line == LineReader.TOO_LONG) {
            String reason = "message exceeds " + messageLimit + " bytes";
            conversation.refused(new Incoming.Refused(Optional.empty(), INVALID_REQUEST, reason), place);
            return null;
        }
        Incoming message = Incoming.read(line);
        if (message instanceof Incoming.Request request) {
            return conversation.request(request, arrival, place);
        }
        if (message instanceof Incoming.Notification notification) {
            conversation.notification(notification);
        } else if (message instanceof Incoming.Refused refused) {
            conversation.refused(refused, place);
        } else {
            LOG.log(Log.Level.DEBUG, "an answer to a request that was never made is ignored", Fields.NONE);
        }
        return null;
    }

    private final class Place extends AtomicBoolean implements Ticket {

        private static final long serialVersionUID = 1L;

        private int size = -1; // of a request that the intake counts; written before the work begins

        @Override
        public void answer(Utf8Writer message) {
            if (compareAndSet(false, true)) {
                outbox.put(message, this::left);
            }
        }

        @Override
        public void withdraw() {
            if (compareAndSet(false, true)) {
                left();
            }
        }

        @Override
        public long room() {
            return OUTBOX_BYTES - outbox.bytes();
        }

        private void left() {
            if (size >= 0) {
                intake.ended(size);
            }
        }
    }
}
