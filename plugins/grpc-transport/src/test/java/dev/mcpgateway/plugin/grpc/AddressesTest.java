// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.testing.Authority;
import dev.mcpgateway.testing.FakeCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Linux answers on all of 127.0.0.0/8. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class AddressesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final TestService service = new TestService();
    private final List<TestServer> servers = new ArrayList<>();
    private final List<String> behindTheName = new CopyOnWriteArrayList<>();
    private int port;

    @TempDir
    Path folder;

    @AfterEach
    void stop() throws Exception {
        for (TestServer each : servers) {
            each.close();
        }
    }

    @Test
    void connections_go_round_all_addresses_of_a_name() throws Exception {
        start("127.0.0.1", "127.0.0.2", "127.0.0.3");
        try (Opened opened = open()) {
            opened.capabilities();
            List<CompletionStage<ToolResult>> held = hold(opened, 6);
            await().until(() -> service.held() == 6);
            assertThat(servers).allMatch(server -> server.openConnections() == 2);
            finish(held);
        }
    }

    @Test
    void quiet_traffic_stays_on_one_connection() throws Exception {
        start("127.0.0.1", "127.0.0.2");
        try (Opened opened = open()) {
            for (int i = 0; i < 50; i++) {
                opened.call("echo.v1", "{}");
            }
            assertThat(servers).extracting(TestServer::connectionsSoFar).containsExactly(1, 0);
        }
    }

    @Test
    @Tag("slow")
    void a_dead_address_costs_no_call_and_is_used_again_when_it_is_back() throws Exception {
        start("127.0.0.1", "127.0.0.2");
        try (Opened opened = open()) {
            opened.capabilities();
            servers.get(0).close();
            await().until(() -> servers.get(1).openConnections() == 1);
            List<CompletionStage<ToolResult>> held = hold(opened, 4);
            await().until(() -> service.held() == 4);
            assertThat(servers.get(1).openConnections()).isEqualTo(4);
            finish(held);
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));

            servers.set(0, at("127.0.0.1"));
            await().atMost(SOON).until(() -> {
                List<CompletionStage<ToolResult>> again = hold(opened, 4);
                await().until(() -> service.held() == 4);
                boolean isSpread = servers.stream().allMatch(server -> server.openConnections() == 2);
                finish(again);
                return isSpread;
            });
        }
    }

    @Test
    @Tag("slow")
    void a_new_address_gets_its_share_and_one_that_is_gone_from_the_name_none() throws Exception {
        start("127.0.0.1", "127.0.0.2");
        behindTheName.remove("127.0.0.2");
        try (Opened opened = open()) {
            opened.capabilities();
            List<CompletionStage<ToolResult>> held = hold(opened, 2);
            await().until(() -> service.held() == 2);
            assertThat(servers.get(0).openConnections()).isEqualTo(2);
            behindTheName.add("127.0.0.2");
            behindTheName.remove("127.0.0.1");
            await().atMost(SOON).until(() -> servers.get(1).openConnections() == 1);
            finish(held);
            await().atMost(SOON).until(() -> servers.get(0).openConnections() == 0);
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    @Test
    @Tag("slow")
    void an_address_that_swallows_connections_leaves_a_call_time_for_the_next() throws Exception {
        start("127.0.0.2");
        behindTheName.addFirst("127.0.0.1");
        try (ServerSocket full = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
                Crowd crowd = new Crowd(full);
                Opened opened = open()) {
            assertThat(crowd.waiting).isNotEmpty();
            opened.capabilitiesWithin(Duration.ofMillis(2_500));
            long start = System.nanoTime();
            List<CompletionStage<ToolResult>> held = hold(opened, 4);
            await().until(() -> service.held() == 4);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Addresses.CONNECT);
            finish(held);
        }
    }

    @Test
    void a_name_that_nobody_knows_is_named_as_that_until_it_is_known() throws Exception {
        start("127.0.0.1");
        behindTheName.clear();
        try (Opened opened = open()) {
            await().until(() -> opened.context.lastReport().equals("down: host not found"));
            ConnectionMonitorTest.unavailable(
                    "is unavailable: host not found", opened.provider.capabilities(FakeCall.inNoHurry()));
            behindTheName.add("127.0.0.1");
            assertThat(opened.discover().version()).isEqualTo("1.2.3");
        }
    }

    @Test
    void a_name_none_of_whose_addresses_answers_is_down() throws Exception {
        start("127.0.0.1", "127.0.0.2");
        try (Opened opened = open()) {
            opened.capabilities();
            for (TestServer each : servers) {
                each.close();
            }
            await().atMost(SOON).until(() -> opened.context.lastReport().startsWith("down: connection "));
            ConnectionMonitorTest.unavailable(
                    "is unavailable: connection refused", opened.provider.capabilities(FakeCall.inNoHurry()));
            servers.set(1, at("127.0.0.2"));
            assertThat(opened.discover().version()).isEqualTo("1.2.3");
        }
    }

    @Test
    @Tag("slow")
    void the_name_is_what_a_certificate_must_have() throws Exception {
        Authority authority = new Authority("gateway-test-ca");
        var context = authority.issue("providers.test", "EC").server();
        TestServer server = TestServer.startWith(
                new InetSocketAddress("127.0.0.2", 0), builder -> builder.sslContext(context), service);
        servers.add(server);
        port = server.port();
        behindTheName.add("127.0.0.2");
        FakeConfig config = FakeConfig.at("dns:///providers.test:" + port)
                .withTls(authority.certificateIn(folder.resolve("ca.pem")));
        try (Opened opened = new Opened(config, this::lookUp)) {
            assertThat(opened.capabilities().version()).isEqualTo("1.2.3");
        }
    }

    @Test
    void a_name_that_the_system_knows_is_found() throws Exception {
        start("127.0.0.1");
        try (Opened opened = new Opened("dns:///localhost:" + port)) {
            assertThat(opened.capabilities().version()).isEqualTo("1.2.3");
        }
    }

    private void start(String... addresses) throws IOException {
        for (String address : addresses) {
            TestServer server = at(address);
            servers.add(server);
            port = server.port();
            behindTheName.add(address);
        }
    }

    private TestServer at(String address) throws IOException {
        return TestServer.start(new InetSocketAddress(address, port), service);
    }

    private Opened open() throws Exception {
        return new Opened(FakeConfig.at("dns:///providers.test:" + port), this::lookUp);
    }

    private InetAddress[] lookUp(String name) throws UnknownHostException {
        assertThat(name).isEqualTo("providers.test");
        if (behindTheName.isEmpty()) {
            throw new UnknownHostException(name);
        }
        List<InetAddress> found = new ArrayList<>();
        for (String each : behindTheName) {
            found.add(InetAddress.getByName(each));
        }
        return found.toArray(InetAddress[]::new);
    }

    private static List<CompletionStage<ToolResult>> hold(Opened opened, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> opened.start("hold.v1", "{}"))
                .toList();
    }

    private void finish(List<CompletionStage<ToolResult>> held) throws Exception {
        service.release();
        for (CompletionStage<ToolResult> each : held) {
            Opened.get(each);
        }
    }

    /** Takes all places where connections wait to be accepted: Linux does not answer those that come then. */
    private static final class Crowd implements AutoCloseable {

        final List<SocketChannel> waiting = new ArrayList<>();

        Crowd(ServerSocket full) throws IOException {
            for (int i = 0; i < 4; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(full.getLocalSocketAddress());
                waiting.add(channel);
            }
            await().until(() -> !connects(full));
        }

        private static boolean connects(ServerSocket full) {
            try (Socket one = new Socket()) {
                one.connect(full.getLocalSocketAddress(), 300);
                return true;
            } catch (IOException isFull) {
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }
}
