package dev.mcpgateway.kernel.wire;

import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.WatchedThread;
import dev.mcpgateway.kernel.thread.AnyThread;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of one client are worked on at once. Those beyond that are parked, so that what stands behind them
 * (a cancellation, a ping) is still seen; when the park is full, reading stops.
 */
final class Intake {

    private static final int IN_FLIGHT = 1_024;
    private static final long IN_FLIGHT_BYTES =
            Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 16);
    private static final long PARK_BYTES = 16L << 20;

    private final Deadlines deadlines;
    private final ArrayDeque<Parked> park = new ArrayDeque<>(); // this and all below are guarded by this
    private long parkedBytes;
    private int admitted; // messages that are being taken apart
    private int inFlight;
    private long inFlightBytes;
    private boolean draining;
    private boolean closed;

    private record Parked(Runnable start, int size) {}

    Intake(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    /**
     * A message was read. Until it is {@linkplain #take taken} or {@linkplain #dismiss dismissed} it counts as in flight:
     * what was read is answered, also where the end comes in between.
     *
     * @return false after {@link #close()}: then it is left as if it had never been read
     */
    synchronized boolean admit() {
        if (closed) {
            return false;
        }
        admitted++;
        return true;
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
     * Begins an admitted request now, or parks it.
     *
     * @param size bytes of its message
     */
    void take(Runnable start, int size) {
        synchronized (this) {
            admitted--;
            if (!park.isEmpty() || isFull(size)) {
                park.add(new Parked(start, size));
                parkedBytes += size;
                drainIfThereIsRoom();
                return;
            }
            inFlight++;
            inFlightBytes += size;
        }
        start.run();
    }

    /** A request that was begun has been answered and its answer has left, or nobody wants it any more. */
    synchronized void ended(int size) {
        inFlight--;
        inFlightBytes -= size;
        if (!park.isEmpty()) {
            drainIfThereIsRoom();
        } else {
            notifyIfEmpty();
        }
    }

    /** Waits until there is room in the park. */
    synchronized void awaitRoom() throws InterruptedException {
        while (parkedBytes >= PARK_BYTES) {
            wait();
        }
    }

    /**
     * Waits until nothing is admitted, parked or in flight.
     *
     * @param deadline when to give up, on the scale of {@link System#nanoTime()}
     * @return whether that came about
     */
    synchronized boolean awaitEmpty(long deadline) throws InterruptedException {
        while (!isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    private boolean isEmpty() {
        return admitted == 0 && inFlight == 0 && park.isEmpty();
    }

    private void notifyIfEmpty() {
        if (isEmpty()) {
            notifyAll();
        }
    }

    private boolean isFull(int size) {
        return inFlight >= IN_FLIGHT || (inFlight > 0 && inFlightBytes + size > IN_FLIGHT_BYTES);
    }

    private void drainIfThereIsRoom() {
        Parked next = park.peek();
        if (!draining && next != null && !isFull(next.size)) {
            draining = true;
            Drainer drainer = new Drainer();
            AnyThread.start(drainer, drainer::work);
        }
    }

    private synchronized @Nullable Parked unpark() {
        Parked next = park.peek();
        if (next == null || isFull(next.size)) {
            draining = false;
            return null;
        }
        park.remove();
        parkedBytes -= next.size;
        inFlight++;
        inFlightBytes += next.size;
        notifyAll();
        return next;
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
                next.start.run();
            }
        }

        @Override
        protected void handOver() {
            new Drainer().start();
        }
    }
}
