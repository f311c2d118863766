// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.plugin.grpc.fake.FakePluginContext;
import dev.mcpgateway.plugin.grpc.fake.FakeProviderContext;
import dev.mcpgateway.testing.FakeCall;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GrpcTransportTest {

    private final TestService service = new TestService();

    @Test
    @Tag("slow")
    void it_offers_the_type_grpc_and_starts_nothing_that_stays_for_that() {
        FakePluginContext plugin = new FakePluginContext();
        try (plugin;
                GrpcTransport transport = new GrpcTransport()) {
            assertThat(transport.providerTypes(plugin))
                    .extracting(ProviderType::name)
                    .containsExactly("grpc");
            await().until(() -> plugin.threads().stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void an_entry_without_an_address_is_refused() {
        refused(new FakeConfig(Optional.empty(), 15, 1, Optional.empty(), Map.of()), "type 'grpc' needs an address:");
    }

    @Test
    void a_setting_that_nobody_reads_is_refused() {
        refused(
                new FakeConfig(Optional.of("localhost:1"), 15, 1, Optional.empty(), Map.of("window", 5)),
                "settings: type 'grpc' has none, and there is 'window'");
    }

    @Test
    @Tag("slow")
    void all_providers_share_one_thread_once_they_are_connected() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            Provider second = (Provider) opened.transport
                    .providerTypes(opened.plugin)
                    .getFirst()
                    .open(FakeConfig.at(server.address()), new FakeProviderContext());
            opened.capabilities();
            Opened.get(second.capabilities(FakeCall.inNoHurry()));
            await().until(() ->
                    opened.plugin.threads().stream().filter(Thread::isAlive).count() == 1);
            second.close();
        }
    }

    @Test
    void closing_leaves_no_thread_and_no_connection() throws Exception {
        Set<Thread> before = threads();
        try (TestServer server = TestServer.start(service)) {
            Set<Thread> withServer = threads();
            Opened opened = new Opened(FakeConfig.at(server.address()).withConnections(3, 1));
            opened.capabilities();
            var held = java.util.stream.IntStream.range(0, 3)
                    .mapToObj(i -> opened.start("hold.v1", "{}"))
                    .toList();
            await().until(() -> service.held() == 3);
            assertThat(server.openConnections()).isEqualTo(3);
            service.release();
            for (var each : held) {
                Opened.get(each);
            }

            opened.close();

            // A pool is terminated when its last thread has nothing more to do, which is a moment before that has
            // ended.
            await().untilAsserted(() -> assertThat(opened.plugin.threads()).noneMatch(Thread::isAlive));
            await().until(() -> server.openConnections() == 0);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(threads())
                            .filteredOn(thread -> !withServer.contains(thread) && !before.contains(thread))
                            .noneMatch(thread -> thread.getName().startsWith("grpc")
                                    || thread.getName().startsWith("globalEventExecutor")
                                    || thread.getName().startsWith("plugin-")));
        }
    }

    @Test
    void closing_with_a_call_in_flight_ends_that_call() throws Exception {
        try (TestServer server = TestServer.start(service)) {
            Opened opened = new Opened(server.address());
            opened.capabilities();
            var held = opened.start("hold.v1", "{}");
            await().until(() -> service.held() == 1);
            opened.close();
            assertThat(held.toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withMessageContaining("is unavailable: connection closed");
            await().until(() -> server.openConnections() == 0);
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().collect(Collectors.toSet());
    }

    private static void refused(ProviderConfig config, String text) {
        FakePluginContext plugin = new FakePluginContext();
        try (plugin;
                GrpcTransport transport = new GrpcTransport()) {
            ProviderType grpc = transport.providerTypes(plugin).getFirst();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> grpc.open(config, new FakeProviderContext()))
                    .withMessageStartingWith(text);
        }
    }
}
