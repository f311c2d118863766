package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A provider's place in the gateway, by name: its permits, its queue, its status, and what it offered last. The instance
 * that dials and calls is the plugin's, and may be replaced while calls run. Thread-safe.
 */
public final class Slot {

    private static final Log LOG = Log.named("provider");
    private static final long OWN_THREADS_FOR = TimeUnit.SECONDS.toNanos(10);
    private static final int STRIKES = 3;

    private final Terms terms;
    private final Deadlines deadlines;
    private final ArrayDeque<Invocation<?>> queue = new ArrayDeque<>(); // guarded by itself
    private int free; // guarded by queue
    private volatile boolean hasOwnThreads;
    private volatile long ownThreadsUntil;
    private long lastStrike; // this and strikes belong to the watching thread
    private int strikes;
    private volatile @Nullable Provider instance;
    private volatile Status status = Status.now(Status.State.DISCONNECTED, "is not connected yet");
    private volatile Offering offering = Offering.NONE;

    /**
     * What was agreed for a provider.
     *
     * @param type what providers.yaml calls it; {@code plugin} for one that lives in a jar
     * @param address where it is, for people
     * @param permits how many calls may run at once
     * @param queue how many may wait
     * @param prefix what its tools are named by; may be empty
     * @param refresh how often it is asked for its capabilities
     */
    public record Terms(
            String name,
            String type,
            String address,
            int permits,
            int queue,
            Duration timeout,
            String prefix,
            Duration refresh) {}

    Slot(Terms terms, Deadlines deadlines) {
        this.terms = terms;
        this.deadlines = deadlines;
        this.free = terms.permits();
    }

    public Terms terms() {
        return terms;
    }

    public String name() {
        return terms.name();
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
        deadlines.add(call);
        Status now = status;
        if (!now.isAvailable()) {
            call.failWith(new Failure(Failure.Kind.UNAVAILABLE, now.reason()));
            return;
        }
        boolean full = false;
        synchronized (queue) {
            if (free > 0) {
                free--;
            } else if (queue.size() < terms.queue()) {
                queue.add(call);
                return;
            } else {
                full = true;
            }
        }
        if (full) {
            call.failWith(new Failure(
                    Failure.Kind.QUEUE_FULL,
                    "has its queue full: " + terms.permits() + " calls run and " + terms.queue() + " wait"));
        } else {
            run(call);
        }
    }

    /** Asks at once, whatever the status and beside the permits: how the provider is discovered. */
    void probe(Invocation<?> call) {
        deadlines.add(call);
        if (call.begin()) {
            ask(call);
        }
    }

    Deadlines deadlines() {
        return deadlines;
    }

    Optional<Provider> instance() {
        return Optional.ofNullable(instance);
    }

    /** From now on calls go here. Returns what was there before. */
    @Nullable Provider replaceInstance(@Nullable Provider newcomer) {
        Provider before = instance;
        instance = newcomer;
        return before;
    }

    void offering(Offering now) {
        offering = now;
    }

    /** Calls that wait for a provider that went down fail with it. */
    void status(Status now) {
        status = now;
        if (!now.isAvailable()) {
            Failure failure = new Failure(Failure.Kind.UNAVAILABLE, now.reason());
            Invocation<?> waiting;
            while ((waiting = poll()) != null) {
                waiting.failWith(failure);
            }
        }
    }

    Failure timedOut() {
        return new Failure(Failure.Kind.TIMED_OUT, "timed out after " + seconds(terms.timeout()));
    }

    /** A permit is free again: the next call in the queue gets it. */
    void release() {
        Invocation<?> next = takeNext();
        if (next != null) {
            run(next);
        }
    }

    void leaveQueue(Invocation<?> call) {
        synchronized (queue) {
            queue.remove(call); // those out of time stand at its head
        }
    }

    /**
     * A call kept a thread of the gateway for too long. A provider that does this gets threads of its own for a while.
     * Called by one thread.
     *
     * @param isToBlame false where it may have been the machine that was busy: the third time in a row counts
     */
    void keptThread(long now, boolean isToBlame) {
        strikes = now - lastStrike > OWN_THREADS_FOR ? 1 : strikes + 1;
        lastStrike = now;
        boolean isMarked = isToBlame || strikes >= STRIKES;
        if (isMarked) {
            ownThreadsUntil = now + OWN_THREADS_FOR;
            hasOwnThreads = true;
        }
        LOG.log(
                Log.Level.WARN,
                "provider '" + name() + "' kept a thread of the gateway for more than 50 ms: an asynchronous call must"
                        + " return at once" + (isMarked ? "; its calls get threads of their own for 10 s" : ""),
                Fields.NONE.withProvider(name()));
    }

    private @Nullable Invocation<?> poll() {
        synchronized (queue) {
            return queue.poll();
        }
    }

    private @Nullable Invocation<?> takeNext() {
        synchronized (queue) {
            Invocation<?> next = queue.poll();
            if (next == null) {
                free++;
            }
            return next;
        }
    }

    private void run(Invocation<?> call) {
        if (hasOwnThreads && System.nanoTime() - ownThreadsUntil > 0) {
            hasOwnThreads = false; // forgiven
        }
        if (hasOwnThreads) {
            Thread.ofPlatform().daemon().name("provider-" + name() + "-call").start(() -> runHere(call));
        } else {
            runHere(call);
        }
    }

    /** A loop rather than a recursion: a provider may answer before it returns, a thousand times in a row. */
    private void runHere(Invocation<?> first) {
        Invocation<?> call = first;
        while (call != null) {
            boolean permitIsBack = true; // a call that ended while it waited never had one
            if (call.begin()) {
                ask(call);
                permitIsBack = call.permitIsBack();
            }
            call = permitIsBack ? takeNext() : null;
        }
    }

    private <R> void ask(Invocation<R> call) {
        WatchedThread watched = Thread.currentThread() instanceof WatchedThread thread ? thread : null;
        if (watched != null) {
            watched.enter(this);
        }
        try {
            Provider provider = instance;
            if (provider == null) {
                call.failWith(new Failure(Failure.Kind.UNAVAILABLE, status.reason()));
                return;
            }
            CompletionStage<R> stage = call.ask(provider);
            stage.whenComplete(call);
        } catch (RuntimeException | Error thrown) { // a bug of ours: a plugin's exceptions end at its gate
            LOG.failure(Log.Level.ERROR, "a call could not be made", Fields.NONE.withProvider(name()), thrown);
            call.failWith(new Failure(Failure.Kind.BROKEN, "could not be called"));
        } finally {
            if (watched != null) {
                watched.leave();
            }
        }
    }

    /** {@code 2.5 s}: seconds, at most three decimals, no trailing zeros. */
    public static String seconds(Duration duration) {
        String number =
                BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
        return number + " s";
    }
}
