// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.kernel.log.Log;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an open instance says without being asked. Any thread may say it, as often as it likes: the last word counts, and the
 * control thread listens ten times a second at most. So there is never more than one of its tasks, however many words.
 */
final class InstanceSignals implements ProviderContext {

    /** Told on the control thread. */
    interface Listener {

        void changed();

        void up();

        /** @param reason as it was said */
        void down(String reason);
    }

    private static final Duration BETWEEN = Duration.ofMillis(100);
    private static final int FLOOD = 1_000; // words a second
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final State UP = new State(true, "");

    private final Slot slot;
    private final ControlThread control;
    private final Listener listener;
    private final AtomicReference<@Nullable State> last = new AtomicReference<>(); // this and below of any thread
    private final AtomicBoolean changed = new AtomicBoolean();
    private final AtomicBoolean isHeardSoon = new AtomicBoolean();
    private final AtomicLong said = new AtomicLong();

    private volatile boolean isOver;

    private long heard = System.nanoTime() - BETWEEN.toNanos(); // this and below of the control thread
    private long counted = System.nanoTime();
    private boolean isNamed;

    private record State(boolean isUp, String reason) {}

    InstanceSignals(Slot slot, ControlThread control, Listener listener) {
        this.slot = slot;
        this.control = control;
        this.listener = listener;
    }

    @Override
    public String name() {
        return slot.name();
    }

    @Override
    public System.Logger logger() {
        return Log.named("provider." + slot.name()).asSystemLogger();
    }

    @Override
    public ExecutorService executor() {
        return control.virtualThreads();
    }

    @Override
    public void changed() {
        changed.set(true);
        onSaid();
    }

    @Override
    public void resourceUpdated(String uri) {
        onSaid();
    }

    @Override
    public void up() {
        last.set(UP);
        onSaid();
    }

    @Override
    public void down(String reason) {
        last.set(new State(false, reason));
        onSaid();
    }

    /** Whatever it says from now on is not heard. Of the control thread. */
    void end() {
        isOver = true;
    }

    private void onSaid() {
        if (isOver) {
            return;
        }
        said.incrementAndGet();
        if (!isHeardSoon.get() && isHeardSoon.compareAndSet(false, true)) {
            control.run(this::hearInTime);
        }
    }

    private void hearInTime() {
        long left = heard + BETWEEN.toNanos() - System.nanoTime();
        if (left > 0) {
            control.schedule(this::hear, left, TimeUnit.NANOSECONDS);
        } else {
            hear();
        }
    }

    private void hear() {
        if (isOver) {
            return;
        }
        heard = System.nanoTime();
        isHeardSoon.set(false); // before the words are taken: one that comes after that is heard next time
        lookForFlood();
        boolean isToAsk = changed.getAndSet(false);
        State state = last.getAndSet(null);
        if (state != null && state.isUp) {
            listener.up();
        } else if (state != null) {
            listener.down(state.reason);
        }
        if (isToAsk) {
            listener.changed();
        }
    }

    private void lookForFlood() {
        long time = heard - counted;
        if (time < SECOND) {
            return;
        }
        long perSecond = Math.round((double) said.getAndSet(0) * SECOND / time);
        counted = heard;
        if (perSecond > FLOOD && !isNamed) {
            isNamed = true;
            control.say(
                    true,
                    slot.name(),
                    "provider '" + slot.name() + "' says up, down or changed " + perSecond
                            + " times a second, and is heard ten times a second: its author must make it say only what is"
                            + " new");
        }
    }
}
