// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Size;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** More than one side can take at once. */
@Tag("alone")
class StdioPressureTest {

    private static final long MIB = 1 << 20;

    /** Held by those who fill it; the others wait more than they work. */
    private static final String MACHINE = "machine";

    @Test
    @ResourceLock(MACHINE)
    void thousands_of_calls_two_hundred_at_a_time_get_as_many_right_answers() throws InterruptedException {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            Semaphore inFlight = new Semaphore(200);
            Reply[] replies = new Reply[Size.of(4_000, 10_000)];

            long start = System.nanoTime();
            for (int i = 0; i < replies.length; i++) {
                inFlight.acquire();
                replies[i] = client.call("hello-go.echo.v1", "{\"message\":\"call " + i + "\"}");
                replies[i].then(inFlight::release);
            }
            for (int i = 0; i < replies.length; i++) {
                assertThat(replies[i].text()).isEqualTo("{\"message\":\"call " + i + "\"}");
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%d calls, 200 in flight: %.2f s, %.0f calls/s%n",
                    replies.length, seconds, replies.length / seconds);
        }
    }

    @Test
    @ResourceLock(MACHINE)
    void two_hundred_calls_of_a_client_that_reads_later_are_all_answered_rightly() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            client.pauseReading();
            String padding = "x".repeat(4_000);

            List<Reply> replies = IntStream.range(0, 200)
                    .mapToObj(i -> client.call("hello-go.echo.v1", "{\"message\":\"" + i + padding + "\"}"))
                    .toList();
            client.resumeReading();

            for (int i = 0; i < replies.size(); i++) {
                assertThat(replies.get(i).text()).isEqualTo("{\"message\":\"" + i + padding + "\"}");
            }
        }
    }

    @TestBesideOthers
    @ResourceLock(value = MACHINE, mode = ResourceAccessMode.READ)
    void a_change_of_the_lists_that_it_could_not_be_told_is_told_when_it_has_read() {
        try (Installation installation = Installation.create()) {
            PluginJar.withTool("large", "give.v1", "return ToolResult.text(\"x\".repeat(10_000_000));")
                    .dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("large.give.v1");
                client.pauseReading();
                List<Reply> replies = IntStream.range(0, 3)
                        .mapToObj(each -> client.call("large.give.v1", "{}"))
                        .toList();
                Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                PluginJar.withTool("late", "hi.v1", "return ToolResult.text(\"hi\");")
                        .dropInto(installation.pluginsDir());
                gateway.log().await("provider 'late' is connected: 1 tool");
                Awaitility.await().pollDelay(Duration.ofSeconds(1)).until(() -> true);

                client.resumeReading();

                replies.forEach(reply -> assertThat(reply.text()).hasSize(10_000_000));
                Awaitility.await()
                        .until(() -> client.notifications().stream()
                                .anyMatch(each ->
                                        each.path("method").asString().equals("notifications/tools/list_changed")));
                assertThat(client.toolNames()).contains("late.hi.v1");
            }
        }
    }

    /** 100 MB of calls: more than the gateway holds, so it must stop reading, and hold no more than it said. */
    @Test
    @ResourceLock(MACHINE)
    void thousands_of_calls_of_a_client_that_does_not_read_hold_up_the_client_and_not_the_memory() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED, "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            long heapBefore = gateway.vitals().heapBytes();
            client.pauseReading();

            int calls = Size.of(2_500, 5_000);
            String padding = "x".repeat(20_000);
            ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();
            AtomicInteger sent = new AtomicInteger();
            CompletableFuture<Void> writing = CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < calls; i++) {
                            replies.add(client.call("hello-go.echo.v1", "{\"message\":\"" + i + padding + "\"}"));
                            sent.incrementAndGet();
                        }
                    },
                    task -> Thread.ofPlatform().daemon().name("client-writer").start(task));
            awaitStandstill(sent);
            int held = sent.get();
            long heapHolding = gateway.vitals().heapBytes();
            assertThat(writing).as("the gateway has stopped reading").isNotDone();

            client.resumeReading();
            writing.join();
            int right = 0;
            int late = 0;
            int i = 0;
            for (Reply reply : replies) {
                String text = reply.text();
                if (!reply.isError()) {
                    assertThat(text).isEqualTo("{\"message\":\"" + i + padding + "\"}");
                    right++;
                } else {
                    // What waited, to be begun or to be let in, for longer than a call may take.
                    assertThat(text)
                            .matches("provider 'hello-go' timed out after 20 s|timed out after (2\\.5|20) s: .*");
                    late++;
                }
                i++;
            }
            System.out.printf(
                    "%d calls unread: stopped reading after %d, heap %d -> %d KiB; %d right, %d too late%n",
                    calls, held, heapBefore / 1024, heapHolding / 1024, right, late);
            assertThat(right + late).isEqualTo(calls);
            assertThat(right).as("those that were let in").isGreaterThanOrEqualTo(1_024);
            assertThat(heapHolding).isLessThan(heapBefore + 128 * MIB);
        }
    }

    @Test
    @ResourceLock(MACHINE)
    void a_client_that_never_reads_does_not_keep_the_gateway_from_ending() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            client.pauseReading();
            AtomicInteger sent = new AtomicInteger();
            String padding = "x".repeat(20_000);
            Thread writer = Thread.ofPlatform().daemon().name("client-writer").start(() -> {
                try {
                    for (int i = 0; i < 2_500; i++) {
                        client.call("hello-go.echo.v1", "{\"message\":\"" + padding + "\"}");
                        sent.incrementAndGet();
                    }
                } catch (java.io.UncheckedIOException gatewayEnded) {
                    // as it should
                }
            });
            awaitStandstill(sent);

            long start = System.nanoTime();
            gateway.expectAbruptEnd();
            gateway.terminate();
            gateway.awaitExit(Duration.ofSeconds(10));

            System.out.printf("TERM with a full pipe: ended after %d ms%n", (System.nanoTime() - start) / 1_000_000);
            assertThat(writer).isNotNull();
        }
    }

    @TestBesideOthers
    @ResourceLock(value = MACHINE, mode = ResourceAccessMode.READ)
    void three_hundred_calls_to_a_hung_provider_time_out_while_everything_else_is_answered() {
        try (HelloGo hung = HelloGo.onTcp();
                Installation installation =
                        Installation.create().grpc("hung", hung.entry()).grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hung.echo.v1", "hello-go.sum.v1");
            hung.freeze();

            List<Reply> hanging = IntStream.range(0, 300)
                    .mapToObj(i -> client.call("hung.echo.v1", "{\"message\":\"anyone?\"}"))
                    .toList();
            Reply ping = client.ping();
            Reply list = client.request("tools/list", "{}");
            Reply healthy = client.call("hello-go.sum.v1", "{\"numbers\":[1]}");

            System.out.printf(
                    "behind 300 hung calls: ping %d ms, list %d ms, call %d ms%n",
                    ping.took().toMillis(),
                    list.took().toMillis(),
                    healthy.took().toMillis());
            assertThat(ping.took()).isLessThan(AT_ONCE);
            assertThat(list.took()).isLessThan(AT_ONCE);
            assertThat(healthy.text()).isEqualTo("{\"sum\":1}");
            assertThat(hanging).allSatisfy(reply -> {
                assertThat(reply.isError()).isTrue();
                assertThat(reply.text()).contains("provider 'hung' timed out after 2.5 s");
                assertThat(reply.took()).isBetween(Duration.ofMillis(2_450), Duration.ofMillis(7_500));
            });
        }
    }

    @TestBesideOthers
    @ResourceLock(value = MACHINE, mode = ResourceAccessMode.READ)
    void what_does_not_fit_the_queue_of_a_hung_provider_is_refused_at_once() {
        try (HelloGo hung = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hung", hung.entry(), "queue: 10");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hung.echo.v1");
            hung.freeze();

            Map<String, Integer> outcomes = new TreeMap<>();
            IntStream.range(0, 300)
                    .mapToObj(i -> client.call("hung.echo.v1", "{\"message\":" + Json.quoted("anyone?") + "}"))
                    .toList()
                    .forEach(reply -> outcomes.merge(
                            reply.text().contains("queue full") ? "queue full" : reply.text(), 1, Integer::sum));

            assertThat(outcomes).hasSize(2).containsEntry("queue full", 275);
            assertThat(outcomes.keySet()).anyMatch(text -> text.contains("provider 'hung' timed out after 2.5 s"));
        }
    }

    /** Nothing more goes through for half a second. */
    private static void awaitStandstill(AtomicInteger count) {
        AtomicInteger last = new AtomicInteger(-1);
        Awaitility.await("standstill")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> count.get() > 0 && last.getAndSet(count.get()) == count.get());
    }
}
