// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The order in which things may be said. */
class StdioSessionTest {

    @Test
    void an_id_that_is_in_flight_cannot_be_used_again() {
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hello-go", hello.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            hello.freeze();
            Reply first = client.call("hello-go.echo.v1", "{\"message\":\"first\"}");

            JsonNode refusal = client.exchange(
                    "{\"jsonrpc\":\"2.0\",\"id\":" + first.id()
                            + ",\"method\":\"tools/call\",\"params\":{\"name\":\"hello-go.echo.v1\",\"arguments\":{\"message\":\"second\"}}}");
            hello.thaw();

            assertThat(refusal.path("error").path("code").asInt()).isEqualTo(-32600);
            assertThat(refusal.get("id").isNull()).isTrue();
            assertThat(refusal.path("error").path("message").asString()).contains(Long.toString(first.id()));
            assertThat(first.text()).isEqualTo("{\"message\":\"first\"}");
            // It is free again now, and 1 and "1" were never the same.
            assertThat(client.exchange("{\"jsonrpc\":\"2.0\",\"id\":\"" + first.id() + "\",\"method\":\"ping\"}")
                            .has("result"))
                    .isTrue();
        }
    }

    @Test
    void a_request_before_initialize_is_refused_and_initialize_still_works() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            Client client = gateway.client();

            for (String method : List.of("tools/list", "tools/call", "resources/list", "logging/setLevel")) {
                Reply early = client.request(method, "{}");
                assertThat(early.errorCode()).as(method).isEqualTo(-32600);
                assertThat(early.errorText()).as(method).contains("not initialized");
            }

            assertThat(client.initialize().path("protocolVersion").asString()).isEqualTo(Client.NEWEST);
            assertThat(client.tools()).isEmpty();
        }
    }

    @Test
    void server_discover_is_answered_at_once_in_its_absence() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            Reply probe = gateway.client().request("server/discover", "{}");

            assertThat(probe.errorCode()).isEqualTo(-32601);
            gateway.client().initialize();
        }
    }

    @Test
    void a_second_initialize_is_refused() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            gateway.client().initialize();

            assertThat(gateway.client().startInitialize("2024-11-05").errorCode())
                    .isEqualTo(-32600);
            assertThat(gateway.client().ping().result()).isEmpty();
        }
    }

    @Test
    void a_client_that_never_says_initialized_is_served() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            gateway.client().startInitialize(Client.NEWEST).result();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.client().toolNames().size() == 2);
            assertThat(gateway.client()
                            .call("hello-go.sum.v1", "{\"numbers\":[1]}")
                            .text())
                    .isEqualTo("{\"sum\":1}");
        }
    }

    @Test
    void a_ping_may_come_first() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            assertThat(gateway.client().ping().result()).isEmpty();
            gateway.client().initialize();
        }
    }

    @Test
    void three_hundred_early_requests_do_not_delay_initialize() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.ping().result();

            List<Reply> early = IntStream.range(0, 300)
                    .mapToObj(i -> client.request("tools/list", "{}"))
                    .toList();
            Reply initialize = client.startInitialize(Client.NEWEST);

            System.out.printf(
                    "initialize behind 300 early requests: %d ms%n",
                    initialize.took().toMillis());
            assertThat(initialize.took()).isLessThan(AT_ONCE);
            assertThat(early).allSatisfy(reply -> assertThat(reply.errorCode()).isEqualTo(-32600));
        }
    }

    @Test
    void a_response_that_nobody_asked_for_is_logged_once_and_ignored() {
        try (Installation installation = Installation.create().environment("MCP_GATEWAY_LOG_LEVEL", "debug");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();

            client.send("{\"jsonrpc\":\"2.0\",\"id\":987654,\"result\":{}}");
            client.send("{\"jsonrpc\":\"2.0\",\"id\":\"nine\",\"error\":{\"code\":-1,\"message\":\"no\"}}");
            client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/unheard-of\"}");

            assertThat(client.ping().result()).isEmpty();
            assertThat(client.hasNext()).isFalse();
            gateway.log().await(StdioSessionTest::tellsOfAnAnswerToNothing);
            gateway.close();
            assertThat(gateway.log().lines())
                    .filteredOn(StdioSessionTest::tellsOfAnAnswerToNothing)
                    .hasSize(2);
        }
    }

    private static boolean tellsOfAnAnswerToNothing(JsonNode line) {
        return line.path("level").asString().equals("DEBUG")
                && line.path("message").asString().matches("(?i).*(answer|response|reply).*ignored.*");
    }

    @Test
    void an_unknown_method_is_named() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            gateway.client().initialize();

            Reply reply = gateway.client().request("tools/invent", "{}");

            assertThat(reply.errorCode()).isEqualTo(-32601);
            assertThat(reply.errorText()).contains("tools/invent");
        }
    }

    @Test
    void what_there_is_none_of_yet_is_an_empty_list() {
        try (Installation installation = Installation.create();
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            JsonNode capabilities = client.initialize().path("capabilities");

            assertThat(capabilities.has("tools")).isTrue();
            assertThat(client.request("resources/list", "{}").result().path("resources"))
                    .isEmpty();
            assertThat(client.request("resources/templates/list", "{}").result().path("resourceTemplates"))
                    .isEmpty();
            assertThat(client.request("prompts/list", "{}").result().path("prompts"))
                    .isEmpty();
        }
    }

    @Test
    void an_unknown_tool_is_named_together_with_the_providers_that_are_away() {
        int nobody = HelloGo.freePort();
        try (Installation installation = Installation.create()
                        .grpc("hello-go", HelloGo.SUPERVISED)
                        .grpc("absent", "address: \"127.0.0.1:" + nobody + "\"");
                Gateway gateway = installation.start()) {
            gateway.client().initialize();

            Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                Reply reply = gateway.client().call("absent.echo.v1", "{}");
                assertThat(reply.errorCode()).isEqualTo(-32602);
                assertThat(reply.errorText()).contains("absent.echo.v1", "'absent'", "connection refused");
            });
        }
    }

    @Test
    void a_cancelled_call_is_not_answered_and_the_others_are() {
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hello-go", hello.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            hello.freeze();
            Reply cancelled = client.call("hello-go.echo.v1", "{\"message\":\"never mind\"}");
            Reply other = client.call("hello-go.echo.v1", "{\"message\":\"still wanted\"}");

            client.cancel(cancelled);
            client.ping().result();
            hello.thaw();

            assertThat(other.text()).isEqualTo("{\"message\":\"still wanted\"}");
            assertThat(gateway.log()
                            .await(line -> line.path("outcome").asString("").equals("cancelled"))
                            .path("capability")
                            .asString())
                    .endsWith("echo.v1");
            assertThat(cancelled.isHere()).as("nobody waits for it").isFalse();
        }
    }

    /** One that answers discovery at all times, so that only calls take its one connection. */
    @Test
    void a_cancelled_call_gives_its_place_to_the_next_at_once() {
        try (HostileProvider busy = HostileProvider.start()
                        .tool("hang.v1", HostileProvider.never())
                        .tool("echo.v1", HostileProvider.echo());
                Installation installation =
                        Installation.create().grpc("busy", busy.entry(), "connections: 1", "queue: 1");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("busy.hang.v1", "busy.echo.v1");
            Reply hangs = client.call("busy.hang.v1", "{}");
            Awaitility.await().until(() -> busy.running() == 1);
            Reply queued = client.call("busy.echo.v1", "{\"n\":1}");
            assertThat(client.call("busy.echo.v1", "{\"n\":2}").text()).contains("provider 'busy'", "queue full");

            client.cancel(hangs);

            assertThat(queued.text()).isEqualTo("{\"n\":1}");
            assertThat(queued.took())
                    .as("not when the other call would have timed out")
                    .isLessThan(AT_ONCE);
            assertThat(client.call("busy.echo.v1", "{\"n\":3}").text()).isEqualTo("{\"n\":3}");
            assertThat(hangs.isHere()).isFalse();
        }
    }
}
