package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.provider.Deadlines;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Work of interceptors for one call, on a virtual thread that is interrupted when the call's time is over or nobody wants its
 * answer any more: from then on what comes of the work does not count. Thread-safe.
 */
final class Phase extends Deadlines.Entry {

    private final Deadlines deadlines;
    private final Runnable outOfTime;
    private final AtomicReference<State> state = new AtomicReference<>(State.AT_WORK);
    private volatile @Nullable Thread thread;

    private enum State {
        AT_WORK,
        DONE,
        OVER
    }

    /** @param outOfTime told once, on the wheel's own thread: it must not block */
    Phase(long deadline, Deadlines deadlines, Runnable outOfTime) {
        super(deadline);
        this.deadlines = deadlines;
        this.outOfTime = outOfTime;
    }

    void run(Runnable work) {
        Thread worker = Thread.ofVirtual().name("interceptors").unstarted(work);
        thread = worker;
        deadlines.add(this);
        worker.start();
    }

    /** The work is done. Returns false where that came too late. */
    boolean isInTime() {
        return isNow(State.DONE);
    }

    /** Whether it was to end before it was done. */
    boolean isOver() {
        return state.get() == State.OVER;
    }

    /** Nobody wants it any more. */
    void cancel() {
        if (isNow(State.OVER)) {
            interrupt();
        }
    }

    @Override
    protected void expired() {
        if (state.compareAndSet(State.AT_WORK, State.OVER)) {
            try {
                outOfTime.run(); // while who is at work can still be seen
            } finally {
                interrupt();
            }
        }
    }

    private boolean isNow(State end) {
        boolean first = state.compareAndSet(State.AT_WORK, end);
        if (first) {
            deadlines.remove(this);
        }
        return first;
    }

    private void interrupt() {
        Thread worker = thread;
        if (worker != null) {
            worker.interrupt();
        }
    }
}
