// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static dev.mcpgateway.acceptance.kit.Times.DEADLINE;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More calls at once than a provider has connections. */
class ProviderQueueTest {

    private static final int CALLS = 200;
    private static final int CONNECTIONS = 15;
    private static final String TIMED_OUT = "provider 'busy' timed out after 2.5 s";

    @Test
    void fifteen_calls_run_the_rest_queues_and_the_time_in_the_queue_counts() {
        List<Reply> replies = twoHundredCallsOfOneSecond();
        List<Reply> succeeded =
                replies.stream().filter(reply -> !reply.isError()).toList();
        // Two turns of a second fit into 2.5 s; a slow machine may miss the second.
        assertThat(succeeded).hasSizeBetween(CONNECTIONS, 2 * CONNECTIONS);
        assertThat(replies).filteredOn(Reply::isError).allSatisfy(reply -> {
            assertThat(reply.text()).isEqualTo(TIMED_OUT);
            assertThat(reply.took()).isBetween(DEADLINE, LATEST);
        });
    }

    @Test
    void calls_beyond_the_queue_are_refused_at_once() {
        List<Reply> replies = twoHundredCallsOfOneSecond("queue: 10");
        List<Reply> refused = replies.stream()
                .filter(reply -> reply.isError() && !reply.text().equals(TIMED_OUT))
                .toList();
        assertThat(refused).hasSize(CALLS - CONNECTIONS - 10).allSatisfy(reply -> {
            assertThat(reply.text()).startsWith("provider 'busy' ").contains("queue full");
            assertThat(reply.took()).isLessThan(AT_ONCE);
        });
        assertThat(replies).filteredOn(reply -> !reply.isError()).hasSizeBetween(CONNECTIONS, CONNECTIONS + 10);
    }

    @Test
    void a_call_per_connection_is_the_default_and_more_connections_run_more_calls() {
        try (HostileProvider busy = HostileProvider.start();
                Installation installation =
                        Installation.create().grpc("busy", busy.entry(), "connections: 3", "callsPerConnection: 4");
                Gateway gateway = installation.start()) {
            busy.tool("second.v1", busy.after(Duration.ofMillis(300), result("{}")));
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("busy.second.v1");
            assertThat(calls(client, 24)).noneMatch(Reply::isError);
            assertThat(busy.mostRunning()).isEqualTo(3 * 4);
        }
    }

    private static List<Reply> twoHundredCallsOfOneSecond(String... lines) {
        try (HostileProvider busy = HostileProvider.start()) {
            busy.tool("second.v1", busy.after(Duration.ofSeconds(1), result("{}")));
            String[] entry = IntStream.rangeClosed(0, lines.length)
                    .mapToObj(i -> i == 0 ? busy.entry() : lines[i - 1])
                    .toArray(String[]::new);
            try (Installation installation =
                            Installation.create().grpc("busy", entry).grpc("healthy", HelloGo.SUPERVISED);
                    Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly("busy.second.v1", "healthy.echo.v1", "healthy.sum.v1");
                try (Control control = Control.ofHelloGo(client, "healthy")) {
                    List<Reply> replies = IntStream.range(0, CALLS)
                            .mapToObj(number -> client.call("busy.second.v1", "{}"))
                            .toList();
                    // Asked before the first deadline: then the provider hears of new calls sooner than of cancelled
                    // ones.
                    replies.getFirst().message();
                    assertThat(busy.mostRunning()).isEqualTo(CONNECTIONS);
                    replies.forEach(Reply::message);
                    await().atMost(Duration.ofSeconds(5)).until(() -> busy.running() == 0);
                    control.assertUnharmed();
                    return replies;
                }
            }
        }
    }

    private static List<Reply> calls(Client client, int count) {
        List<Reply> replies = IntStream.range(0, count)
                .mapToObj(number -> client.call("busy.second.v1", "{}"))
                .toList();
        replies.forEach(Reply::message);
        return replies;
    }
}
