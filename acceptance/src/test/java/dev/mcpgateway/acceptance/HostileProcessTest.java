// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HelloGo.SUPERVISED;
import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static dev.mcpgateway.acceptance.kit.HostileProvider.response;
import static dev.mcpgateway.acceptance.kit.HostileProvider.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.FaultProxy;
import dev.mcpgateway.acceptance.kit.FloodingHealth;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileLists;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Provider processes that flood, each beside a healthy one that must notice nothing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class HostileProcessTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration WHILE = Duration.ofSeconds(4);
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final int CALLS = 300;
    private static final int PERMITS = 15;
    private static final int BLOCKS = 2_500_000;

    @ParameterizedTest
    @CsvSource({
        "9000, answered INVALID_ARGUMENT: xxxx",
        "100000, is unavailable: its status text or headers are larger than 65536 bytes"
    })
    void a_status_text_of_any_length_takes_no_provider_down(int length, String told) {
        CountDownLatch firstIsFree = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        try (HostileProvider wordy = HostileProvider.start()
                        .tool("fail.v1", status(Status.INVALID_ARGUMENT.withDescription("x".repeat(length))))
                        .tool("first.v1", echoAfter(firstIsFree))
                        .tool("hold.v1", echoAfter(goesOn));
                Installation installation = beside("wordy", wordy, "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("wordy.fail.v1", "healthy.echo.v1");
            Control control = Control.ofHelloGo(client, "healthy");
            Reply first = client.call("wordy.first.v1", HI);
            Reply held = client.call("wordy.hold.v1", HI);
            await().atMost(SOON).until(() -> wordy.received() == 2);
            firstIsFree.countDown(); // the first of its connections, where its health is watched
            assertThat(first.text()).isEqualTo(HI);

            for (int i = 0; i < 5; i++) {
                Reply failed = client.call("wordy.fail.v1", "{}");
                assertThat(failed.isError()).isTrue();
                assertThat(failed.text()).startsWith("provider 'wordy' " + told).hasSizeLessThan(2_100);
                assertThat(client.call("wordy.first.v1", HI).text()).isEqualTo(HI);
            }
            goesOn.countDown();

            assertThat(held.text()).isEqualTo(HI);
            control.assertUnharmed();
        }
    }

    private static HostileProvider.Script<InvokeRequest, InvokeResponse> echoAfter(CountDownLatch latch) {
        return (request, reply) -> {
            latch.await(10, TimeUnit.SECONDS);
            echo().play(request, reply);
        };
    }

    @Test
    void two_lost_connections_of_fifteen_cost_the_calls_in_them_and_no_others() {
        try (HostileProvider distant = HostileProvider.start().tool("echo.v1", echo());
                FaultProxy proxy = FaultProxy.to(distant.address());
                Installation installation = Installation.create().grpc("distant", proxy.entry(), "timeout: 30s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("distant.echo.v1");
            proxy.delay(Duration.ofMillis(100));
            List<Reply> all = IntStream.range(0, CALLS)
                    .mapToObj(each -> client.call("distant.echo.v1", HI))
                    .toList();
            await().atMost(SOON).until(() -> proxy.open() == PERMITS && distant.received() > 2 * PERMITS);

            proxy.reset(PERMITS - 1);
            // by then the gateway asks, over the first connection, whether anything is left
            await().pollDelay(Duration.ofMillis(60)).until(() -> true);
            proxy.reset(0);

            List<String> failures = all.stream()
                    .filter(reply -> reply.message(Duration.ofSeconds(30))
                            .path("result")
                            .path("isError")
                            .asBoolean(false))
                    .map(Reply::text)
                    .toList();
            assertThat(failures)
                    .hasSizeLessThan(PERMITS)
                    .allMatch(text -> text.startsWith("provider 'distant' is unavailable: "));
            assertThat(client.call("distant.echo.v1", HI).text()).isEqualTo(HI);
        }
    }

    @Test
    void results_of_more_blocks_than_may_be_are_refused_by_their_number() {
        InvokeResponse blocks = InvokeResponse.newBuilder()
                .addAllContent(Collections.nCopies(BLOCKS, Content.getDefaultInstance()))
                .build();
        try (HostileProvider giving = HostileProvider.start().tool("give.v1", response(blocks));
                Installation installation = beside("giving", giving, "timeout: 20s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("giving.give.v1", "healthy.echo.v1");
            Control control = Control.ofHelloGo(client, "healthy");

            for (int i = 0; i < 4; i++) {
                assertThat(textOf(client.call("giving.give.v1", "{}")))
                        .isEqualTo("provider 'giving' returned 2500000 content blocks, the limit is 10000");
            }

            control.assertUnharmed();
        }
    }

    @Test
    void a_long_list_that_changes_in_full_at_each_discovery_costs_nobody_else() {
        AtomicInteger version = new AtomicInteger();
        try (HostileProvider lists = HostileProvider.start()
                        .tool("tool0", status(Status.UNAVAILABLE)) // which makes the gateway ask again
                        .discovery((request, reply) -> {
                            reply.onNext(HostileLists.changing(version.incrementAndGet()));
                            reply.onCompleted();
                        });
                Installation installation = beside("lists", lists);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("lists.tool0", "healthy.echo.v1");
            Control control = Control.ofHelloGo(client, "healthy");
            int before = version.get();

            try (Load hints = Load.paced(client, 10, "lists.tool0", "{}")) {
                await().atMost(Duration.ofSeconds(20)).until(() -> version.get() > before + 5);
                assertThat(hints.succeeded()).isZero();
            }

            control.assertUnharmed();
        }
    }

    @Test
    void a_health_service_that_floods_costs_nobody_else() {
        FloodingHealth health = new FloodingHealth();
        try (HostileProvider boasting = HostileProvider.startWithHealth(health).tool("echo.v1", echo());
                Installation installation = beside("boasting", boasting);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("boasting.echo.v1", "healthy.echo.v1");
            Control control = Control.ofHelloGo(client, "healthy");

            health.begin();
            await().pollDelay(WHILE).until(() -> true);
            assertThat(client.call("boasting.echo.v1", HI).text()).isEqualTo(HI);
            health.end();

            control.assertUnharmed();
            // of messages of 1 KB, so many fit into what is taken at forty looks, into what is on its way, and a good
            // deal more
            assertThat(health.said()).isBetween(100L, 30_000L);
        }
    }

    @Test
    void a_process_that_writes_to_standard_error_all_the_time_costs_nobody_else() {
        String floods = "(timeout 30 yes loud >&2) & exec " + Checkout.helloGo();
        try (Installation installation = Installation.create()
                        .grpc("healthy", SUPERVISED)
                        .grpc("shouting", "command: [/bin/sh, -c, \"" + floods + "\"]");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("shouting.echo.v1", "healthy.echo.v1");
            var skipped = gateway.log()
                    .next(line -> line.path("logger").asString("").equals("provider.shouting")
                            && line.path("message").asString("").startsWith("skipped "));
            Control control = Control.ofHelloGo(client, "healthy");

            await().pollDelay(WHILE).until(() -> true);
            assertThat(client.call("shouting.echo.v1", HI).text()).isEqualTo(HI);

            control.assertUnharmed();
            assertThat(skipped).succeedsWithin(SOON);
        }
    }

    /** What takes longer than usual. */
    private static String textOf(Reply reply) {
        reply.message(Duration.ofSeconds(20));
        return reply.text();
    }

    private static Installation beside(String name, HostileProvider hostile, String... lines) {
        List<String> entry = new ArrayList<>(List.of(lines));
        entry.add(hostile.entry());
        return Installation.create().grpc("healthy", SUPERVISED).grpc(name, entry.toArray(String[]::new));
    }
}
