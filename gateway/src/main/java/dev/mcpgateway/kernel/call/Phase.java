package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.provider.Deadlines;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Work of interceptors for one call, on a virtual thread that is interrupted when the call's time is over or nobody wants its
 * answer any more: from then on what comes of the work does not count. Thread-safe.
 */
final class Phase extends Deadlines.Entry {

    private final Deadlines deadlines;
    private final Runnable outOfTime;
    private final AtomicBoolean decided = new AtomicBoolean();
    private volatile @Nullable Thread thread;

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
        boolean first = decided.compareAndSet(false, true);
        if (first) {
            deadlines.remove(this);
        }
        return first;
    }

    boolean isOver() {
        return decided.get();
    }

    /** Nobody wants it any more. */
    void cancel() {
        if (isInTime()) {
            interrupt();
        }
    }

    @Override
    protected void expired() {
        if (decided.compareAndSet(false, true)) {
            interrupt();
            outOfTime.run();
        }
    }

    private void interrupt() {
        Thread worker = thread;
        if (worker != null) {
            worker.interrupt();
        }
    }
}
