// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A provider's place in the gateway, by name: its permits, its queue, its status, and what it offered last. The instance
 * that dials and calls is the plugin's, and may be replaced while calls run. Thread-safe.
 */
public final class Slot {

    /** How many calls for each permit may be over without the provider having let them end. */
    private static final int UNANSWERED = 10;

    private final String name;
    private final Deadlines deadlines;

    @GuardedBy("queue") private final ArrayDeque<Invocation<?>> queue = new ArrayDeque<>();

    @GuardedBy("queue") private int free; // below zero while more calls run than may, since fewer may now

    @GuardedBy("queue") private boolean isHeld;

    @GuardedBy("queue") private @Nullable Instance instance;

    @GuardedBy("queue") private boolean isClosed;

    private volatile Terms terms;
    private final KeptThreads kept;
    private final CallThreads threads;
    private volatile Runnable suspicion = () -> {};
    private volatile Status status = Status.now(Status.State.DISCONNECTED, "is not connected yet");
    private volatile Offering offering = Offering.NONE;

    Slot(Terms terms, Deadlines deadlines) {
        this.name = terms.name();
        this.terms = terms;
        this.deadlines = deadlines;
        this.free = terms.permits();
        this.kept = new KeptThreads(this, deadlines);
        this.threads = new CallThreads(this, deadlines);
    }

    /** What holds now; the name never changes. */
    public Terms terms() {
        return terms;
    }

    public String name() {
        return name;
    }

    public Status status() {
        return status;
    }

    /** What it offered last; stays when it goes down. */
    public Offering offering() {
        return offering;
    }

    /**
     * Lets a call in: it is asked at once where a permit is free, waits in the queue otherwise, and fails at once where
     * the provider is unavailable or the queue is full.
     */
    public void submit(Invocation<?> call) {
        Status now = status;
        if (!now.isAvailable()) {
            call.failWith(new Failure(Failure.Kind.UNAVAILABLE, now.reason()));
            return;
        }
        Failure refusal = null;
        synchronized (queue) {
            if (isDrowning()) {
                refusal = new Failure(
                        Failure.Kind.QUEUE_FULL,
                        "has not ended " + UNANSWERED * terms.permits()
                                + " calls that are over: no more are made until some of them have ended");
            } else if (hasRoom()) {
                letIn(call);
            } else if (isHeld || queue.size() < terms.queue()) {
                queue.add(call);
                if (call.isOver()) { // a moment ago
                    queue.removeLastOccurrence(call);
                }
                return;
            } else {
                refusal = new Failure(
                        Failure.Kind.QUEUE_FULL,
                        "has its queue full: " + terms.permits() + " calls run and " + terms.queue() + " wait");
            }
        }
        if (refusal != null) {
            call.failWith(refusal);
        } else {
            threads.run(call);
        }
    }

    /** Asks that provider at once, whatever the status and beside the permits: how one is discovered. */
    void probe(Invocation<?> call, Provider provider) {
        if (call.begin()) {
            threads.ask(call, provider);
        }
    }

    /** Where the calls of this provider have their deadlines. */
    public Deadlines deadlines() {
        return deadlines;
    }

    /** As {@link #replace}, on the terms that hold already. */
    Optional<Instance> replaceInstance(@Nullable Provider newcomer) {
        return replace(terms, newcomer);
    }

    /**
     * From now on calls that are let in go here, those that wait in the queue included.
     *
     * @return what was there before; it still has the calls that were let in until now, and no more are coming
     */
    Optional<Instance> replace(Terms now, @Nullable Provider newcomer) {
        Instance before;
        boolean isIdle;
        synchronized (queue) {
            before = instance;
            if (before != null && !before.isLeaving()) {
                free += before.kept(); // whoever keeps them has to do with the instance that goes
            }
            isIdle = before != null && before.leaves();
            instance = newcomer == null || isClosed ? null : new Instance(newcomer);
        }
        if (before != null && isIdle) {
            before.idle().complete(null);
        }
        terms(now);
        return Optional.ofNullable(before);
    }

    /** No more calls are coming: completes when those that there are have ended. */
    CompletionStage<Void> whenIdle() {
        Instance last;
        boolean isIdle;
        synchronized (queue) {
            last = instance;
            isIdle = last != null && last.leaves();
        }
        if (last == null || isIdle) {
            return CompletableFuture.completedFuture(null);
        }
        return last.idle();
    }

    /** Calls that run already keep the deadlines they have. */
    void terms(Terms now) {
        synchronized (queue) {
            free += now.permits() - terms.permits();
            terms = now;
            if (instance != null && instance.provider() instanceof ThreadedProvider threaded) {
                threaded.permits(now.permits());
            }
        }
        letWaitingIn();
    }

    /** Calls wait until {@link #goOn}, which comes within a moment: however many there are, none is refused for it. */
    void hold() {
        synchronized (queue) {
            isHeld = true;
        }
    }

    void goOn() {
        synchronized (queue) {
            isHeld = false;
        }
        letWaitingIn();
    }

    private void letWaitingIn() {
        List<Invocation<?>> next = new ArrayList<>();
        synchronized (queue) {
            for (Invocation<?> call = pollAndLetIn(); call != null; call = pollAndLetIn()) {
                next.add(call);
            }
        }
        next.forEach(threads::runElsewhere); // here is the control thread
    }

    /** @param suspicion told, on any thread and perhaps by many at once, that a call found the provider unavailable */
    void whenSuspected(Runnable suspicion) {
        this.suspicion = suspicion;
    }

    void suspect() {
        suspicion.run();
    }

    void offering(Offering now) {
        offering = now;
    }

    /** Calls that wait for a provider that went down fail with it. */
    void status(Status now) {
        synchronized (queue) {
            if (isClosed) {
                return;
            }
            status = now;
        }
        if (!now.isAvailable()) {
            failWaiting(now.reason());
        }
    }

    private void failWaiting(String reason) {
        Failure failure = new Failure(Failure.Kind.UNAVAILABLE, reason);
        Invocation<?> waiting;
        while ((waiting = poll()) != null) {
            waiting.failWith(failure);
        }
    }

    /**
     * No more calls are let in, whatever is still found out about the provider. Of any thread.
     *
     * @param why behind {@code provider 'NAME' }, for calls that come all the same
     */
    void close(String why) {
        synchronized (queue) {
            status = Status.now(Status.State.DISCONNECTED, why);
            isClosed = true;
        }
        failWaiting(why);
        replaceInstance(null);
    }

    Failure timedOut() {
        return new Failure(Failure.Kind.TIMED_OUT, "timed out after " + seconds(terms.timeout()));
    }

    /** A call's permit is free again: the next one in the queue gets it. */
    void release(Invocation<?> ended) {
        Invocation<?> next = takeNext(ended);
        if (next != null) {
            threads.run(next);
        }
    }

    void leaveQueue(Invocation<?> call) {
        synchronized (queue) {
            queue.remove(call); // those out of time stand at its head
        }
    }

    /** A call is over, and the provider is still at it. */
    void abandoned(Invocation<?> call) {
        Instance its = call.instance();
        if (its != null) {
            synchronized (queue) {
                its.unanswered(1);
            }
        }
    }

    /** It has let a call end that was over. */
    void answeredLate(Invocation<?> call) {
        Instance its = call.instance();
        if (its != null) {
            synchronized (queue) {
                its.unanswered(-1);
            }
        }
    }

    /** A call is over, and its thread has not come back: it keeps its permit, for as long as its instance serves. */
    void keeps(Invocation<?> call) {
        Instance its = call.instance();
        boolean isIdle;
        Invocation<?> next = null;
        synchronized (queue) {
            if (its == null || !call.keep()) {
                return;
            }
            isIdle = its.keep();
            if (its.isLeaving()) {
                free++;
                next = pollAndLetIn();
            }
        }
        if (isIdle) {
            its.idle().complete(null);
        }
        if (next != null) {
            threads.runElsewhere(next);
        }
        kept.watch(call);
    }

    /** Whether that call keeps its thread still. */
    boolean keepsStill(Invocation<?> call) {
        synchronized (queue) {
            return call.isKept() && call.instance() == instance;
        }
    }

    /** How many of its permits are kept by calls that are over. */
    int keptPermits() {
        synchronized (queue) {
            return instance == null ? 0 : instance.kept();
        }
    }

    /** Whether all its permits are kept: no call can be made until one comes back. */
    boolean isStuck() {
        return keptPermits() >= terms.permits();
    }

    /** Calls that keep their threads. */
    KeptThreads kept() {
        return kept;
    }

    private @Nullable Invocation<?> poll() {
        synchronized (queue) {
            return queue.poll();
        }
    }

    /** From here on it has a permit, and an instance that stays open for it. */
    @GuardedBy("queue") private void letIn(Invocation<?> call) {
        free--;
        Instance now = instance;
        if (now != null) {
            now.enter();
            call.letInTo(now);
        }
    }

    /** A call has given its permit back: returns the next in the queue, which has it now. */
    @Nullable Invocation<?> takeNext(Invocation<?> ended) {
        Instance before = ended.instance();
        boolean wasKept;
        boolean isIdle;
        Invocation<?> next;
        synchronized (queue) {
            wasKept = ended.isKept();
            ended.leave();
            if (!wasKept
                    || before == null
                    || !before.isLeaving()) { // else it was given up when the instance was replaced
                free++;
            }
            next = pollAndLetIn(); // before the last one is said to have left: it may be let in to the same
            isIdle = before != null && before.leave(wasKept);
        }
        if (before != null && isIdle) {
            before.idle().complete(null);
        }
        if (wasKept) {
            kept.cameBack();
        }
        return next;
    }

    @GuardedBy("queue") private @Nullable Invocation<?> pollAndLetIn() {
        Invocation<?> next = hasRoom() ? queue.poll() : null;
        if (next != null) {
            letIn(next);
        }
        return next;
    }

    @GuardedBy("queue") private boolean hasRoom() {
        return free > 0 && !isHeld;
    }

    /** Whether it never ends calls that are over. */
    @GuardedBy("queue") private boolean isDrowning() {
        return instance != null && instance.unanswered() >= UNANSWERED * terms.permits();
    }

    /** {@code 2.5 s}: seconds, at most three decimals, no trailing zeros. */
    public static String seconds(Duration duration) {
        String number =
                BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
        return number + " s";
    }
}
