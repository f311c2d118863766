// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostilePlugin;
import dev.mcpgateway.acceptance.kit.HttpMcp;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Serving;
import dev.mcpgateway.acceptance.kit.VersionedJar;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many clients at once, over HTTP, of the product as it is delivered. */
class HttpTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String HI = "{\"message\":\"hi\"}";
    private static final String CHANGED = "notifications/tools/list_changed";

    @Test
    void two_clients_call_and_the_one_is_told_of_what_the_other_sees() {
        try (Installation installation = installation();
                Serving gateway = Serving.start(installation)) {
            HttpMcp one = gateway.client();
            HttpMcp two = gateway.client();
            awaitTool(one, "hello-go.echo.v1");
            assertThat(one.call("hello-go.echo.v1", HI)).isEqualTo(HI);
            assertThat(two.call("hello-go.sum.v1", "{\"numbers\":[1,2,3]}")).isEqualTo("{\"sum\":6}");
            assertThat(two.tools()).contains("hello-go.echo.v1");

            HttpMcp.Stream stream = two.listen();
            assertThat(stream.status()).isEqualTo(200);
            installation.plugin(Checkout.pluginJar("hello"));
            await().atMost(SOON).until(() -> stream.methods().contains(CHANGED));
            awaitTool(two, "hello.echo.v1");
            assertThat(one.call("hello.echo.v1", HI)).isEqualTo(HI);

            HttpMcp.Stream next = two.listen();
            await().atMost(SOON).until(stream::hasEnded);
            assertThat(next.hasEnded()).isFalse();
            assertThat(two.delete().statusCode()).isBetween(200, 204);
            await().atMost(SOON).until(next::hasEnded);
            assertThat(two.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}")
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void the_transport_is_replaced_while_it_serves_without_a_lost_call_or_session() throws Exception {
        VersionedJar jars = VersionedJar.of(Files.readAllBytes(Checkout.pluginJar("http-transport")));
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            Path place = installation.pluginsDir().resolve("http-transport.jar");
            jars.putAt(place, 1);
            try (Serving gateway = Serving.start(installation)) {
                HttpMcp client = gateway.client();
                awaitTool(client, "hello-go.echo.v1");
                HttpMcp.Stream stream = client.listen();
                AtomicBoolean goesOn = new AtomicBoolean(true);
                AtomicInteger calls = new AtomicInteger();
                List<CompletableFuture<String>> callers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    callers.add(CompletableFuture.supplyAsync(
                            () -> {
                                while (goesOn.get()) {
                                    String answer = client.call("hello-go.echo.v1", HI);
                                    if (!answer.equals(HI)) {
                                        return answer;
                                    }
                                    calls.incrementAndGet();
                                }
                                return HI;
                            },
                            task -> Thread.ofVirtual().start(task)));
                }
                for (int version = 2; version <= 6; version++) {
                    String now = VersionedJar.version(version);
                    jars.putAt(place, version);
                    gateway.log()
                            .await(line -> line.toString().contains("http-transport")
                                    && line.toString().contains(now)
                                    && line.toString().contains("LIVE"));
                    int before = calls.get();
                    await().atMost(SOON).until(() -> calls.get() > before + 20);
                }
                goesOn.set(false);
                for (CompletableFuture<String> each : callers) {
                    assertThat(each.join()).isEqualTo(HI);
                }
                await().atMost(SOON).until(stream::hasEnded);
                assertThat(stream.endsInOrder()).isTrue();
                assertThat(client.listen().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void a_signal_ends_streams_and_answers_calls_though_one_hangs() throws Exception {
        try (Installation installation = installation()) {
            HostilePlugin.neverAnswering("hung")
                    .writeTo(installation.pluginsDir().resolve("hung.jar"));
            try (Serving gateway = Serving.start(installation)) {
                HttpMcp client = gateway.client();
                awaitTool(client, "hung.never.v1");
                HttpMcp.Stream stream = client.listen();
                CompletableFuture<HttpResponse<String>> hanging =
                        client.postAsync("{\"jsonrpc\":\"2.0\",\"id\":\"h\",\"method\":\"tools/call\",\"params\":"
                                + "{\"name\":\"hung.never.v1\",\"arguments\":{}}}");

                gateway.terminate();
                assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
                assertThat(stream.endsInOrder()).isTrue();
                assertThat(hanging.join().body()).contains("\"id\":\"h\"");
            }
        }
    }

    @Test
    void an_address_that_cannot_be_listened_on_ends_it_at_once_and_says_why() throws Exception {
        try (Installation installation = installation();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Installation.Run inUse = installation.run("serve", "--listen", "127.0.0.1:" + taken.getLocalPort());
            assertThat(inUse.exitCode()).as(inUse.stderr()).isEqualTo(78);
            assertThat(inUse.stderr()).contains("another process listens there: end it, or choose another port");

            Installation.Run open = installation.run("serve", "--listen", "0.0.0.0:0");
            assertThat(open.exitCode()).isEqualTo(78);
            assertThat(open.stderr()).contains("only this machine may reach the gateway");

            installation.pluginSetting("http-transport: {listen: \"192.0.2.1:80\"}");
            Installation.Run configured = installation.run("serve");
            assertThat(configured.exitCode()).isEqualTo(78);
            assertThat(configured.stderr()).contains("only this machine may reach the gateway");
            Installation.Run checked = installation.run("check");
            assertThat(checked.exitCode()).isEqualTo(78);
            assertThat(checked.stdout() + checked.stderr()).contains("plugins.http-transport.listen");
        }
    }

    @Test
    void it_says_that_it_lives_and_whether_it_serves_and_stdio_goes_on_beside_it() throws Exception {
        try (Installation installation = installation();
                Serving gateway = Serving.start(installation)) {
            assertThat(get(gateway.uri("/healthz")).statusCode()).isEqualTo(200);
            await().atMost(SOON).until(() -> get(gateway.uri("/readyz")).statusCode() == 200);
            HttpMcp client = gateway.client();
            HttpMcp.Stream stream = client.listen();
            assertThat(stream.status()).isEqualTo(200);
            assertThat(get(gateway.uri("/readyz")).body()).contains("\"sessions\":1", "\"streams\":1");

            try (Gateway beside = installation.start()) {
                beside.client().ready("hello-go.echo.v1");
                assertThat(beside.client().call("hello-go.echo.v1", HI).text()).isEqualTo(HI);
            }
            awaitTool(client, "hello-go.echo.v1");
            assertThat(client.call("hello-go.echo.v1", HI)).isEqualTo(HI);
        }
    }

    @Test
    void sixty_four_clients_that_use_the_same_ids_at_once_get_their_own_answers() {
        try (Installation installation = installation();
                Serving gateway = Serving.start(installation)) {
            awaitTool(gateway.client(), "hello-go.echo.v1");
            List<CompletableFuture<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                HttpMcp client = gateway.client();
                String own = "{\"message\":\"nonce-" + i + "\"}";
                all.add(CompletableFuture.supplyAsync(
                        () -> {
                            int others = 0;
                            for (int call = 0; call < 150; call++) { // ids of each begin at 1
                                others += client.call("hello-go.echo.v1", own).equals(own) ? 0 : 1;
                            }
                            return others;
                        },
                        task -> Thread.ofVirtual().start(task)));
            }
            for (CompletableFuture<Integer> each : all) {
                assertThat(each.join()).isZero();
            }
        }
    }

    @Test
    void whoever_comes_by_way_of_a_proxy_or_of_a_page_is_refused() throws Exception {
        try (Installation installation = installation();
                Serving gateway = Serving.start(installation)) {
            assertThat(posted(gateway, "X-Forwarded-For", "192.0.2.1")).isEqualTo(403);
            assertThat(posted(gateway, "Origin", "https://example.org")).isEqualTo(403);
            assertThat(posted(gateway, "Origin", "null")).isEqualTo(403);
            assertThat(posted(gateway, "Origin", "http://localhost:3000")).isEqualTo(400);
        }
    }

    private static int posted(Serving gateway, String header, String value) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(gateway.uri("/mcp"))
                                .header("Content-Type", "application/json")
                                .header(header, value)
                                .POST(HttpRequest.BodyPublishers.ofString("{"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Installation installation() {
        return Installation.create()
                .plugin(Checkout.pluginJar("http-transport"))
                .grpc("hello-go", HelloGo.SUPERVISED);
    }

    private static void awaitTool(HttpMcp client, String tool) {
        await().atMost(SOON).until(() -> client.tools().contains(tool));
    }
}
