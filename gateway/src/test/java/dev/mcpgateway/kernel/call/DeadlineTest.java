// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The one deadline of a request, before any provider has it. */
class DeadlineTest {

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = new Workers(deadlines, 2, 1, Long.MAX_VALUE, Long.MAX_VALUE);
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final CompletableFuture<Void> discovered = new CompletableFuture<>();
    private final Calls calls =
            new Calls(catalog, new StartupBarrier(discovered, deadlines, workers), deadlines, workers, 1_024);

    @AfterEach
    void close() {
        workers.close();
        catalog.close();
        deadlines.close();
    }

    @Test
    @Tag("slow")
    void a_name_that_nobody_has_is_refused_in_words_before_its_time_is_over() throws Exception {
        long begin = System.nanoTime();
        RequestContext context = RequestContext.arrived(deadlines, begin);
        context.arm();

        Outcome outcome = call(context).get(10, TimeUnit.SECONDS);

        assertThat(outcome).isEqualTo(new Outcome.Refused("unknown tool 'acme.echo.v1'"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofMillis(2_400), Duration.ofSeconds(5));
    }

    @Test
    void a_call_that_is_cancelled_while_it_is_held_ends_then_and_is_not_made() throws Exception {
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        CompletableFuture<Outcome> outcome = call(context);

        context.cancel();

        assertThat(outcome.get(2, TimeUnit.SECONDS)).isEqualTo(new Outcome.Cancelled());
        discovered.complete(null);
    }

    @Test
    @Tag("slow")
    void a_request_that_waits_for_a_worker_says_so_when_its_time_is_over() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            workers.execute("somebody" + i, 0, () -> awaitUninterruptibly(busy));
        }
        discovered.complete(null);
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        context.arm();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();

        calls.read("nobody://has/this", context, outcome::complete);

        assertThat(outcome.get(10, TimeUnit.SECONDS))
                .isEqualTo(new Outcome.Failed("timed out after 2.5 s: it was still being looked for", true));
        busy.countDown();
    }

    @Test
    void a_clock_that_stands_takes_nothing_of_a_requests_time() throws Exception {
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        CompletableFuture<RequestContext.Ending> ending = new CompletableFuture<>();
        context.allow(Duration.ofMillis(300));
        context.heldBy(ending::complete);
        context.arm();

        context.pause();
        Duration before = context.remaining();
        Thread.sleep(500);
        assertThat(context.remaining()).isEqualTo(before);
        assertThat(ending).isNotDone();
        context.resume();

        assertThat(ending.get(10, TimeUnit.SECONDS)).isEqualTo(RequestContext.Ending.TIMED_OUT);
    }

    private CompletableFuture<Outcome> call(RequestContext context) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        calls.call("acme.echo.v1", JsonValue.emptyObject(), context, outcome::complete);
        return outcome;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
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
}
