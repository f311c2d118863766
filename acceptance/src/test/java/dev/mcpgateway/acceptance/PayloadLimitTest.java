// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.json;
import static dev.mcpgateway.acceptance.kit.HostileProvider.response;
import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.provider.v1.InvokeResponse;
import org.junit.jupiter.api.Test;

/** Payloads around the limit, in both directions, in bytes of UTF-8. */
class PayloadLimitTest {

    private static final int LIMIT = 10_485_760;
    private static final int MORE_FOR_A_MESSAGE = 64 << 10;
    private static final int DEFAULT_OF_GRPC = 4 << 20;

    @Test
    void results_up_to_the_limit_pass_and_one_byte_more_is_refused_with_size_and_limit() {
        String overGrpcsDefault = text(DEFAULT_OF_GRPC + 1);
        String limit = text(LIMIT);
        try (HostileProvider provider = HostileProvider.start()
                        .tool("four.v1", result(overGrpcsDefault))
                        .tool("limit.v1", result(limit))
                        .tool("over.v1", result(text(LIMIT + 1)));
                Installation installation = Installation.create().grpc("large", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("large.four.v1", "large.limit.v1", "large.over.v1");
            assertThat(client.call("large.four.v1", "{}").text().equals(overGrpcsDefault))
                    .isTrue(); // a failure would print megabytes
            assertThat(client.call("large.limit.v1", "{}").text().equals(limit)).isTrue();
            assertSaysSizeAndLimit(client.call("large.over.v1", "{}"));
        }
    }

    @Test
    void a_result_far_over_the_limit_costs_only_its_own_call() {
        try (HostileProvider provider = HostileProvider.start()
                        .tool("huge.v1", result(text(4 * LIMIT)))
                        .tool("small.v1", result("{}"));
                Installation installation = Installation.create().grpc("large", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("large.huge.v1", "large.small.v1");
            Reply huge = client.call("large.huge.v1", "{}");
            Reply small = client.call("large.small.v1", "{}");
            assertThat(huge.isError()).isTrue();
            assertThat(huge.text())
                    .startsWith("provider 'large' ")
                    .contains(Integer.toString(LIMIT + MORE_FOR_A_MESSAGE));
            assertThat(small.text()).isEqualTo("{}");
            assertThat(client.call("large.small.v1", "{}").text()).isEqualTo("{}");
        }
    }

    @Test
    void arguments_up_to_the_limit_pass_and_one_byte_more_is_refused_before_the_provider_is_called() {
        try (HostileProvider provider = HostileProvider.start().tool("measure.v1", (request, reply) -> {
                    reply.onNext(InvokeResponse.newBuilder()
                            .setResult(json("{\"bytes\":"
                                    + request.getPayload().getValue().size() + "}"))
                            .build());
                    reply.onCompleted();
                });
                Installation installation = Installation.create().grpc("large", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("large.measure.v1");
            for (int size : new int[] {DEFAULT_OF_GRPC + 1, LIMIT}) {
                assertThat(client.call("large.measure.v1", text(size)).text()).isEqualTo("{\"bytes\":" + size + "}");
            }
            int received = provider.received();
            Reply refused = client.call("large.measure.v1", text(LIMIT + 1));
            assertThat(refused.errorCode()).isEqualTo(-32602);
            assertThat(refused.errorText()).contains(Integer.toString(LIMIT + 1), Integer.toString(LIMIT));
            assertThat(provider.received()).isEqualTo(received);
        }
    }

    @Test
    void the_limit_is_configurable_and_counts_bytes_not_characters() {
        String umlauts = "{\"text\":\"" + "ü".repeat(600) + "\"}";
        assertThat(umlauts.getBytes(UTF_8)).hasSize(1_211);
        try (HostileProvider provider = HostileProvider.start()
                        .tool("echo.v1", HostileProvider.echo())
                        .tool("umlauts.v1", result(umlauts))
                        .tool(
                                "blocks.v1",
                                response(InvokeResponse.newBuilder()
                                        .addContent(dev.mcpgateway.provider.v1.Content.newBuilder()
                                                .setText("x".repeat(1_025)))
                                        .build()));
                Installation installation =
                        Installation.create().setting("payloadLimit: 1KiB").grpc("large", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("large.echo.v1", "large.umlauts.v1", "large.blocks.v1");
            assertThat(client.call("large.echo.v1", "{\"text\":\"" + "ü".repeat(500) + "\"}")
                            .isError())
                    .isFalse();
            assertThat(client.call("large.echo.v1", umlauts).errorText()).contains("1211", "1024");
            assertThat(client.call("large.umlauts.v1", "{}").text())
                    .startsWith("provider 'large' ")
                    .contains("1211", "1024");
            assertThat(client.call("large.blocks.v1", "{}").text())
                    .startsWith("provider 'large' ")
                    .contains("1024");
        }
    }

    private static void assertSaysSizeAndLimit(Reply reply) {
        assertThat(reply.isError()).isTrue();
        assertThat(reply.text())
                .startsWith("provider 'large' ")
                .contains(Integer.toString(LIMIT + 1), Integer.toString(LIMIT));
    }

    /** A JSON object of so many bytes. */
    private static String text(int bytes) {
        String frame = "{\"text\":\"\"}";
        return "{\"text\":\"" + "x".repeat(bytes - frame.length()) + "\"}";
    }
}
