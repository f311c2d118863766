// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.request.RequestContext;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * One message of a client, from its arrival to its end, and its way back: it is answered once, or withdrawn. Until then it counts
 * as in flight, unless it {@linkplain #stand() stands}. Thread-safe.
 */
public final class Exchange {

    // not an object more for each call
    private static final AtomicIntegerFieldUpdater<Exchange> IS_OVER =
            AtomicIntegerFieldUpdater.newUpdater(Exchange.class, "isOver");

    private final int size;
    private final RequestContext context;
    private final RequestLimiter limiter;
    private final AnswerSink answers;
    private volatile int isOver; // 1 from the moment that it is answered or withdrawn
    private long weight; // bytes of memory that the limiter has counted; not changed any more once it has

    @GuardedBy("this") private long reserved;

    @GuardedBy("this") private boolean isCounted; // by the limiter, from when its work begins

    @GuardedBy("this") private boolean isLeft; // its place among those in flight

    @GuardedBy("this") private boolean hasEnded;

    /** @param size bytes of the message */
    Exchange(int size, RequestContext context, RequestLimiter limiter, AnswerSink answers) {
        this.size = size;
        this.context = context;
        this.limiter = limiter;
        this.answers = answers;
    }

    /** Its time, whose it is, and who has it. */
    public RequestContext context() {
        return context;
    }

    /** Bytes of the message. */
    int size() {
        return size;
    }

    /**
     * The limiter has counted it; its work begins.
     *
     * @param bytes of memory that it was counted with
     */
    void begin(long bytes, Runnable start) {
        boolean left;
        boolean ended;
        synchronized (this) {
            weight = bytes;
            isCounted = true;
            left = isLeft;
            ended = hasEnded;
        }
        if (left) {
            limiter.ended(bytes);
        }
        if (!ended) {
            start.run();
        }
    }

    /** Sends the answer, where it has none yet; the writer must not be used afterwards. */
    public void answer(Utf8Writer message) {
        if (IS_OVER.compareAndSet(this, 0, 1)) {
            answers.put(message);
            end();
        }
    }

    /** Sends the answer to a message that could not be understood; the rest as for {@link #answer}. */
    public void refuse(Utf8Writer message) {
        if (IS_OVER.compareAndSet(this, 0, 1)) {
            answers.refuse(message);
            end();
        }
    }

    /** There will be no answer. */
    public void withdraw() {
        if (IS_OVER.compareAndSet(this, 0, 1)) {
            answers.putNothing();
            end();
        }
    }

    /** Nobody wants the answer any more: who works on it hears of that, and there will be none. */
    public void cancel() {
        context.cancel();
        withdraw();
    }

    /**
     * From now on it may stay open for as long as its client likes, e.g. to be told of what happens: it counts no more as in
     * flight, and the end does not wait for it.
     */
    public void stand() {
        boolean isInFlight;
        synchronized (this) {
            isInFlight = leave();
        }
        if (isInFlight) {
            limiter.ended(weight);
        }
    }

    /**
     * Keeps room for an answer among those that the client has not read; to be called once, before the answer is written.
     *
     * @param bytes that it will have
     * @return why there is no room, as words behind a semicolon; empty where there is
     */
    public Optional<String> reserve(long bytes) {
        Optional<String> refusal = answers.reserve(bytes);
        if (refusal.isPresent()) {
            return refusal;
        }
        boolean isTooLate;
        synchronized (this) {
            isTooLate = hasEnded;
            reserved = isTooLate ? 0 : bytes;
        }
        if (isTooLate) { // nobody will release it any more
            answers.release(bytes);
        }
        return refusal;
    }

    private void end() {
        long kept;
        boolean isInFlight;
        synchronized (this) {
            hasEnded = true;
            kept = reserved;
            isInFlight = leave();
        }
        if (kept > 0) {
            answers.release(kept);
        }
        if (isInFlight) {
            limiter.ended(weight);
        }
    }

    /** Returns whether the limiter has counted it until now. */
    @GuardedBy("this") private boolean leave() {
        boolean isInFlight = isCounted && !isLeft;
        isLeft = true;
        return isInFlight;
    }
}
