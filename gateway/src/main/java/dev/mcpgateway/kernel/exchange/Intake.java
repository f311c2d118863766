// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Head;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes in the messages of one client, whatever transport they come by: makes an {@link Exchange} of each, takes it apart and goes
 * on with it as far as that goes without waiting. What is large, and what is beyond what a client may have in flight, is parked
 * as it came.
 *
 * <p>Messages of one pipe come by one thread at a time, and are parked in their order; others may come by any. Thread-safe but for that.
 */
public final class Intake {

    /** Bytes that a message may have beyond the payload limit, for what surrounds the payload. */
    public static final int ENVELOPE = 64 * 1024;

    /** Bytes up to which a message is taken apart on the thread that brings it. */
    static final int LIGHT = 64 * 1024;

    private static final Log LOG = Log.named("transport");
    private static final String BROKEN = "internal error: see the gateway's log";

    private final Conversation conversation;
    private final Deadlines deadlines;
    private final Workers workers;
    private final RequestLimiter limiter;

    /**
     * @param conversation makes something of the client's messages
     * @param budget of all clients
     */
    public Intake(Conversation conversation, Deadlines deadlines, Workers workers, MemoryBudget budget) {
        this.conversation = conversation;
        this.deadlines = deadlines;
        this.workers = workers;
        this.limiter = new RequestLimiter(deadlines, budget);
    }

    /** Waits until there is room to park another message. */
    public void awaitRoom() throws InterruptedException {
        limiter.awaitRoom();
    }

    /**
     * Takes a message.
     *
     * @param message in an array that is not changed any more
     * @return false after {@link #close()}: then it is left as if it had never come
     */
    public boolean take(byte[] message, AnswerSink answers) {
        RequestLimiter.Turn turn = limiter.admit(message.length);
        if (turn == RequestLimiter.Turn.NEVER) {
            return false;
        }
        Exchange exchange = arrived(message.length, answers);
        HeapGoal.SHARED.passes(message.length);
        if (message.length <= LIGHT && turn == RequestLimiter.Turn.NOW) {
            takeApart(message, exchange);
        } else {
            queue(message, exchange);
        }
        return true;
    }

    /**
     * Refuses a message of which nothing is known.
     *
     * @return as {@link #take}
     */
    public boolean refuse(String reason, AnswerSink answers) {
        if (limiter.admit(0) == RequestLimiter.Turn.NEVER) {
            return false;
        }
        conversation.refused(
                new Incoming.Refused(Optional.empty(), ErrorCodes.INVALID_REQUEST, reason), arrived(0, answers));
        limiter.dismiss();
        return true;
    }

    /** A notification was dropped for want of room, and now there is some. */
    public void onRoom() {
        conversation.onRoom();
    }

    /** Whether nothing that was asked waits for its answer. */
    public boolean isIdle() {
        return limiter.isIdle();
    }

    /** Takes no more messages. */
    public void close() {
        limiter.close();
    }

    /** The client is gone: its requests are cancelled, and no more messages are taken. */
    public void abandon() {
        limiter.close();
        conversation.gone();
    }

    /**
     * Waits until everything that was asked has been answered, but for what stands.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return false when the time was up before that
     */
    public boolean awaitEmpty(LongSupplier deadline) throws InterruptedException {
        return limiter.awaitEmpty(deadline);
    }

    private Exchange arrived(int size, AnswerSink answers) {
        return new Exchange(size, RequestContext.arrived(deadlines, System.nanoTime()), limiter, answers);
    }

    /** A small message whose turn it is. */
    private void takeApart(byte[] message, Exchange exchange) {
        Runnable start = null;
        long weight = 0;
        try {
            Incoming read = Incoming.read(message);
            start = begin(read, exchange);
            weight = weight(read);
        } catch (RuntimeException | Error bug) { // of ours; the next message is read all the same
            broke(bug, exchange);
        }
        if (start == null) {
            limiter.dismiss();
        } else {
            limiter.begin(weight);
            exchange.begin(weight, start);
        }
    }

    /** Its turn is behind others', or it takes a while to take apart; what nobody has to wait for is done at once. */
    private void queue(byte[] message, Exchange exchange) {
        boolean isDone = message.length <= LIGHT ? queueSmall(message, exchange) : queueLarge(message, exchange);
        if (isDone) {
            limiter.dismiss();
        }
    }

    /** It is taken apart twice, lest what waits be as large as a tree. Returns false where it waits. */
    private boolean queueSmall(byte[] message, Exchange exchange) {
        try {
            Incoming read = Incoming.read(message);
            if (read instanceof Incoming.Request request && !request.method().equals("ping")) {
                return expect(request.id(), request.method(), message, exchange);
            }
            begin(read, exchange); // none of these is worked on
        } catch (RuntimeException | Error bug) {
            broke(bug, exchange);
        }
        return true;
    }

    private boolean queueLarge(byte[] message, Exchange exchange) {
        Head head = Head.of(message);
        return head.isRequest()
                ? expect(head.id().orElseThrow(), head.method().orElseThrow(), message, exchange)
                : park(new ParkedMessage(this, message, exchange, Optional.empty(), head.isNotification()));
    }

    private boolean expect(RequestId id, String method, byte[] message, Exchange exchange) {
        Conversation.Expected expected = conversation.expect(id, method, exchange);
        return expected == null || park(new ParkedMessage(this, message, exchange, Optional.of(expected), false));
    }

    /** Returns false where it waits now; else it has been answered. */
    private boolean park(ParkedMessage message) {
        if (limiter.park(message)) {
            return false;
        }
        message.fail("overloaded: there is no room for a request of " + message.size() + " bytes; " + limiter.fullness()
                + "; try again later");
        return true;
    }

    /** How to begin what the message asks for; null where that is done. */
    @Nullable Runnable begin(Incoming message, Exchange exchange) {
        if (message instanceof Incoming.Request request) {
            return conversation.request(request, exchange);
        }
        if (message instanceof Incoming.Notification notification) {
            try {
                conversation.notification(notification);
            } catch (RuntimeException | Error bug) { // of ours; nobody waits for an answer
                logged(bug, exchange);
            }
        } else if (message instanceof Incoming.Refused refused) {
            conversation.refused(refused, exchange);
        } else if (message instanceof Incoming.Dropped dropped) {
            LOG.log(Log.Level.DEBUG, dropped.reason(), Fields.NONE);
        } else if (message instanceof Incoming.Response response) {
            conversation.response(response);
        }
        exchange.withdraw(); // where it wants no answer
        return null;
    }

    /** A message that was counted with so many bytes has been taken apart. Returns the bytes that it is counted with now. */
    long recount(Incoming message, long counted) {
        long weight = weight(message);
        limiter.correct(weight - counted);
        return weight;
    }

    private static long weight(Incoming message) {
        return message instanceof Incoming.Request request ? request.weight() : 0;
    }

    /** Has it done where it keeps no other message waiting; false where too much waits for that already. */
    boolean executes(int size, Runnable reading) {
        return workers.execute(this, size, reading);
    }

    private void broke(Throwable bug, Exchange exchange) {
        logged(bug, exchange);
        fail(BROKEN, exchange);
    }

    /** A fault of ours, in a message that is waited for. */
    void broke(Throwable bug, Exchange exchange, ParkedMessage message) {
        logged(bug, exchange);
        message.fail(BROKEN);
    }

    void fail(String reason, Exchange exchange) {
        conversation.refused(new Incoming.Refused(Optional.empty(), ErrorCodes.INTERNAL_ERROR, reason), exchange);
    }

    private static void logged(Throwable bug, Exchange exchange) {
        LOG.failure(
                Log.Level.ERROR,
                "a message of " + exchange.size() + " bytes could not be taken apart",
                Fields.NONE,
                bug);
    }
}
