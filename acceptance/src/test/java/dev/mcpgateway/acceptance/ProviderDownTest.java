// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static dev.mcpgateway.acceptance.kit.HostileProvider.status;
import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A provider that cannot be used: not there, gone, unwell, or not a provider at all. */
class ProviderDownTest {

    private static final Duration LEAVES_THE_LIST = Duration.ofSeconds(10);

    private static final String[] ALL = {
        "healthy.echo.v1",
        "healthy.sum.v1",
        "older.echo.v1",
        "rude.invalid.v1",
        "rude.exhausted.v1",
        "rude.internal.v1",
        "rude.silent.v1"
    };

    /** One gateway for all that stay as they are, each a provider of its own beside a healthy one. */
    private static final List<HostileProvider> PROVIDERS = new ArrayList<>();

    private static Installation installation;
    private static Gateway gateway;
    private static Client client;
    private static Installation.Run list;

    @BeforeAll
    static void start() {
        String endless = "no\u0007 such\ncustomer " + "x".repeat(5_000);
        installation = Installation.create()
                .grpc("never-started", "address: \"127.0.0.1:" + HelloGo.freePort() + "\"")
                .grpc("healthy", HelloGo.SUPERVISED);
        provide("newer", HostileProvider.startAs("provider.v2.Provider").tool("echo.v1", echo()));
        provide("older", HostileProvider.startWithout("Invoke").tool("echo.v1", echo()));
        provide(
                "rude",
                HostileProvider.start()
                        .tool("invalid.v1", status(Status.INVALID_ARGUMENT.withDescription("the month has no day 31")))
                        .tool("exhausted.v1", status(Status.RESOURCE_EXHAUSTED.withDescription("come back tomorrow")))
                        .tool("internal.v1", status(Status.INTERNAL.withDescription(endless)))
                        .tool("silent.v1", status(Status.UNKNOWN)));
        gateway = installation.start();
        client = gateway.client();
        client.initialize();
        client.awaitExactly(ALL);
        list = installation.run("list");
    }

    private static void provide(String name, HostileProvider provider) {
        PROVIDERS.add(provider);
        installation.grpc(name, provider.entry());
    }

    @AfterAll
    static void end() {
        gateway.close();
        installation.close();
        PROVIDERS.forEach(HostileProvider::close);
    }

    @Test
    void a_call_of_a_provider_that_went_down_fails_at_once_and_says_why() {
        try (HostileProvider provider = HostileProvider.start().tool("echo.v1", echo());
                Installation own =
                        Installation.create().grpc("fragile", provider.entry()).grpc("healthy", HelloGo.SUPERVISED);
                Gateway itself = own.start()) {
            Client client = itself.client();
            client.initialize();
            client.awaitExactly("fragile.echo.v1", "healthy.echo.v1", "healthy.sum.v1");
            assertThat(client.call("fragile.echo.v1", "{}").isError()).isFalse();
            try (Control control = Control.ofHelloGo(client, "healthy")) {
                provider.goDown();

                Reply first = client.call("fragile.echo.v1", "{}");
                assertThat(first.isError()).isTrue();
                assertThat(first.text()).startsWith("provider 'fragile' is unavailable: ");
                await().atMost(LEAVES_THE_LIST)
                        .untilAsserted(() -> assertThat(client.toolNames()).doesNotContain("fragile.echo.v1"));
                await("dialled again, and refused").atMost(LEAVES_THE_LIST).untilAsserted(() -> {
                    Reply later = client.call("fragile.echo.v1", "{}");
                    assertThat(later.isError()).isTrue();
                    assertThat(later.text()).isEqualTo("provider 'fragile' is unavailable: connection refused");
                    assertThat(later.took()).isLessThan(AT_ONCE);
                });

                provider.comeBack();
                await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                    assertThat(client.call("fragile.echo.v1", "{}").isError()).isFalse();
                    assertThat(client.toolNames()).contains("fragile.echo.v1");
                });
                control.assertUnharmed();
            }
        }
    }

    @Test
    void a_tool_of_a_provider_that_never_started_is_unknown_and_the_answer_names_the_provider() {
        Reply reply = client.call("never-started.echo.v1", "{}");
        assertThat(reply.errorCode()).isEqualTo(-32602);
        assertThat(reply.errorText())
                .contains("never-started.echo.v1", "'never-started'", "unavailable", "connection refused");

        assertThat(list.exitCode()).isZero();
        assertThat(list.stdout()).contains("never-started", "connection refused", "healthy.echo.v1");
    }

    @Test
    void a_provider_that_says_it_does_not_serve_leaves_the_lists_and_comes_back() {
        try (HostileProvider provider = HostileProvider.start().tool("echo.v1", echo());
                Installation own = Installation.create().grpc("moody", provider.entry());
                Gateway itself = own.start()) {
            Client client = itself.client();
            client.initialize();
            client.awaitExactly("moody.echo.v1");

            long before = listsChanged(client);
            provider.health(ServingStatus.NOT_SERVING);
            await("list_changed").atMost(LEAVES_THE_LIST).until(() -> listsChanged(client) > before);
            assertThat(client.toolNames()).isEmpty();
            assertThat(client.call("moody.echo.v1", "{}").text()).startsWith("provider 'moody' is unavailable: ");

            provider.health(ServingStatus.SERVING);
            await("list_changed").atMost(LEAVES_THE_LIST).until(() -> listsChanged(client) > before + 1);
            assertThat(client.toolNames()).containsExactly("moody.echo.v1");
            assertThat(client.call("moody.echo.v1", "{}").isError()).isFalse();
        }
    }

    @Test
    void a_service_of_another_version_of_the_contract_is_not_a_provider() {
        Reply reply = client.call("newer.echo.v1", "{}");
        assertThat(reply.errorCode()).isEqualTo(-32602);
        assertThat(reply.errorText()).contains("provider 'newer' does not implement ", "provider.v1");
        assertThat(list.stdout()).contains("newer", "does not implement ", "provider.v1");
    }

    @Test
    void a_method_that_a_provider_lacks_costs_only_the_calls_of_that_method() {
        Reply reply = client.call("older.echo.v1", "{}");
        assertThat(reply.isError()).isTrue();
        assertThat(reply.text()).contains("provider 'older' does not implement ");
        assertThat(client.toolNames()).containsExactly(ALL);
    }

    @Test
    void a_status_becomes_plain_words_without_control_characters_and_is_cut() {
        assertThat(failure(client, "rude.invalid.v1"))
                .startsWith("provider 'rude' ")
                .contains("the month has no day 31");
        assertThat(failure(client, "rude.exhausted.v1"))
                .startsWith("provider 'rude' ")
                .contains("come back tomorrow");
        assertThat(failure(client, "rude.internal.v1"))
                .startsWith("provider 'rude' ")
                .contains("such", "customer x")
                .matches("\\P{Cntrl}*")
                .hasSizeLessThanOrEqualTo(2_048);
        assertThat(failure(client, "rude.silent.v1")).startsWith("provider 'rude' ");
    }

    private static long listsChanged(Client client) {
        return client.notifications().stream()
                .filter(message -> message.path("method").asString().equals("notifications/tools/list_changed"))
                .count();
    }

    private static String failure(Client client, String tool) {
        Reply reply = client.call(tool, "{}");
        assertThat(reply.isError()).isTrue();
        return reply.text();
    }
}
