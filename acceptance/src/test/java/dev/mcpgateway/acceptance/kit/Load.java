// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** Asks the same until it is closed, mostly calls of one tool: with a fixed number of calls in flight, or so often a second. Not thread-safe. */
public final class Load implements AutoCloseable {

    /** Between an answer and the next call of its lane, so that a provider that is down is not called 10,000 times a second. */
    private static final long PAUSE_MILLIS = 2;

    private final String what;
    private final Supplier<Reply> question;
    private final AtomicLong succeeded = new AtomicLong();
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private final Phaser inFlight = new Phaser(1);
    private final ScheduledExecutorService lanes = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("load").factory());
    private volatile boolean closed;

    /** Begins, with so many calls at once. */
    public static Load begin(Client client, int lanes, String tool, String arguments) {
        return begin(lanes, tool, () -> client.call(tool, arguments));
    }

    /** Begins, with so many of these questions at once. */
    public static Load begin(int lanes, String what, Supplier<Reply> question) {
        Load load = new Load(what, question);
        for (int lane = 0; lane < lanes; lane++) {
            load.lanes.execute(load::call);
        }
        return load;
    }

    /** Begins, with so many calls a second, whether those before are answered or not. */
    public static Load paced(Client client, int perSecond, String tool, String arguments) {
        Load load = new Load(tool, () -> client.call(tool, arguments));
        var unused = load.lanes.scheduleAtFixedRate(
                () -> load.callThen(() -> {}), 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
        return load;
    }

    private Load(String what, Supplier<Reply> question) {
        this.what = what;
        this.question = question;
    }

    private void call() {
        callThen(() -> {
            if (!closed) {
                var unused = lanes.schedule(this::call, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void callThen(Runnable next) {
        if (closed) {
            return;
        }
        inFlight.register();
        Reply reply = question.get();
        reply.then(() -> {
            count(reply);
            inFlight.arriveAndDeregister();
            next.run();
        });
    }

    private void count(Reply reply) {
        if (reply.message().has("error")) {
            failures.merge("error " + reply.errorCode() + ": " + reply.errorText(), 1L, Long::sum);
        } else if (reply.isError()) {
            failures.merge(reply.text(), 1L, Long::sum);
        } else {
            succeeded.incrementAndGet();
        }
    }

    /** How many calls succeeded so far. */
    public long succeeded() {
        return succeeded.get();
    }

    /** How many failed so far. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The texts of the calls that failed so far, and how often each came. */
    public Map<String, Long> failures() {
        return new TreeMap<>(failures);
    }

    /** Waits until one more call has succeeded, and tells how long that was. */
    public Duration awaitSuccess(Duration atMost) {
        long begin = System.nanoTime();
        long before = succeeded();
        Awaitility.await("a call of " + what + " succeeds; failures so far: " + failures())
                .pollInterval(Duration.ofMillis(5))
                .atMost(atMost)
                .until(() -> succeeded() > before);
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /** Stops calling and waits until every call is answered. */
    @Override
    public void close() {
        closed = true;
        lanes.shutdownNow();
        try {
            lanes.awaitTermination(1, TimeUnit.SECONDS);
            inFlight.awaitAdvanceInterruptibly(inFlight.arriveAndDeregister(), 10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(inFlight.getUnarrivedParties() + " calls were not answered within 10 s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
