// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.request;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.Caller;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request from its arrival to its end. It is made where the request arrives and goes with it everywhere: there is one
 * deadline, which counts from the arrival and ends the request at whatever stage it is, and one way to cancel it.
 *
 * <p>Who has the request at a time is its {@link Holder}, and is told where it ends before it is done. Thread-safe.
 */
public final class RequestContext extends Deadlines.Entry {

    /** What a request has before it is known whose it is, and of whoever says nothing else. */
    public static final Duration USUAL = Duration.ofMillis(2_500);

    private final Deadlines deadlines;
    private final long arrival;
    private volatile Duration limit = USUAL;
    private volatile long standsFor; // nanoseconds for which the clock has stood
    private volatile @Nullable String correlationId; // made on demand; under the lock
    // guarded by this, and read without it
    private volatile @Nullable Ending ending;

    @GuardedBy("this") private @Nullable Holder holder;

    @GuardedBy("this") private boolean isArmed;

    @GuardedBy("this") private long stoodSince; // 0 while the clock runs

    /** How a request ends. */
    public enum Ending {
        /** It has been answered, well or badly. */
        DONE,
        TIMED_OUT,
        CANCELLED
    }

    /** Who has a request. */
    public interface Holder {

        /**
         * The request has ended before it was done. Called once at most, on a thread that must not be kept.
         *
         * @param ending {@link Ending#TIMED_OUT} or {@link Ending#CANCELLED}
         */
        void over(Ending ending);
    }

    private RequestContext(Deadlines deadlines, long arrival) {
        super(arrival + USUAL.toNanos());
        this.deadlines = deadlines;
        this.arrival = arrival;
    }

    /**
     * A request that has arrived; its deadline is watched from {@link #arm()} on.
     *
     * @param arrival on the scale of {@link System#nanoTime()}
     */
    public static RequestContext arrived(Deadlines deadlines, long arrival) {
        return new RequestContext(deadlines, arrival);
    }

    /** On the scale of {@link System#nanoTime()}. */
    public long arrival() {
        return arrival;
    }

    /** A UUID in its usual text form, the same for everything that is done for the request. */
    public String correlationId() {
        String made = correlationId;
        if (made == null) {
            synchronized (this) {
                made = correlationId;
                if (made == null) {
                    made = CorrelationId.next();
                    correlationId = made;
                }
            }
        }
        return made;
    }

    /** Who asks; empty where clients are not authenticated. */
    public Optional<Caller> caller() {
        return Optional.empty();
    }

    /** From now on its deadline ends it. */
    public synchronized void arm() {
        if (!isArmed && ending == null) {
            isArmed = true;
            countOn();
        }
    }

    /** It may take that long, counted from its arrival. */
    public void allow(Duration time) {
        if (!time.equals(limit)) {
            synchronized (this) {
                limit = time;
                countOn();
            }
        }
    }

    /** How long it may take. */
    public Duration limit() {
        return limit;
    }

    /** Its clock stands until {@link #resume()}: it waits for the client itself. */
    public synchronized void pause() {
        if (stoodSince == 0) {
            stoodSince = Math.max(1, System.nanoTime());
            deadlines.remove(this);
        }
    }

    /** Its clock goes on where it was stopped. */
    public synchronized void resume() {
        if (stoodSince != 0) {
            standsFor += System.nanoTime() - stoodSince;
            stoodSince = 0;
            countOn();
        }
    }

    /** What is left, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline() - now()));
    }

    /** On the scale of {@link System#nanoTime()}; it moves while the clock stands. */
    public long deadline() {
        return arrival + limit.toNanos() + standsFor;
    }

    /** Whether it has ended, whichever way. */
    public boolean isOver() {
        return ending != null;
    }

    /** Whether it has ended before it was done: nobody waits for what comes of it. */
    public boolean isAbandoned() {
        Ending now = ending;
        return now != null && now != Ending.DONE;
    }

    public boolean isTimedOut() {
        return ending == Ending.TIMED_OUT;
    }

    /**
     * From now on that is who has it.
     *
     * @return false where it is over; where it was not done, the holder has been told
     */
    public boolean heldBy(Holder next) {
        Ending now;
        synchronized (this) {
            now = ending;
            if (now == null) {
                holder = next;
                return true;
            }
        }
        if (now != Ending.DONE) {
            next.over(now);
        }
        return false;
    }

    /** It has been answered. Returns false where it was over already. */
    public boolean done() {
        return end(Ending.DONE);
    }

    /** Nobody wants it any more. */
    public void cancel() {
        end(Ending.CANCELLED);
    }

    /** It may have been moved, or its clock stopped, while the wheel had it in hand. */
    @Override
    protected void expired() {
        boolean isTooEarly;
        synchronized (this) {
            isTooEarly = stoodSince != 0 || deadline() - System.nanoTime() > 0;
            if (isTooEarly) {
                countOn();
            }
        }
        if (!isTooEarly) {
            end(Ending.TIMED_OUT);
        }
    }

    private boolean end(Ending how) {
        if (ending != null) {
            return false;
        }
        Holder told;
        boolean wasArmed;
        synchronized (this) {
            if (ending != null) {
                return false;
            }
            ending = how;
            told = holder;
            holder = null;
            wasArmed = isArmed;
        }
        if (wasArmed) {
            deadlines.remove(this);
        }
        if (told != null && how != Ending.DONE) {
            told.over(how);
        }
        return true;
    }

    @GuardedBy("this") private void countOn() {
        if (isArmed && stoodSince == 0 && ending == null) {
            deadlines.renew(this, deadline());
        }
    }

    private synchronized long now() {
        return stoodSince == 0 ? System.nanoTime() : stoodSince;
    }
}
