// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static dev.mcpgateway.acceptance.kit.HostileProvider.json;
import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static dev.mcpgateway.acceptance.kit.HostileProvider.status;
import static dev.mcpgateway.acceptance.kit.Times.AT_ONCE;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.provider.v1.Tool;
import dev.mcpgateway.testing.PluginJar;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How providers are found, lost and found again, and what of it clients and operators see. */
class ProviderLifeTest {

    private static final String HI = "{\"message\":\"Hi\"}";
    private static final Duration NOTICED = Duration.ofSeconds(10);

    /** The gateway serves what it has after 2.5 s: a machine that is too slow for that by itself tries once more. */
    @Test
    void a_provider_that_never_answers_delays_nobody() {
        int tries = 1;
        while (!aCallBesideASilentProviderIsQuick()) {
            assertThat(++tries).as("starts that took longer than 2.5 s").isLessThanOrEqualTo(5);
        }
    }

    private static boolean aCallBesideASilentProviderIsQuick() {
        try (HostileProvider silent = HostileProvider.start().discovery(never());
                Installation installation =
                        Installation.create().grpc("silent", silent.entry()).grpc("healthy", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            Reply firstList = client.request("tools/list", "{}");
            Reply call = client.call("healthy.echo.v1", HI);
            if (call.message().path("error").path("message").asString("").contains("'healthy' is not connected yet")) {
                return false;
            }
            assertThat(call.text()).isEqualTo(HI);
            assertThat(firstList.isHere())
                    .as("the list still waits for the silent one")
                    .isFalse();
            assertThat(firstList.result().path("tools").size()).isEqualTo(2);
            System.out.printf(
                    "beside a silent provider: first call %d ms, first list %d ms%n",
                    call.took().toMillis(), firstList.took().toMillis());
            assertThat(firstList.took()).isLessThan(LATEST);
            Reply secondList = client.request("tools/list", "{}");
            assertThat(secondList.result().path("tools").size()).isEqualTo(2);
            assertThat(secondList.took()).isLessThan(AT_ONCE);
            return true;
        }
    }

    @Test
    void an_answer_of_unavailable_has_the_provider_asked_again_at_once_and_not_once_for_each_call() {
        try (HostileProvider provider = HostileProvider.start()
                        .tool("fail.v1", status(Status.UNAVAILABLE.withDescription("the database is away")));
                Installation installation = Installation.create().grpc("moody", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("moody.fail.v1");
            int before = provider.discoveries();
            assertThat(client.call("moody.fail.v1", "{}").text()).contains("the database is away");
            await().atMost(LATEST).until(() -> provider.discoveries() > before);

            int quiet = provider.discoveries();
            long begin = System.nanoTime();
            try (Load load = Load.begin(client, 64, "moody.fail.v1", "{}")) {
                await().atMost(Duration.ofSeconds(20)).until(() -> provider.received() > 2_000);
                load.close();
            }
            long quarters = (System.nanoTime() - begin) / 250_000_000L;
            System.out.printf(
                    "%d calls found it unavailable, and it was asked %d times in %d ms%n",
                    provider.received(), provider.discoveries() - quiet, quarters * 250);
            assertThat(provider.discoveries() - quiet).isLessThanOrEqualTo((int) quarters + 3);
            assertThat(client.toolNames()).containsExactly("moody.fail.v1");
        }
    }

    @TestBesideOthers
    void a_schema_that_changes_under_the_same_id_is_in_force_from_the_first_call_after_it_is_listed() {
        try (HostileProvider provider = HostileProvider.start().tool(takes("string"), echo());
                Installation installation = Installation.create().grpc("strict", provider.entry(), "refresh: 1s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("strict.take.v1");
            for (String type : List.of("integer", "string", "integer")) {
                long told = changes(client, "tools");
                provider.tool(takes(type), echo());
                await("list_changed").atMost(NOTICED).until(() -> changes(client, "tools") > told);
                boolean isInteger = type.equals("integer");
                assertThat(client.call("strict.take.v1", "{\"value\":\"text\"}").isError())
                        .isEqualTo(isInteger);
                assertThat(client.call("strict.take.v1", "{\"value\":1}").isError())
                        .isEqualTo(!isInteger);
                assertThat(client.tools().toString()).contains("\"" + type + "\"");
            }
        }
    }

    @Test
    void many_changes_become_few_notifications_of_the_one_kind_that_changed() {
        List<HostileProvider> providers = new ArrayList<>();
        try (Installation installation = Installation.create()) {
            for (int i = 0; i < 8; i++) {
                HostileProvider provider = HostileProvider.start().tool("echo.v1", echo());
                providers.add(provider);
                installation.grpc("p" + i, provider.entry());
            }
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                await().until(() -> client.toolNames().size() == 8);
                client.resources();
                client.prompts();
                int before = client.notifications().size();
                providers.forEach(HostileProvider::goDown);
                await().atMost(NOTICED).until(() -> changes(client, "tools") > 0);
                await("nothing is listed")
                        .atMost(NOTICED)
                        .until(() -> client.toolNames().isEmpty());
                List<JsonNode> told = client.notifications()
                        .subList(before, client.notifications().size());
                System.out.println("eight providers gone in " + told.size() + " notifications");
                assertThat(told)
                        .hasSizeLessThanOrEqualTo(4)
                        .allMatch(each -> each.path("method").asString().equals("notifications/tools/list_changed"));
            }
        } finally {
            providers.forEach(HostileProvider::close);
        }
    }

    @Test
    void a_hundred_providers_with_ten_tools_each_are_listed_early_and_called_without_a_search() {
        PluginJar jar = PluginJar.of("many").acme("""
                public final class Acme implements GatewayPlugin {
                    @Override
                    public List<ProviderOffer> providers(PluginContext context) {
                        List<ProviderOffer> offers = new ArrayList<>();
                        for (int i = 0; i < 100; i++) {
                            offers.add(new ProviderOffer("p" + i, opened -> new Source()));
                        }
                        return offers;
                    }
                    static final class Source implements Provider {
                        @Override
                        public CompletionStage<Capabilities> capabilities(CallContext context) {
                            List<Tool> tools = new ArrayList<>();
                            for (int i = 0; i < 10; i++) {
                                tools.add(Tool.named("t" + i).build());
                            }
                            return CompletableFuture.completedFuture(
                                    Capabilities.builder().tools(tools).build());
                        }
                        @Override
                        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                            return CompletableFuture.completedFuture(ToolResult.text(tool));
                        }
                    }
                }
                """);
        try (Installation installation = Installation.createWithoutPlugins()) {
            jar.dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                Reply list = client.request("tools/list", "{}");
                assertThat(list.result().path("tools").size()).isEqualTo(1_000);
                Duration first = middle(client, "p0.t0");
                Duration last = middle(client, "p99.t9");
                System.out.printf(
                        "100 providers, 1,000 tools: first list %d ms; a call of the first %d us, of the last %d us%n",
                        list.took().toMillis(), first.toNanos() / 1_000, last.toNanos() / 1_000);
                assertThat(list.took()).isLessThan(LATEST);
                assertThat(last).isLessThan(first.multipliedBy(3).plusMillis(5));
            }
        }
    }

    @Test
    void list_shows_how_each_provider_is_doing_without_a_control_character() {
        Status rude = Status.INTERNAL.withDescription("\u001b[31mred\u0007\nand\u009b more");
        try (HostileProvider broken = HostileProvider.start().discovery(status(rude));
                Installation installation = Installation.create()
                        .grpc("healthy", HelloGo.SUPERVISED)
                        .grpc("broken", broken.entry())
                        .grpc("away", "address: \"127.0.0.1:" + HelloGo.freePort() + "\"")) {
            Installation.Run table = installation.run("list");
            assertThat(table.exitCode()).isZero();
            assertThat(table.stdout())
                    .contains("PROVIDER", "TYPE", "ADDRESS", "STATUS", "VERSION", "SINCE", "ERROR")
                    .containsPattern("healthy +grpc +unix:/\\S+ +CONNECTED ")
                    .containsPattern("broken +grpc +" + broken.address() + " +ERROR ")
                    .containsPattern("away +grpc +\\S+ +DISCONNECTED .*connection refused");
            assertThat(table.stdout().replace("\n", "")).matches("[^\\p{Cntrl}\\x{80}-\\x{9f}]*");

            Installation.Run object = installation.run("list", "--json");
            JsonNode providers = Json.parse(object.stdout().strip()).path("providers");
            assertThat(providers.size()).isEqualTo(3);
            for (JsonNode each : providers) {
                assertThat(each.propertyNames())
                        .contains("name", "type", "address", "status", "version", "since", "error");
                for (JsonNode value : each) {
                    assertThat(value.asString("")).matches("[^\\p{Cntrl}\\x{80}-\\x{9f}]*");
                }
            }
            assertThat(providers.get(1).path("error").asString()).contains("red", "more");
        }
    }

    private static Tool takes(String type) {
        return Tool.newBuilder()
                .setName("take.v1")
                .setInputSchema(json("{\"$id\":\"https://example.org/take\",\"type\":\"object\",\"properties\":"
                        + "{\"value\":{\"type\":\"" + type + "\"}}}"))
                .build();
    }

    private static Duration middle(Client client, String tool) {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            took.add(client.call(tool, "{}").took());
        }
        took.sort(Duration::compareTo);
        return took.get(took.size() / 2);
    }

    private static long changes(Client client, String kind) {
        return client.notifications().stream()
                .filter(each -> each.path("method").asString().equals("notifications/" + kind + "/list_changed"))
                .count();
    }
}
