// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The story that everything else rests on: a client connects, lists, calls. */
class FirstContactTest {

    private static final Duration LONGEST_HOLD = Duration.ofMillis(2_400);

    @Test
    void a_supervised_provider_is_listed_at_once_and_answers() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            gateway.client().initialize();

            // The first list waits for the provider, but no longer than a call would.
            Reply first = gateway.client().request("tools/list", "{}");
            System.out.printf("first list: %d ms%n", first.took().toMillis());
            if (first.took().compareTo(LONGEST_HOLD) < 0) {
                assertThat(first.result().path("tools")).hasSize(2);
            }
            gateway.client().ready("hello-go.echo.v1", "hello-go.sum.v1");
            assertThat(gateway.client()
                            .call("hello-go.echo.v1", "{\"message\":\"Hi\"}")
                            .text())
                    .isEqualTo("{\"message\":\"Hi\"}");
            assertThat(gateway.client()
                            .call("hello-go.sum.v1", "{\"numbers\":[1,2,3]}")
                            .text())
                    .isEqualTo("{\"sum\":6}");
        }
    }

    @Test
    void a_provider_that_somebody_else_started_answers_over_tcp() {
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hello-go", hello.entry());
                Gateway gateway = installation.start()) {
            gateway.client().ready("hello-go.sum.v1");

            assertThat(gateway.client()
                            .call("hello-go.sum.v1", "{\"numbers\":[1,2,3]}")
                            .text())
                    .isEqualTo("{\"sum\":6}");
        }
    }

    @Test
    void a_provider_that_somebody_else_started_answers_over_a_unix_socket() {
        try (Installation installation = Installation.create();
                HelloGo hello = HelloGo.onUnix(installation.folder().resolve("hello.sock"));
                Gateway gateway = installation.grpc("hello-go", hello.entry()).start()) {
            gateway.client().ready("hello-go.sum.v1");

            assertThat(gateway.client()
                            .call("hello-go.sum.v1", "{\"numbers\":[1,2,3]}")
                            .text())
                    .isEqualTo("{\"sum\":6}");
        }
    }
}
