// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/**
 * Two Acmes, what plugins put around the calls to them, and what that has seen. Ungated: what a plugin may throw is
 * held to the wall in InterceptorWallTest.
 */
final class CallScene implements AutoCloseable {

    static final String HI = "{\"message\":\"Hi\"}";

    private static final Duration ALMOST_TIMED_OUT = Duration.ofMillis(2_200); // of 2.5 s

    final Acme first = new Acme();
    final Acme second = new Acme();
    final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private final TwoProviders providers;

    CallScene() {
        LoggedLines.forget();
        providers = new TwoProviders(context -> first, context -> second);
        providers.toldTwice = () -> seen.add("told twice");
    }

    Interceptors interceptors() {
        return providers.calls.interceptors();
    }

    /** A plugin puts these in the place of those that it had. */
    void use(String plugin, InterceptorOffer... offers) {
        try {
            interceptors().prepare(plugin, List.of(offers)).use();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static InterceptorOffer changing(String name, Interceptor interceptor) {
        return InterceptorOffer.changing(name, () -> interceptor);
    }

    InterceptorOffer tracing(String name) {
        return changing(name, new TracingInterceptor(name, seen));
    }

    InterceptorOffer observing(String name) {
        return InterceptorOffer.observing(name, () -> new TracingObserver(name, seen));
    }

    /** Calls the first Acme's tool. */
    Begun begin(String arguments) {
        return begin(arguments, System.nanoTime());
    }

    /** As if it had come a while ago. */
    Begun beginAlmostTimedOut(String arguments) {
        return begin(arguments, System.nanoTime() - ALMOST_TIMED_OUT.toNanos());
    }

    private Begun begin(String arguments, long arrival) {
        return providers.begin(
                arrival, (context, then) -> providers.calls.call("first.echo.v1", parsed(arguments), context, then));
    }

    Outcome outcome(String arguments) {
        return begin(arguments).end();
    }

    String call(String arguments) {
        return text(outcome(arguments));
    }

    /** The value that was answered; else what became of the call. */
    static String text(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered
                ? answered.json().orElseThrow().toString()
                : outcome.toString();
    }

    Outcome read() {
        return providers.read(Acme.URI).end();
    }

    Begun beginFilling(String days) {
        JsonValue arguments = parsed("{\"days\":\"" + days + "\"}");
        return providers.begin(
                System.nanoTime(), (context, then) -> providers.calls.fill("plan", arguments, context, then));
    }

    Outcome fill(String days) {
        return beginFilling(days).end();
    }

    /** What an observer of plugin {@code a} heard begin has ended like that, and nothing comes after it. */
    void assertHeardOnce(String ending) {
        String observer = ending.substring(0, ending.indexOf(' '));
        await().until(() -> seen.size() >= 2);
        interceptors().leave("a");
        await().until(() -> seen.contains(observer + " closed"));
        assertThat(seen).doesNotContain("told twice");
        assertThat(seen)
                .filteredOn(each -> each.startsWith(observer + " "))
                .hasSize(3)
                .anySatisfy(each -> assertThat(each).startsWith(ending))
                .endsWith(observer + " closed");
    }

    /** As a plugin waits that does not care. */
    static void uninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // goes on waiting
            }
        }
    }

    @Override
    public void close() {
        providers.close();
    }

    private static JsonValue parsed(String text) {
        try {
            return JsonValue.parse(text.getBytes(UTF_8), 0, text.length(), Calls.MAX_DEPTH);
        } catch (JsonFault fault) {
            throw new AssertionError(fault.text());
        }
    }
}
