// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

    private final TestService service = new TestService();

    @Test
    void calls_one_after_the_other_stay_on_one_connection() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            for (int i = 0; i < 200; i++) {
                opened.call("echo.v1", "{}");
            }
            assertThat(server.connectionsSoFar()).isEqualTo(1);
        }
    }

    @Test
    @Tag("slow")
    void calls_that_run_at_once_get_a_connection_each() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            for (int calls = 1; calls <= 15; calls++) {
                int atOnce = calls;
                List<CompletionStage<ToolResult>> held = hold(opened, atOnce);
                await().until(() -> service.held() == atOnce);
                assertThat(server.openConnections()).isEqualTo(atOnce);
                service.release();
                all(held);
            }
            assertThat(server.connectionsSoFar()).isEqualTo(15);
        }
    }

    @Test
    void calls_share_connections_where_that_is_allowed() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(FakeConfig.at(server.address()).withConnections(15, 14))) {
            opened.capabilities();
            List<CompletionStage<ToolResult>> held = hold(opened, 14);
            await().until(() -> service.held() == 14);
            assertThat(server.openConnections()).isEqualTo(1);
            held = IntStream.range(0, 186)
                    .mapToObj(i -> opened.start("hold.v1", "{}"))
                    .toList();
            await().until(() -> service.held() == 200);
            assertThat(server.openConnections()).isEqualTo(15);
            service.release();
            all(held);
        }
    }

    @Test
    void more_calls_than_there_are_places_for_are_answered_all_the_same() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            List<CompletionStage<ToolResult>> calls = IntStream.range(0, 200)
                    .mapToObj(i -> opened.start("echo.v1", "{\"i\":" + i + "}"))
                    .toList();
            for (int i = 0; i < calls.size(); i++) {
                assertThat(Opened.get(calls.get(i)).json().map(Opened::text)).contains("{\"i\":" + i + "}");
            }
            assertThat(server.connectionsSoFar()).isLessThanOrEqualTo(15);
        }
    }

    @Test
    void a_server_that_allows_one_stream_a_connection_gets_one_call_there_and_no_health_watch() throws Exception {
        try (TestServer server = TestServer.startWith(builder -> builder.maxConcurrentCallsPerConnection(1), service);
                Opened opened = new Opened(FakeConfig.at(server.address()).withConnections(2, 1))) {
            opened.capabilities();
            for (int i = 0; i < 50; i++) {
                assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            }
            List<CompletionStage<ToolResult>> held = hold(opened, 2);
            await().until(() -> service.held() == 2);
            service.release();
            all(held);
            assertThat(server.connectionsSoFar()).isEqualTo(2);
        }
    }

    private static List<CompletionStage<ToolResult>> hold(Opened opened, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> opened.start("hold.v1", "{}"))
                .toList();
    }

    private static void all(List<CompletionStage<ToolResult>> calls) throws Exception {
        for (CompletionStage<ToolResult> call : calls) {
            Opened.get(call);
        }
    }
}
