// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The jar that all gRPC providers are reached by is replaced, removed and brought back while they are called. */
class TransportReplacementTest {

    private static final String HI = "{\"message\":\"Hi\"}";
    private static final String GRPC = "grpc-transport.jar";

    @TestBesideOthers
    void a_newer_transport_takes_over_every_provider_without_a_failed_call() throws Exception {
        byte[] jar = Files.readAllBytes(Checkout.pluginJar("grpc-transport"));
        try (HelloGo far = HelloGo.onTcp();
                DropFolder folder = serving(Installation.createWithoutPlugins()
                        .grpc("near", HelloGo.SUPERVISED)
                        .grpc("far", far.entry()))) {
            Client client = folder.client();
            client.ready("near.echo.v1", "far.echo.v1");
            List<Long> children = children(folder);
            folder.unnoticed(() -> {
                try (Load near = Load.begin(client, 4, "near.echo.v1", HI);
                        Load other = Load.begin(client, 4, "far.echo.v1", HI)) {
                    near.awaitSuccess(Duration.ofSeconds(15));
                    other.awaitSuccess(Duration.ofSeconds(15));
                    for (int version = 1; version <= 3; version++) {
                        String next = "9.0." + version;
                        folder.rename(GRPC, PluginJar.withManifest(jar, Map.of("Plugin-Version", next)));
                        await(next + " is live")
                                .atMost(DropFolder.EVENTUALLY)
                                .until(() -> folder.gateway().log().states().stream()
                                        .anyMatch(line -> line.path("version")
                                                        .asString("")
                                                        .equals(next)
                                                && line.path("state")
                                                        .asString("")
                                                        .equals("LIVE")));
                        DropFolder.pause(Duration.ofMillis(500));
                    }
                    near.awaitSuccess(Duration.ofSeconds(15));
                    other.awaitSuccess(Duration.ofSeconds(15));
                    near.close();
                    other.close();
                    assertThat(near.failures()).isEmpty();
                    assertThat(other.failures()).isEmpty();
                }
            });
            folder.awaitListed(GRPC, "grpc-transport", "9.0.3", "LIVE");
            assertThat(children(folder)).as("the same processes").isEqualTo(children);
        }
    }

    @TestBesideOthers
    void without_the_transport_its_providers_are_unavailable_and_their_processes_live_on() throws Exception {
        byte[] jar = Files.readAllBytes(Checkout.pluginJar("grpc-transport"));
        try (DropFolder folder = serving(Installation.createWithoutPlugins().grpc("near", HelloGo.SUPERVISED))) {
            Client client = folder.client();
            client.ready("near.echo.v1");
            List<Long> children = children(folder);
            assertThat(children).hasSize(1);
            folder.unnoticed(() -> {
                for (int round = 0; round < 2; round++) {
                    folder.delete(GRPC);
                    await("it is unavailable")
                            .atMost(DropFolder.EVENTUALLY)
                            .untilAsserted(() -> assertThat(failure(client.call("near.echo.v1", HI)))
                                    .contains("'near' is unavailable: no plugin offers type 'grpc'"));
                    assertThat(children(folder)).as("the same process").isEqualTo(children);
                    folder.rename(GRPC, jar);
                    await("it serves again")
                            .atMost(DropFolder.EVENTUALLY)
                            .untilAsserted(() -> assertThat(failure(client.call("near.echo.v1", HI)))
                                    .isEmpty());
                    assertThat(children(folder)).as("the same process").isEqualTo(children);
                }
            });
            assertThat(client.toolNames()).contains("near.echo.v1", "near.sum.v1");
        }
    }

    @TestBesideOthers
    void a_newer_transport_that_cannot_reach_anything_does_not_take_over() throws Exception {
        byte[] broken =
                PluginJar.of("grpc-transport").version("9.0.0").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderType> providerTypes(PluginContext context) {
                                return List.of(new ProviderType() {
                                    @Override public String name() { return "grpc"; }
                                    @Override public Provider open(ProviderConfig config, ProviderContext provider) {
                                        throw new IllegalStateException("no network in this build");
                                    }
                                });
                            }
                        }
                        """).bytes();
        try (DropFolder folder = serving(Installation.createWithoutPlugins().grpc("near", HelloGo.SUPERVISED))) {
            Client client = folder.client();
            client.ready("near.echo.v1");
            folder.unnoticed(() -> {
                try (Load load = Load.begin(client, 4, "near.echo.v1", HI)) {
                    load.awaitSuccess(Duration.ofSeconds(15));
                    folder.rename(GRPC, broken);
                    folder.awaitLogged(GRPC, "FAILED", "TAKEOVER_FAILED");
                    load.awaitSuccess(Duration.ofSeconds(15));
                    load.close();
                    assertThat(load.failures()).isEmpty();
                }
            });
        }
    }

    @TestBesideOthers
    void a_provider_that_is_down_does_not_keep_a_newer_transport_out() throws Exception {
        byte[] jar = Files.readAllBytes(Checkout.pluginJar("grpc-transport"));
        try (DropFolder folder = serving(Installation.createWithoutPlugins()
                .grpc("near", HelloGo.SUPERVISED)
                .grpc("down", "address: \"127.0.0.1:" + HelloGo.freePort() + "\""))) {
            Client client = folder.client();
            client.ready("near.echo.v1");
            folder.unnoticed(() -> {
                folder.rename(GRPC, PluginJar.withManifest(jar, Map.of("Plugin-Version", "9.0.0")));
                folder.awaitListed(GRPC, "grpc-transport", "9.0.0", "LIVE");
                assertThat(client.call("near.echo.v1", HI).text()).isEqualTo(HI);
            });
        }
    }

    private static DropFolder serving(Installation installation) throws Exception {
        Path place = installation.pluginsDir().resolve(GRPC);
        Files.copy(Checkout.pluginJar("grpc-transport"), place);
        return DropFolder.of(installation);
    }

    /** The text of a failure, or nothing. */
    private static String failure(Reply reply) {
        return reply.message().has("error") ? reply.errorText() : reply.isError() ? reply.text() : "";
    }

    private static List<Long> children(DropFolder folder) {
        return ProcessHandle.of(folder.gateway().pid())
                .orElseThrow()
                .children()
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }
}
