// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HelloGo.SUPERVISED;
import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostilePlugin;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that are small on the wire and large in memory or in time, beside others that must notice nothing. */
@Tag("alone")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostileMessagesTest {

    private static final int LIMIT = 10 * 1024 * 1024;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> ELEMENTS =
            List.of("{}", "{\"\":{}}", "[]", "1", "1.5", "\"\"", "null", "{\"a\":{\"b\":{\"c\":[[[{}]]]}}}");
    private static final String LARGE = "{\"message\":\"" + "x".repeat(70_000) + "\"}";

    @Test
    void a_check_that_would_take_long_ends_with_its_call_and_costs_no_other_provider() {
        try (Installation installation = installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("healthy.echo.v1", "dear.take.v1");
            assertEchoes(client);
            String arguments = Json.filled("{\"values\":[", "1", "]}", LIMIT - 100);
            List<Reply> dear = IntStream.range(0, 2)
                    .mapToObj(each -> client.call("dear.take.v1", arguments))
                    .toList();
            // Not before: a call waits in the client until the 20 MB before it are written.
            try (Control control = Control.ofHelloGo(client, "healthy")) {
                for (int i = 0; i < 5; i++) {
                    assertEchoes(client);
                }

                assertThat(dear).allSatisfy(reply -> {
                    assertThat(reply.text())
                            .matches("timed out after 2\\.5 s: "
                                    + "(it was still being read|its arguments were still being checked)");
                    assertThat(reply.took()).isLessThan(LATEST);
                });
                control.assertUnharmed();
            }
        }
    }

    @Test
    void a_message_up_to_the_limit_of_any_shape_is_served_beside_pings() {
        try (Installation installation = installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("good.take.v1");
            for (String element : ELEMENTS) {
                String arguments = Json.filled("{\"values\":[", element, "]}", LIMIT - 100);
                for (int i = 0; i < 2; i++) {
                    Reply large = client.call("good.take.v1", arguments);
                    assertThat(client.ping().took())
                            .as("ping beside " + element)
                            .isLessThan(AT_ONCE);
                    assertThat(large.text()).as("ten megabytes of " + element).isEqualTo("taken");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"\":{}}"})
    void many_such_messages_at_a_tool_that_hangs_are_served_or_refused_and_the_process_lives(String element) {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", (request, reply) -> {});
                Installation installation = installation().grpc("hung", hung.entry(), "timeout: 6s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hung.hang.v1", "healthy.echo.v1");
            String arguments = Json.filled("{\"values\":[", element, "]}", LIMIT - 100);
            List<Reply> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(client.call("hung.hang.v1", arguments));
                assertThat(client.ping().took()).isLessThan(AT_ONCE);
            }
            String small = Json.filled("{\"values\":[", element, "]}", 30_000);
            for (int i = 0; i < 1_000; i++) {
                all.add(client.call("hung.hang.v1", small));
            }

            // On a busy machine the provider's own process may not show for five seconds that it lives.
            assertThat(all)
                    .allSatisfy(reply -> assertThat(reply.message(LONG).toString())
                            .containsAnyOf(
                                    "provider 'hung' timed out after 6 s",
                                    "provider 'hung' is unavailable: connection closed",
                                    "overloaded: ",
                                    "timed out after 2.5 s: "));
            assertEchoes(client);
        }
    }

    @Test
    void five_thousand_calls_of_a_client_that_reads_later_are_done_as_those_of_one_that_reads_at_once() {
        try (Installation installation = installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("good.take.v1");
            fiveThousandCalls(client).forEach(Reply::took); // to warm up
            long lateAnyhow = timedOut(fiveThousandCalls(client));

            client.pauseReading();
            List<Reply> all = fiveThousandCalls(client);
            await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
            client.resumeReading();

            // A place that is kept until its answer has left costs some 3,500 of them.
            assertThat(timedOut(all)).isLessThanOrEqualTo(lateAnyhow + 1_500);
        }
    }

    private static List<Reply> fiveThousandCalls(Client client) {
        return IntStream.range(0, 5_000)
                .mapToObj(each -> client.call("good.take.v1", "{\"n\":" + each + "}"))
                .toList();
    }

    private static long timedOut(List<Reply> replies) {
        return replies.stream().filter(Reply::isError).count();
    }

    @Test
    void results_that_grow_when_they_are_written_are_refused_for_the_true_reason_where_there_is_no_room() {
        try (Installation installation = installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("good.take.v1", "bells.ring.v1");
            client.pauseReading();
            List<Reply> all = IntStream.range(0, 8)
                    .mapToObj(each -> client.call("bells.ring.v1", "{}"))
                    .toList();
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            client.resumeReading();

            List<String> refused = new ArrayList<>();
            int served = 0;
            for (Reply reply : all) {
                if (reply.message(LONG).path("result").path("isError").asBoolean(false)) {
                    refused.add(reply.text());
                } else {
                    assertThat(reply.text()).hasSize(LIMIT);
                    served++;
                }
            }
            assertThat(served).isPositive();
            assertThat(refused)
                    .allSatisfy(
                            text -> assertThat(text)
                                    .matches(
                                            "timed out after 2\\.5 s: its answer was still being checked|" // on a slow
                                                    // machine
                                                    + "overloaded: the result was dropped, since it has 629\\d{5} bytes when written, and answers of"
                                                    + " \\d+ bytes are still on their way to the client: there may be \\d+ bytes of them"));
        }
    }

    @Test
    void a_result_of_more_blocks_than_may_be_is_refused_and_costs_no_other_provider() {
        try (Installation installation = installation();
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("healthy.echo.v1", "blocks.give.v1");
            try (Control control = Control.ofHelloGo(client, "healthy")) {
                Reply reply = client.call("blocks.give.v1", "{}");

                assertThat(reply.text()).contains("content blocks, the limit is 10000");
                control.assertUnharmed();
            }
        }
    }

    private static void assertEchoes(Client client) {
        Reply reply = client.call("healthy.echo.v1", LARGE);
        assertThat(reply.text()).isEqualTo(LARGE);
        assertThat(reply.took()).isLessThan(LATEST);
    }

    private static Installation installation() {
        Installation installation = Installation.create().grpc("healthy", SUPERVISED);
        HostilePlugin.neverAnswering("mute").dropInto(installation.pluginsDir());
        PluginJar.withTool("good", "take.v1", "return ToolResult.text(\"taken\");")
                .dropInto(installation.pluginsDir());
        PluginJar.withTool("bells", "ring.v1", "return ToolResult.text(\"\\u0001\".repeat(10485760));")
                .dropInto(installation.pluginsDir());
        PluginJar.withTool(
                        "blocks",
                        "give.v1",
                        "return ToolResult.of(Collections.nCopies(2_500_000, Content.text(\"\")));")
                .dropInto(installation.pluginsDir());
        HostilePlugin.dear("dear").dropInto(installation.pluginsDir());
        return installation;
    }
}
