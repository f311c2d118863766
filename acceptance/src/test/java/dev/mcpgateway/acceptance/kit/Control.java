// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Calls a healthy tool every 50 ms on the connection where something else is being harmed, and tells whether it noticed.
 * What a call takes while nothing is wrong is measured first, so begin it before the harm. Not thread-safe.
 */
public final class Control implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int QUIET_CALLS = 20;
    /** Twice as slow as in quiet times is allowed, asserted with a threefold margin. */
    private static final int SLOWER = 2 * 3;

    private final Client client;
    private final String tool;
    private final String arguments;
    private final String expected;
    private final Duration quiet;
    private final List<Reply> replies = new ArrayList<>(); // guarded by itself, as is the next
    private final List<Duration> late = new ArrayList<>();
    private final ScheduledExecutorService caller = executor("control");
    private final ScheduledExecutorService yardstick = executor("control-yardstick");

    /** Begins; every call must return the text. */
    public static Control begin(Client client, String tool, String arguments, String text) {
        return new Control(client, tool, arguments, text);
    }

    /** Begins, with the echo of hello-go under this provider name. */
    public static Control ofHelloGo(Client client, String provider) {
        return begin(client, provider + ".echo.v1", "{\"message\":\"control\"}", "{\"message\":\"control\"}");
    }

    private Control(Client client, String tool, String arguments, String expected) {
        this.client = client;
        this.tool = tool;
        this.arguments = arguments;
        this.expected = expected;
        quiet = percentile99(IntStream.range(0, QUIET_CALLS)
                .mapToObj(number -> client.call(tool, arguments).took())
                .toList());
        every50Milliseconds(caller, this::call);
        long begin = System.nanoTime();
        every50Milliseconds(yardstick, () -> tick(begin));
    }

    /**
     * Stops calling, and asserts that every call so far succeeded about as fast as before, or at least waited for none
     * that has a deadline: harm that takes the processors is felt like any other process that does. {@code make chaos}
     * compares with such processes.
     */
    public void assertUnharmed() {
        close();
        assertThat(replies).as("control calls").isNotEmpty();
        for (Reply reply : replies) {
            assertThat(reply.isError())
                    .as("control call failed: " + reply.text())
                    .isFalse();
            assertThat(reply.text()).isEqualTo(expected);
        }
        Duration harmed = percentile99(replies.stream().map(Reply::took).toList());
        Duration machine = percentile99(late);
        System.out.printf(
                "control: %d calls, p99 %.1f ms, quiet %.1f ms, the machine itself %.1f ms late%n",
                replies.size(), millis(harmed), millis(quiet), millis(machine));
        Duration limit = Stream.of(Times.AT_ONCE, quiet.multipliedBy(SLOWER), machine.multipliedBy(SLOWER))
                .max(Duration::compareTo)
                .orElseThrow();
        assertThat(harmed).as("p99 of control calls").isLessThan(limit);
    }

    @Override
    public void close() {
        yardstick.shutdownNow();
        caller.shutdown();
        try {
            if (!caller.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("a control call could not be sent for 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void call() {
        Reply reply = client.call(tool, arguments);
        synchronized (replies) {
            replies.add(reply);
        }
    }

    /** How much later than planned a thread runs that waits for nothing is what the machine itself does to calls. */
    private void tick(long begin) {
        synchronized (replies) {
            long planned = begin + late.size() * PAUSE.toNanos();
            late.add(Duration.ofNanos(System.nanoTime() - planned));
        }
    }

    private static void every50Milliseconds(ScheduledExecutorService executor, Runnable task) {
        var unused = executor.scheduleAtFixedRate(task, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    private static Duration percentile99(List<Duration> durations) {
        List<Duration> sorted = durations.stream().sorted().toList();
        return sorted.isEmpty() ? Duration.ZERO : sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * 0.99)));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
