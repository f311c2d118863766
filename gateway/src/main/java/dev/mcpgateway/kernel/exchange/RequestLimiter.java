// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.PlatformOrVirtual;
import dev.mcpgateway.kernel.thread.WatchedThread;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of one client are worked on at once, and how many bytes of memory they hold, beside those of all others. Those
 * beyond that, and all behind one that is large, are parked as they came, so that what stands behind them (a cancellation, a ping)
 * is still seen. When the park is full, reading stops where it is the number of requests that is too high: the client's own. Where
 * it is their size, what comes beside is refused.
 */
final class RequestLimiter {

    private static final int IN_FLIGHT = 1_024;
    static final long IN_FLIGHT_BYTES = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 16);
    private static final long PARK_BYTES = 16L << 20;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20); // at a deadline that may change

    private final Deadlines deadlines;
    private final MemoryBudget budget;

    @GuardedBy("this") private final ArrayDeque<Parked> park = new ArrayDeque<>();

    @GuardedBy("this") private long parkedBytes;

    @GuardedBy("this") private int admitted; // messages that are being taken apart

    @GuardedBy("this") private int inFlight;

    @GuardedBy("this") private long inFlightBytes;

    @GuardedBy("this") private boolean draining;

    @GuardedBy("this") private boolean isReading; // a parked message is being taken apart elsewhere; what stands behind it waits

    @GuardedBy("this") private boolean closed;

    /** When a message that has come may be taken apart and begun. */
    enum Turn {
        NOW,
        LATER,
        /** After {@link #close()}: it is left as if it had never been read. */
        NEVER
    }

    /** A message that waits. */
    interface Parked {

        /** Bytes of it. */
        int size();

        /** Whether it is to be taken apart elsewhere: not where others wait for a thread. */
        boolean isLarge();

        /**
         * Its turn has come.
         *
         * @param done to be run, on any thread, when the next one's turn may come
         */
        void goOn(Runnable done);
    }

    /** @param budget of all clients */
    RequestLimiter(Deadlines deadlines, MemoryBudget budget) {
        this.deadlines = deadlines;
        this.budget = budget;
    }

    /**
     * A message was read. Until it is {@linkplain #begin begun}, {@linkplain #park parked} or {@linkplain #dismiss dismissed} it is
     * not forgotten: what was read is answered, also where the end comes in between.
     */
    synchronized Turn admit(int size) {
        if (closed) {
            return Turn.NEVER;
        }
        admitted++;
        return isReading || !park.isEmpty() || isFull(size) ? Turn.LATER : Turn.NOW;
    }

    /** An admitted message is dealt with, and left no request to work on. */
    synchronized void dismiss() {
        admitted--;
        notifyIfEmpty();
    }

    /** Admits no more messages. */
    synchronized void close() {
        closed = true;
    }

    /**
     * An admitted message is a request whose turn is now: it is in flight from here on.
     *
     * @param weight bytes of memory that it holds
     */
    synchronized void begin(long weight) {
        admitted--;
        count(weight);
    }

    /** A request that was counted by the size of its message has been taken apart: it holds that much more, or less. */
    synchronized void correct(long more) {
        inFlightBytes += more;
        budget.correct(more);
    }

    /**
     * An admitted message waits for its turn.
     *
     * @return false where there is no room for it: then it stays admitted
     */
    boolean park(Parked message) {
        synchronized (this) {
            boolean isTooMuch = parkedBytes > 0 && parkedBytes + message.size() > PARK_BYTES;
            if (isTooMuch && isHeldBySize()) { // else the reading stops
                return false;
            }
            admitted--;
            if (!message.isLarge() || isReading || draining || !park.isEmpty() || isFull(message.size())) {
                park.add(message);
                parkedBytes += message.size();
                drainIfThereIsRoom();
                return true;
            }
            count(message.size());
            isReading = true;
        }
        message.goOn(this::onRead); // it is nobody's turn before it, and it is taken apart elsewhere
        return true;
    }

    /** In words, behind a semicolon, why there is no room. */
    synchronized String fullness() {
        return "requests of " + inFlightBytes + " bytes (" + budget.held()
                + " of all clients) are being worked on and of " + parkedBytes + " bytes wait";
    }

    /** A request that was begun has been answered, or nobody wants it any more. Not to be called under the lock of a client. */
    void ended(long weight) {
        budget.release(weight);
        synchronized (this) {
            inFlight--;
            inFlightBytes -= weight;
            if (!park.isEmpty()) {
                drainIfThereIsRoom();
            } else {
                notifyIfEmpty();
            }
        }
        budget.tellFirst();
    }

    /** There may be room beside other clients. Returns whether that is what this one waits for. */
    synchronized boolean lookAgain() {
        if (park.isEmpty() || isFullOfOwn(park.element().size())) {
            budget.leaveLine(this); // or it would keep back those behind it
            return false;
        }
        drainIfThereIsRoom();
        return true;
    }

    /** Waits until there is room in the park. */
    synchronized void awaitRoom() throws InterruptedException {
        while (parkedBytes >= PARK_BYTES && !isHeldBySize()) {
            wait(1_000);
        }
    }

    /**
     * Waits until nothing is admitted, parked or in flight.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}; it may change meanwhile
     * @return whether that came about
     */
    synchronized boolean awaitEmpty(LongSupplier deadline) throws InterruptedException {
        while (!isEmpty()) {
            long left = deadline.getAsLong() - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, LOOK_NANOS));
        }
        return true;
    }

    /** Whether nothing is admitted, parked or in flight. */
    synchronized boolean isIdle() {
        return isEmpty();
    }

    /** From here on until {@link #ended}. */
    @GuardedBy("this") private void count(long weight) {
        inFlight++;
        inFlightBytes += weight;
        budget.take(weight);
    }

    @GuardedBy("this") private boolean isEmpty() {
        return admitted == 0 && inFlight == 0 && park.isEmpty();
    }

    @GuardedBy("this") private void notifyIfEmpty() {
        if (isEmpty()) {
            notifyAll();
        }
    }

    @GuardedBy("this") private boolean isFull(int size) {
        return inFlight >= IN_FLIGHT || isTooLarge(size);
    }

    @GuardedBy("this") private boolean isFullOfOwn(int size) {
        return inFlight >= IN_FLIGHT || isTooLargeBesideOwn(size);
    }

    @GuardedBy("this") private boolean isTooLarge(int size) {
        return isTooLargeBesideOwn(size) || !budget.hasRoom(size, this);
    }

    @GuardedBy("this") private boolean isTooLargeBesideOwn(int size) {
        return inFlight > 0 && inFlightBytes + size > IN_FLIGHT_BYTES;
    }

    /** Whether the park is held up by the size of something, which takes as long as it takes. */
    @GuardedBy("this") private boolean isHeldBySize() {
        Parked next = park.peek();
        return isReading || (next != null && isTooLarge(next.size()));
    }

    @GuardedBy("this") private void drainIfThereIsRoom() {
        Parked next = park.peek();
        if (draining || isReading || next == null || isFullOfOwn(next.size())) {
            return;
        }
        if (!budget.hasRoom(next.size(), this)) {
            budget.lineUp(this);
            if (!budget.hasRoom(next.size(), this)) { // nor is there since the first look
                return;
            }
        }
        draining = true;
        Drainer drainer = new Drainer();
        PlatformOrVirtual.start(drainer, drainer::work);
    }

    private synchronized @Nullable Parked unpark() {
        Parked next = park.peek();
        if (next == null || isReading || isFull(next.size())) {
            draining = false;
            drainIfThereIsRoom(); // there may be by now, or it waits in line
            return null;
        }
        park.remove();
        parkedBytes -= next.size();
        count(next.size());
        budget.leaveLine(this);
        isReading = next.isLarge();
        notifyAll();
        return next;
    }

    private synchronized void onRead() {
        isReading = false;
        drainIfThereIsRoom();
    }

    /** Begins parked requests: not on the thread that has just finished another one, which is a provider's. */
    private final class Drainer extends WatchedThread {

        Drainer() {
            super("intake", deadlines);
        }

        @Override
        protected void work() {
            Parked next;
            while (!isRelieved() && (next = unpark()) != null) {
                budget.tellFirst(); // who stands behind this client
                next.goOn(next.isLarge() ? RequestLimiter.this::onRead : () -> {});
            }
        }

        @Override
        protected void handOver() {
            new Drainer().start();
        }
    }
}
