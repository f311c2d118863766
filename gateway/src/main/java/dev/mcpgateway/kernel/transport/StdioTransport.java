// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.transport;

import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ThreadLocalCleaner;
import dev.mcpgateway.kernel.thread.WatchedThread;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The front door over stdin and stdout: one client, one message a line (MCP specification, basic/transports, stdio).
 *
 * <p>One thread reads, takes messages apart and goes on with each as far as it gets without waiting; one thread writes.
 */
public final class StdioTransport {

    /** Bytes that a message may have beyond the payload limit, for what surrounds the payload. */
    private static final int ENVELOPE = 64 * 1024;

    private static final Log LOG = Log.named("transport");
    private static final int INVALID_REQUEST = -32600;
    private static final int INTERNAL_ERROR = -32603;
    private static final String BROKEN = "internal error: see the gateway's log";
    /** Bytes up to which a message is taken apart on the reading thread. */
    private static final int LIGHT = 64 * 1024;
    // Past this nothing more is read: the client owes us some reading first.
    private static final long OUTBOX_PAUSE = 16L << 20;

    private final int messageLimit;
    private final LineReader lines;
    private final Outbox outbox;
    private final RequestLimiter limiter;
    private final Deadlines deadlines;
    private final Workers workers;
    private final CountDownLatch inputEnded = new CountDownLatch(1);
    private final Conversation conversation;
    private final AtomicBoolean hasDropped = new AtomicBoolean(); // a notification, which may be owed
    private int readers; // touched by one reader after the other

    /**
     * @param payloadLimit bytes of arguments; a message may be 64 KiB longer
     * @param protocol makes the conversation, given where its notifications go
     */
    public StdioTransport(
            InputStream in,
            OutputStream out,
            int payloadLimit,
            Deadlines deadlines,
            Workers workers,
            Function<NotificationSink, Conversation> protocol) {
        this.messageLimit = payloadLimit + ENVELOPE;
        this.lines = new LineReader(in, messageLimit);
        this.outbox = new Outbox(out, this::onWritten, this::clientIsGone);
        this.limiter = new RequestLimiter(deadlines);
        this.deadlines = deadlines;
        this.workers = workers;
        this.conversation = protocol.apply(this::send);
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
        limiter.close();
        inputEnded.countDown();
    }

    /**
     * Waits until everything that was asked has been answered and has left.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return false when the time was up before that
     */
    public boolean drain(LongSupplier deadline) throws InterruptedException {
        return limiter.awaitEmpty(deadline) & outbox.close(deadline);
    }

    private void clientIsGone() {
        LOG.log(Log.Level.INFO, "the client does not read any more: its calls are cancelled", Fields.NONE);
        stop();
        conversation.gone();
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
            conversation.onRoom();
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
                while (!isRelieved() && (line = read(residue)) != null && limiter.admit()) {
                    message(line);
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

        private byte @Nullable [] read(ThreadLocalCleaner residue) throws IOException, InterruptedException {
            limiter.awaitRoom();
            outbox.awaitBelow(OUTBOX_PAUSE);
            residue.rest();
            try {
                return lines.next();
            } finally {
                residue.resume();
            }
        }
    }

    /** A message that was read and admitted. */
    private void message(byte[] line) {
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        InFlightResponder place = new InFlightResponder(line.length, limiter, outbox);
        HeapGoal.SHARED.passes(line.length);
        if (line == LineReader.TOO_LONG) {
            String reason = "message exceeds " + messageLimit + " bytes";
            conversation.refused(new Incoming.Refused(Optional.empty(), INVALID_REQUEST, reason), place);
            limiter.dismiss();
        } else if (line.length <= LIGHT && limiter.begin(line.length)) {
            takeApart(line, context, place);
        } else {
            queue(line, context, place);
        }
    }

    /** Its turn is behind others', or it takes a while to take apart; what nobody has to wait for is done at once. */
    private void queue(byte[] line, RequestContext context, InFlightResponder place) {
        boolean isDone = line.length <= LIGHT ? queueSmall(line, context, place) : queueLarge(line, context, place);
        if (isDone) {
            limiter.dismiss();
        }
    }

    /** It is taken apart twice, lest what waits be as large as a tree. Returns false where it waits. */
    private boolean queueSmall(byte[] line, RequestContext context, InFlightResponder place) {
        try {
            Incoming message = Incoming.read(line);
            if (message instanceof Incoming.Request request && !request.method().equals("ping")) {
                return expect(request.id(), request.method(), line, context, place);
            }
            begin(message, context, place); // none of these is worked on
        } catch (RuntimeException | Error bug) {
            broke(bug, place);
        }
        return true;
    }

    private boolean queueLarge(byte[] line, RequestContext context, InFlightResponder place) {
        Head head = Head.of(line);
        return head.isRequest()
                ? expect(head.id().orElseThrow(), head.method().orElseThrow(), line, context, place)
                : park(new Waiting(line, context, place, Optional.empty(), head.isNotification()));
    }

    private boolean expect(RequestId id, String method, byte[] line, RequestContext context, InFlightResponder place) {
        Conversation.Expected expected = conversation.expect(id, method, context, place);
        return expected == null || park(new Waiting(line, context, place, Optional.of(expected), false));
    }

    /** Returns false where it waits now; else it has been answered. */
    private boolean park(Waiting message) {
        if (limiter.park(message)) {
            return false;
        }
        message.fail("overloaded: there is no room for a request of " + message.size() + " bytes; " + limiter.fullness()
                + "; try again later");
        return true;
    }

    /** A small message whose turn it is: the limiter counts it as in flight. */
    private void takeApart(byte[] line, RequestContext context, InFlightResponder place) {
        Runnable start = null;
        try {
            start = begin(Incoming.read(line), context, place);
        } catch (RuntimeException | Error bug) { // of ours; the next message is read all the same
            broke(bug, place);
        }
        if (start == null) {
            limiter.ended(line.length);
        } else {
            place.begins(start);
        }
    }

    /** How to begin what the message asks for; null where that is done. */
    private @Nullable Runnable begin(Incoming message, RequestContext context, InFlightResponder place) {
        if (message instanceof Incoming.Request request) {
            return conversation.request(request, context, place);
        }
        if (message instanceof Incoming.Notification notification) {
            try {
                conversation.notification(notification);
            } catch (RuntimeException | Error bug) { // of ours; nobody waits for an answer
                logged(bug, place);
            }
        } else if (message instanceof Incoming.Refused refused) {
            conversation.refused(refused, place);
        } else if (message instanceof Incoming.Dropped dropped) {
            LOG.log(Log.Level.DEBUG, "a notification is ignored: " + dropped.reason(), Fields.NONE);
        } else {
            LOG.log(Log.Level.DEBUG, "an answer to a request that was never made is ignored", Fields.NONE);
        }
        return null;
    }

    private void broke(Throwable bug, InFlightResponder place) {
        logged(bug, place);
        fail(BROKEN, place);
    }

    private void fail(String reason, InFlightResponder place) {
        conversation.refused(new Incoming.Refused(Optional.empty(), INTERNAL_ERROR, reason), place);
    }

    private static void logged(Throwable bug, InFlightResponder place) {
        LOG.failure(
                Log.Level.ERROR, "a message of " + place.size() + " bytes could not be taken apart", Fields.NONE, bug);
    }

    /** A message that waits for its turn, as it came. */
    private class Waiting implements RequestLimiter.Parked {

        private final RequestContext context;
        private final InFlightResponder place;
        private final Optional<Conversation.Expected> expected;
        private final boolean isNotification;
        private byte[] line;

        Waiting(
                byte[] line,
                RequestContext context,
                InFlightResponder place,
                Optional<Conversation.Expected> expected,
                boolean isNotification) {
            this.isNotification = isNotification;
            this.line = line;
            this.context = context;
            this.place = place;
            this.expected = expected;
        }

        @Override
        public int size() {
            return place.size();
        }

        @Override
        public boolean isLarge() {
            return place.size() > LIGHT;
        }

        @Override
        public void goOn(Runnable done) {
            if (!isLarge()) {
                place.begins(read());
                return;
            }
            boolean isTaken = workers.execute(StdioTransport.this, size(), () -> {
                Runnable start;
                try {
                    start = read();
                } finally {
                    done.run(); // the next need not wait for whom this one calls
                }
                place.begins(start);
            });
            if (!isTaken) {
                fail("overloaded: too much waits to be read already; try again later");
                place.begins(() -> {});
                done.run();
            }
        }

        /** It cannot be served. */
        void fail(String reason) {
            if (isNotification) {
                LOG.log(Log.Level.WARN, "a notification of " + size() + " bytes is ignored: " + reason, Fields.NONE);
                place.withdraw();
                return;
            }
            expected.ifPresentOrElse(request -> request.failed(reason), () -> StdioTransport.this.fail(reason, place));
        }

        /** How to begin what it asks for. One that is over has been answered or withdrawn, or is about to be. */
        private Runnable read() {
            byte[] text = line;
            line = new byte[0];
            Runnable start = null;
            try {
                if (!context.isOver()) {
                    start = begin(Incoming.read(text, context::isOver));
                }
            } catch (RuntimeException | Error bug) {
                logged(bug, place);
                fail(BROKEN);
            }
            if (start == null && expected.isEmpty()) {
                place.withdraw(); // where it was no request
            }
            return start == null ? () -> {} : start;
        }

        private @Nullable Runnable begin(Incoming message) {
            if (context.isOver()) {
                return null;
            }
            if (expected.isEmpty()) {
                return StdioTransport.this.begin(message, context, place);
            }
            if (message instanceof Incoming.Request request) {
                return expected.get().request(request);
            }
            Incoming.Refused refused = message instanceof Incoming.Refused known
                    ? known
                    : new Incoming.Refused(Optional.empty(), INVALID_REQUEST, "the message is ambiguous");
            expected.get().refused(refused);
            return null;
        }
    }
}
