// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.testing.FakeCall;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

class ConnectionMonitorTest {

    /** The gateway promises a second, {@code make chaos} measures it. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private final TestService service = new TestService();

    @TempDir
    Path folder;

    @Test
    void a_provider_that_is_not_there_fails_at_once_and_says_why(TestReporter reporter) throws Exception {
        try (Opened opened = new Opened("localhost:" + unusedPort())) {
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("down: connection refused"));
            long start = System.nanoTime();
            unavailable("is unavailable: connection refused", opened.start("echo.v1", "{}"));
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            unavailable("is unavailable: connection refused", opened.provider.capabilities(FakeCall.inNoHurry()));
            reporter.publishEntry("a call to a provider that is down failed after", took.toString());
            assertThat(took).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Test
    void a_socket_that_does_not_exist_yet_is_dialled_when_it_appears(TestReporter reporter) throws Exception {
        Path socket = folder.resolve("0.sock");
        try (Opened opened = new Opened("unix:" + socket)) {
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("down: its socket does not exist"));
            try (TestServer server = TestServer.startOnUnixSocket(socket, service)) {
                long start = System.nanoTime();
                opened.provider.reconnect();
                await().atMost(SOON)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> opened.context.lastReport().equals("up"));
                reporter.publishEntry("a new socket was up after", sinceThen(start));
                assertThat(opened.call("echo.v1", "{}").json()).isPresent();
                assertThat(server.connectionsSoFar()).isEqualTo(1);
            }
        }
    }

    @Test
    void a_socket_where_nobody_listens_any_more_refuses() throws Exception {
        Path socket = folder.resolve("0.sock");
        try (ServerSocketOnPath abandoned = new ServerSocketOnPath(socket)) {
            abandoned.stopListening();
            assertThat(Files.exists(socket)).isTrue();
            try (Opened opened = new Opened("unix:" + socket)) {
                unavailable("is unavailable: connection refused", opened.provider.capabilities(FakeCall.inNoHurry()));
            }
        }
    }

    @Test
    void a_host_that_nobody_knows_is_named_as_that() throws Exception {
        try (Opened opened = new Opened("nowhere.invalid:50051")) {
            unavailable("is unavailable: host not found", opened.provider.capabilities(FakeCall.inNoHurry()));
        }
    }

    @Test
    void a_provider_that_comes_back_is_found_within_a_second(TestReporter reporter) throws Exception {
        TestServer first = TestServer.start(service);
        SocketAddress socket = first.socket();
        try (Opened opened = new Opened(first.address())) {
            opened.discover();
            for (int round = 0; round < 3; round++) {
                first.close();
                await().atMost(SOON).until(() -> opened.context.lastReport().startsWith("down: connection "));
                assertThat(opened.start("echo.v1", "{}").toCompletableFuture()).failsWithin(Duration.ofSeconds(2));
                first = TestServer.start(socket, service);
                long start = System.nanoTime();
                opened.discover();
                reporter.publishEntry("a provider that came back was found after", sinceThen(start));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
                assertThat(opened.call("echo.v1", "{}").json()).isPresent();
                await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_cut_connection_fails_its_calls_and_is_replaced_before_anybody_notices() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            CompletionStage<ToolResult> held = opened.start("hold.v1", "{}");
            await().until(() -> service.held() == 1);
            proxy.cut();
            unavailable("is unavailable: connection reset", held);
            await().atMost(SOON).until(() -> server.connectionsSoFar() == 2);
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    @Test
    void a_question_whose_connection_is_lost_goes_out_again_on_the_next_one() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            proxy.swallow(true);
            CompletionStage<Capabilities> question = opened.provider.capabilities(FakeCall.inNoHurry());
            proxy.swallow(false);
            proxy.cut();
            assertThat(Opened.get(question).tools()).hasSize(1);
            assertThat(proxy.accepted()).isEqualTo(2);
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    @Test
    void a_question_whose_connection_is_lost_fails_where_there_is_no_other_to_be_had() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            proxy.swallow(true);
            CompletionStage<Capabilities> question = opened.provider.capabilities(FakeCall.inNoHurry());
            proxy.refuse();
            proxy.cut();
            unavailable("is unavailable: connection refused", question);
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("down: connection refused"));
        }
    }

    @Test
    @Tag("slow")
    void a_server_that_ends_connections_at_a_certain_age_costs_no_call() throws Exception {
        try (TestServer server = TestServer.startWith(
                        builder -> builder.maxConnectionAge(1, TimeUnit.SECONDS)
                                .maxConnectionAgeGrace(5, TimeUnit.SECONDS),
                        service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            while (server.connectionsSoFar() < 4) {
                assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            }
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
            await().until(() -> server.openConnections() == 1);
        }
    }

    @Test
    @Tag("slow")
    void a_provider_that_reports_not_serving_is_down_until_it_serves() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            server.reportServing(false);
            await().atMost(SOON)
                    .until(() -> opened.context.lastReport().equals("down: it reports that it is not serving"));
            unavailable("is unavailable: it reports that it is not serving", opened.start("echo.v1", "{}"));
            unavailable(
                    "is unavailable: it reports that it is not serving",
                    opened.provider.capabilities(FakeCall.inNoHurry()));
            server.reportServing(true);
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
    }

    @Test
    @Tag("slow")
    void a_health_service_that_wavers_for_a_moment_moves_nobody() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            for (int i = 0; i < 10; i++) {
                server.reportServing(false);
                server.reportServing(true);
            }
            await().during(FlapDamping.BEFORE_DOWN.multipliedBy(3))
                    .until(() -> opened.context.reports().equals(List.of("up")));
        }
    }

    @Test
    @Tag("slow")
    void a_health_service_that_goes_back_and_forth_is_believed_less_and_less() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            for (int i = 0; i < 10; i++) {
                server.reportServing(i % 2 == 1);
                await().pollDelay(FlapDamping.BEFORE_DOWN.plusMillis(100)).until(() -> true);
            }
            assertThat(opened.context.reports())
                    .filteredOn(report -> report.startsWith("down"))
                    .hasSizeLessThanOrEqualTo(3);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> opened.context.lastReport().equals("up"));
        }
    }

    @Test
    void a_call_that_is_told_unavailable_changes_nothing_while_health_says_that_it_serves() throws Exception {
        service.invoke = request -> {
            throw Status.UNAVAILABLE.withDescription("its database is down").asRuntimeException();
        };
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            for (int i = 0; i < 20; i++) {
                unavailable("is unavailable: its database is down", opened.start("echo.v1", "{}"));
            }
            assertThat(opened.context.reports()).containsExactly("up");
        }
    }

    @Test
    @Tag("slow")
    void a_health_service_that_cannot_be_watched_is_asked_when_a_call_is_told_unavailable() throws Exception {
        AtomicBoolean serves = new AtomicBoolean(true);
        service.invoke = request -> {
            throw Status.UNAVAILABLE.withDescription("not now").asRuntimeException();
        };
        try (TestServer server = TestServer.startWithoutHealth(service, new CheckOnly(serves));
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            unavailable("is unavailable: not now", opened.start("echo.v1", "{}"));
            serves.set(false);
            await().atMost(SOON).until(() -> {
                assertThat(opened.start("echo.v1", "{}").toCompletableFuture()).failsWithin(SOON);
                return opened.context.lastReport().equals("down: it reports that it is not serving");
            });
            unavailable("is unavailable: it reports that it is not serving", opened.start("echo.v1", "{}"));
            serves.set(true);
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            unavailable("is unavailable: not now", opened.start("echo.v1", "{}"));
        }
    }

    @Test
    @Tag("slow")
    void a_further_connection_that_cannot_be_made_puts_the_first_to_the_test() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            proxy.swallow(true);
            proxy.refuse();
            CompletionStage<ToolResult> lost = opened.start("echo.v1", "{}");
            CompletionStage<ToolResult> overTheFirst = opened.start("echo.v1", "{}");
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> opened.context.lastReport().equals("down: connection refused"));
            assertThat(lost.toCompletableFuture()).failsWithin(SOON);
            assertThat(overTheFirst.toCompletableFuture()).failsWithin(SOON);
        }
    }

    @Test
    void a_call_whose_connection_cannot_be_made_goes_out_over_one_that_is_ready() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            proxy.refuse();
            opened.start("hold.v1", "{}", expiring(SOON)); // has the one connection that there is

            for (int i = 0; i < 5; i++) {
                assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            }
            assertThat(opened.context.lastReport()).isEqualTo("up");
        }
    }

    @Test
    @Tag("slow")
    void a_provider_without_a_health_service_is_used_all_the_same() throws Exception {
        TestServer server = TestServer.startWithoutHealth(service);
        try (Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("up"));
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            server.close();
            await().atMost(SOON).until(() -> opened.context.lastReport().equals("down: connection refused"));
        } finally {
            server.close();
        }
    }

    @Test
    void a_provider_of_another_contract_is_told_from_one_that_is_down() throws Exception {
        try (TestServer server = TestServer.startWithoutHealth();
                Opened opened = new Opened(server.address())) {
            GrpcProviderTest.refused(
                    ProviderException.Code.UNIMPLEMENTED,
                    "does not implement ListCapabilities (provider.v1)",
                    opened.provider.capabilities(FakeCall.inNoHurry()));
        }
    }

    @Test
    @Tag("slow")
    void a_connection_that_leads_nowhere_any_more_is_dropped_and_replaced() throws Exception {
        try (TestServer server = TestServer.start(service);
                TcpProxy proxy = new TcpProxy(server.socket());
                Opened opened = new Opened(proxy.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            proxy.swallow(true);
            timesOut(opened);
            await().atMost(Duration.ofSeconds(8))
                    .until(() -> opened.context.lastReport().equals("down: it does not answer"));
            await().until(() -> proxy.accepted() == 2);
            proxy.swallow(false);
            timesOut(opened.provider.capabilities(expiring(Duration.ofMillis(300)))); // into the one that was swallowed
            await().atMost(Duration.ofSeconds(12)).ignoreExceptions().until(() -> {
                opened.capabilitiesWithin(SOON);
                return true;
            });
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
        }
    }

    @Test
    @Tag("slow")
    void a_slow_call_does_not_cost_the_connection() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            timesOut(opened);
            await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            assertThat(server.connectionsSoFar()).isEqualTo(1);
            assertThat(opened.context.reports()).containsExactly("up");
        }
    }

    /** Serves Check and no Watch, as some do. */
    private static final class CheckOnly extends HealthGrpc.HealthImplBase {

        private final AtomicBoolean serves;

        CheckOnly(AtomicBoolean serves) {
            this.serves = serves;
        }

        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
            observer.onNext(HealthCheckResponse.newBuilder()
                    .setStatus(
                            serves.get()
                                    ? HealthCheckResponse.ServingStatus.SERVING
                                    : HealthCheckResponse.ServingStatus.NOT_SERVING)
                    .build());
            observer.onCompleted();
        }
    }

    private static String sinceThen(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toString();
    }

    static void unavailable(String text, CompletionStage<?> stage) {
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> Opened.get(stage))
                .withMessage(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(ProviderException.Code.UNAVAILABLE));
    }

    private static void timesOut(Opened opened) {
        timesOut(opened.start("hold.v1", "{}", expiring(Duration.ofMillis(300))));
    }

    private static void timesOut(CompletionStage<?> stage) {
        assertThat(stage.toCompletableFuture()).failsWithin(Duration.ofSeconds(2));
    }

    /** A call that the gateway cancels when its time is up. */
    private static FakeCall expiring(Duration time) {
        FakeCall call = FakeCall.within(time);
        Thread.ofVirtual().start(() -> {
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> call.remaining().isZero());
            call.cancel();
        });
        return call;
    }

    private static int unusedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
