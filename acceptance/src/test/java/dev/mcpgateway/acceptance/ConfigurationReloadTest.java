// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** providers.yaml is changed while the gateway serves: what is valid is in force within 5 s, and no call is lost. */
class ConfigurationReloadTest {

    private static final Duration IN_FORCE = Duration.ofSeconds(15);
    private static final String HI = "{\"message\":\"Hi\"}";

    @Test
    void providers_come_and_go_under_load_in_the_order_of_the_file() {
        try (HelloGo newcomer = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("stays", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("stays.echo.v1", "stays.sum.v1");
            try (Load load = Load.begin(client, 8, "stays.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                long told = listsChanged(client, "tools");
                installation
                        .withoutProviders()
                        .grpc("added", newcomer.entry())
                        .grpc("stays", HelloGo.SUPERVISED)
                        .grpc("started", HelloGo.SUPERVISED)
                        .saveConfiguration();
                await("list_changed").atMost(IN_FORCE).until(() -> listsChanged(client, "tools") > told);
                awaitExactly(
                        client,
                        "added.echo.v1",
                        "added.sum.v1",
                        "stays.echo.v1",
                        "stays.sum.v1",
                        "started.echo.v1",
                        "started.sum.v1");
                assertThat(client.call("added.echo.v1", HI).text()).isEqualTo(HI);
                assertThat(client.call("started.echo.v1", HI).text()).isEqualTo(HI);

                installation
                        .withoutProviders()
                        .grpc("stays", HelloGo.SUPERVISED)
                        .saveConfiguration();
                awaitExactly(client, "stays.echo.v1", "stays.sum.v1");
                assertThat(client.call("added.echo.v1", HI).errorCode()).isEqualTo(-32602);
                await("the process of who was removed has ended")
                        .atMost(Duration.ofSeconds(15))
                        .until(() -> children(gateway).size() == 1);
                load.close();
                assertThat(load.failures()).isEmpty();
                assertThat(load.succeeded()).isPositive();
            }
        }
    }

    @Test
    void address_connections_timeout_prefix_and_refresh_change_without_a_lost_call() {
        try (HelloGo first = HelloGo.onTcp();
                HelloGo second = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("moving", first.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("moving.echo.v1", "moving.sum.v1");
            try (Load load = Load.begin(client, 30, "moving.echo.v1", HI)) { // more than there are connections
                load.awaitSuccess(Duration.ofSeconds(15));
                change(installation, gateway, second.entry());
                await("the new address is called").atMost(IN_FORCE).until(() -> calls(second) > 0);
                change(installation, gateway, second.entry(), "connections: 2", "callsPerConnection: 4");
                change(installation, gateway, second.entry(), "connections: 40", "queue: 5", "refresh: 2s");
                change(installation, gateway, first.entry(), "connections: 40", "timeout: 9s");
                installation
                        .withoutProviders()
                        .grpc("moving", first.entry(), "connections: 40", "prefix: renamed")
                        .saveConfiguration();
                awaitExactly(client, "renamed.echo.v1", "renamed.sum.v1"); // moving.echo.v1 is still its canonical name
                load.awaitSuccess(Duration.ofSeconds(15));
                load.close();
                assertThat(load.failures()).isEmpty();
                System.out.println("calls over six configurations: " + load.succeeded());
            }
        }
    }

    @Test
    void another_environment_starts_a_new_process_before_the_old_one_is_stopped() {
        try (Installation installation = Installation.create().grpc("own", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("own.echo.v1", "own.sum.v1");
            List<Long> before = children(gateway);
            assertThat(before).hasSize(1);
            try (Load load = Load.begin(client, 10, "own.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                change(installation, gateway, HelloGo.SUPERVISED, "env: {COLOUR: green}");
                await("the old process is stopped")
                        .atMost(Duration.ofSeconds(15))
                        .until(() -> children(gateway).size() == 1);
                assertThat(children(gateway)).doesNotContainAnyElementsOf(before);

                installation
                        .withoutProviders()
                        .grpc("own", "command: [/no/such/program]")
                        .saveConfiguration();
                gateway.log().await("provider 'own' is served as before");
                load.awaitSuccess(Duration.ofSeconds(15));
                load.close();
                assertThat(load.failures()).isEmpty();
            }
        }
    }

    @TestBesideOthers
    void a_process_with_a_written_address_ends_before_its_successor_begins() {
        String address = "address: \"127.0.0.1:" + HelloGo.freePort() + "\"";
        try (Installation installation = Installation.create().grpc("own", HelloGo.SUPERVISED, address);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("own.echo.v1", "own.sum.v1");
            List<Long> before = children(gateway);
            installation
                    .withoutProviders()
                    .grpc("own", HelloGo.SUPERVISED, address, "env: {COLOUR: green}")
                    .saveConfiguration();
            gateway.log().await("its process is being replaced");
            await().atMost(IN_FORCE).until(() -> !client.call("own.echo.v1", HI).isError());
            assertThat(children(gateway)).hasSize(1).doesNotContainAnyElementsOf(before);
            assertThat(gateway.log().lines("logger", "process").stream()
                            .filter(line -> line.path("message").asString().contains("started again")))
                    .as("starts that failed because the address was taken")
                    .isEmpty();
        }
    }

    @Test
    void a_mistake_is_told_once_and_what_runs_stays() {
        try (HelloGo provider = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("steady", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("steady.echo.v1", "steady.sum.v1");
            assertThat(client.request("logging/setLevel", "{\"level\":\"info\"}")
                            .result())
                    .isNotNull();
            try (Load load = Load.begin(client, 5, "steady.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                installation
                        .withoutProviders()
                        .grpc("steady", "adress: \"localhost:1\"")
                        .writeConfiguration();
                JsonNode line = gateway.log().await("the configuration stays as it was");
                assertThat(line.path("level").asString()).isEqualTo("ERROR");
                String text = line.path("message").asString();
                String atStart = installation.run("check").stderr().strip();
                assertThat(text).contains("adress", "address").endsWith(atStart);
                await().until(() -> client.notifications().stream()
                        .anyMatch(each -> each.path("params")
                                        .path("level")
                                        .asString("")
                                        .equals("error")
                                && each.path("params").path("data").toString().contains("adress")));

                installation
                        .withoutProviders()
                        .grpc("steady", provider.entry(), "prefix: mended")
                        .writeConfiguration();
                awaitExactly(client, "mended.echo.v1", "mended.sum.v1");
                assertThat(gateway.log().lines("logger", "config").stream()
                                .filter(each -> each.path("level").asString().equals("ERROR")))
                        .hasSize(1);
                load.close();
                assertThat(load.failures()).isEmpty();
            }
        }
    }

    @TestBesideOthers
    void a_link_that_is_turned_over_is_followed() throws IOException {
        try (HelloGo provider = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("linked", provider.entry(), "prefix: one")) {
            installation.writeConfiguration();
            String first = Files.readString(installation.configurationFile());
            Path folder = installation.folder();
            for (String each : List.of("one", "two")) {
                Path version = Files.createDirectory(folder.resolve(each));
                Files.writeString(version.resolve("providers.yaml"), first.replace("prefix: one", "prefix: " + each));
            }
            Files.createSymbolicLink(folder.resolve("data"), Path.of("one"));
            Path linked = folder.resolve("linked.yaml");
            Files.createSymbolicLink(linked, Path.of("data", "providers.yaml"));
            try (Gateway gateway = installation.startWith(linked)) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly("one.echo.v1", "one.sum.v1");
                Path turned = Files.createSymbolicLink(folder.resolve("data-next"), Path.of("two"));
                Files.move(turned, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
                awaitExactly(client, "two.echo.v1", "two.sum.v1");
            }
        }
    }

    @TestBesideOthers
    void calls_of_a_removed_provider_that_are_in_flight_finish() {
        try (HostileProvider slow = HostileProvider.start();
                Installation installation = Installation.create().grpc("slow", slow.entry(), "timeout: 8s");
                Gateway gateway = installation.start()) {
            slow.tool("wait.v1", slow.after(Duration.ofSeconds(4), echo()));
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("slow.wait.v1");
            Reply reply = client.call("slow.wait.v1", HI);
            await().until(() -> slow.running() == 1);
            installation.withoutProviders().saveConfiguration();
            awaitExactly(client);
            assertThat(reply.isHere())
                    .as("the list has changed before the call has ended")
                    .isFalse();
            assertThat(reply.isError()).isFalse();
            assertThat(reply.text()).isEqualTo(HI);
        }
    }

    @TestBesideOthers
    void an_address_where_nobody_is_takes_the_provider_down_and_the_log_says_so() {
        try (HelloGo provider = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("moving", provider.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("moving.echo.v1", "moving.sum.v1");
            installation
                    .withoutProviders()
                    .grpc("moving", "address: \"127.0.0.1:" + HelloGo.freePort() + "\"")
                    .saveConfiguration();
            awaitExactly(client);
            assertThat(client.call("moving.echo.v1", HI).text())
                    .isEqualTo("provider 'moving' is unavailable: connection refused");
            installation.withoutProviders().grpc("moving", provider.entry()).saveConfiguration();
            awaitExactly(client, "moving.echo.v1", "moving.sum.v1");
        }
    }

    @TestBesideOthers
    void what_is_read_at_the_start_only_is_said_to_need_a_restart() {
        try (Installation installation = Installation.create().setting("toolNames: dotted");
                Gateway gateway = installation.start()) {
            gateway.client().initialize();
            assertThat(gateway.client().toolNames()).isEmpty();
            installation.setting("payloadLimit: 1MiB").saveConfiguration();
            assertThat(gateway.log()
                            .await("restart the gateway")
                            .path("message")
                            .asString())
                    .isEqualTo("restart the gateway for changes of gateway.payloadLimit");
        }
    }

    /** Saves the entry of the one provider, and waits until the log says that it is in force. */
    private static void change(Installation installation, Gateway gateway, String... entry) {
        String name = gateway.client().toolNames().getFirst().replaceFirst("\\..*", "");
        long before = changes(gateway);
        installation.withoutProviders().grpc(name, entry).saveConfiguration();
        await("in force").atMost(IN_FORCE).until(() -> changes(gateway) > before);
    }

    private static long changes(Gateway gateway) {
        return gateway.log().lines("logger", "provider").stream()
                .filter(line -> line.path("message").asString().contains("has changed over"))
                .count();
    }

    private static long calls(HelloGo provider) {
        return provider.log().lines().stream()
                .filter(line -> line.has("correlation_id"))
                .count();
    }

    private static void awaitExactly(Client client, String... names) {
        await().atMost(IN_FORCE)
                .untilAsserted(() -> assertThat(client.toolNames()).containsExactly(names));
    }

    private static long listsChanged(Client client, String kind) {
        return client.notifications().stream()
                .filter(each -> each.path("method").asString().equals("notifications/" + kind + "/list_changed"))
                .count();
    }

    private static List<Long> children(Gateway gateway) {
        return ProcessHandle.of(gateway.pid())
                .orElseThrow()
                .children()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
    }
}
