// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What an operator can read, and what nobody can. */
class LoggingTest {

    /** One gateway for what can be told apart by the provider that was called. */
    private static Installation shared;

    private static HelloGo seen;
    private static HelloGo coming;
    private static Gateway sharedGateway;

    @BeforeAll
    static void start() {
        seen = HelloGo.onTcp();
        coming = HelloGo.onTcp();
        shared = Installation.create()
                .grpc("seen", seen.entry())
                .grpc("coming", coming.entry())
                .grpc("supervised", HelloGo.SUPERVISED)
                .grpc("various", HelloGo.SUPERVISED);
        sharedGateway = shared.start();
        sharedGateway.client().ready("seen.sum.v1", "coming.sum.v1", "supervised.sum.v1", "various.sum.v1");
    }

    @AfterAll
    static void end() {
        sharedGateway.close();
        shared.close();
        seen.close();
        coming.close();
    }

    @Test
    void a_call_is_one_line_with_the_correlation_id_that_the_provider_logs_too() {
        Client client = sharedGateway.client();
        client.call("seen.sum.v1", "{\"numbers\":[1]}").result();

        JsonNode line = sharedGateway.log().await(each -> isCallOf("seen", each));
        assertThat(line.path("level").asString()).isEqualTo("INFO");
        assertThat(Instant.parse(line.path("timestamp").asString()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        assertThat(line.path("logger").asString()).isNotBlank();
        assertThat(line.path("message").asString()).isNotBlank();
        assertThat(line.path("provider").asString()).isEqualTo("seen");
        assertThat(line.path("capability").asString()).endsWith("sum.v1");
        assertThat(line.path("duration_ms").asDouble()).isBetween(0.0, 2_500.0);
        assertThat(line.path("outcome").asString()).isNotBlank();

        String id = line.path("correlation_id").asString();
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(seen.log()
                        .await(theirs ->
                                theirs.path("correlation_id").asString("").equals(id)))
                .isNotNull();

        client.ping().result();
        assertThat(sharedGateway.log().lines())
                .filteredOn(each -> isCallOf("seen", each))
                .hasSize(1);
        assertThat(sharedGateway.log().lines())
                .filteredOn(each ->
                        isCall(each) && each.path("correlation_id").asString().equals(id))
                .hasSize(1);
    }

    @Test
    void the_lines_of_a_supervised_provider_are_part_of_the_log() {
        sharedGateway
                .client()
                .call("supervised.echo.v1", "{\"message\":\"Hi\"}")
                .result();

        String id = sharedGateway
                .log()
                .await(each -> isCallOf("supervised", each))
                .path("correlation_id")
                .asString();
        JsonNode theirs = sharedGateway
                .log()
                .await(line -> line.path("logger").asString().equals("provider.supervised")
                        && line.path("message").asString().contains(id));
        assertThat(Json.parse(theirs.path("message").asString())
                        .path("correlation_id")
                        .asString())
                .isEqualTo(id);
    }

    @Test
    void failed_and_refused_calls_are_told_apart_by_their_outcome() {
        Client client = sharedGateway.client();
        client.call("various.sum.v1", "{\"numbers\":[1]}").result();
        client.call("various.sum.v1", "{\"numbers\":[\"x\"]}").result();
        client.call("various.sum.v1", "{\"numbers\":[9223372036854775807,1]}").result();

        List<String> outcomes = Awaitility.await()
                .until(
                        () -> sharedGateway.log().lines().stream()
                                .filter(each -> isCallOf("various", each))
                                .map(line -> line.path("outcome").asString())
                                .toList(),
                        found -> found.size() == 3);
        System.out.println("outcomes of a good call, a refused one, and one that its tool failed: " + outcomes);
        assertThat(outcomes).doesNotHaveDuplicates();
    }

    @Test
    void arguments_and_results_are_never_logged() {
        String secret = "s3cr3t-7f1d";
        try (Installation installation = Installation.create()
                        .grpc("hello-go", HelloGo.SUPERVISED)
                        .environment("MCP_GATEWAY_LOG_LEVEL", "trace");
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.sum.v1");
            client.call("hello-go.echo.v1", "{\"message\":\"" + secret + "\"}").result();
            client.call("hello-go.echo.v1", "{\"message\":[\"" + secret + "\"]}")
                    .result();
            client.call("hello-go.echo.v1", "{\"" + secret + "\":1}").result();
            client.send(
                    "{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"tools/call\",\"params\":{\"arguments\":{\"message\":\""
                            + secret + "\"");
            client.next();
            gateway.close();

            assertThat(gateway.log().lines()).extracting(JsonNode::toString).noneMatch(line -> line.contains(secret));
        }
    }

    @Test
    void a_plugin_and_a_provider_tell_of_each_change_of_their_state() {
        JsonNode plugin = sharedGateway
                .log()
                .await(line ->
                        line.path("state").asString("").toUpperCase(Locale.ROOT).equals("LIVE"));
        assertThat(plugin.path("level").asString()).isEqualTo("INFO");
        assertThat(plugin.path("file").asString()).contains("grpc-transport");
        assertThat(plugin.path("id").asString()).isEqualTo("grpc-transport");
        assertThat(plugin.path("version").asString()).isEqualTo("0.1.0-SNAPSHOT");
        assertThat(plugin.has("code")).as(plugin.toString()).isTrue();

        int came = awaitMoreThan(0);
        coming.kill();
        int went = awaitMoreThan(came);
        coming.restart();
        awaitMoreThan(went);
    }

    @Test
    void a_refused_file_is_told_with_its_code() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Files.writeString(installation.pluginsDir().resolve("notes.jar"), "not a zip");
            try (Gateway gateway = installation.start()) {
                JsonNode refused = gateway.log()
                        .await(line -> line.path("state").asString("").equals("REFUSED"));

                assertThat(refused.path("file").asString()).contains("notes.jar");
                assertThat(refused.path("code").asString()).isNotBlank();
                assertThat(refused.path("message").asString()).contains("notes.jar");
            }
        }
    }

    private static int awaitMoreThan(int lines) {
        return Awaitility.await("another line about the provider")
                .until(() -> linesOfComing().size(), size -> size > lines);
    }

    private static List<JsonNode> linesOfComing() {
        return sharedGateway.log().lines("provider", "coming").stream()
                .filter(line -> !isCall(line))
                .toList();
    }

    @Test
    void a_log_that_nobody_reads_holds_up_no_call_and_says_how_many_lines_it_lost() throws InterruptedException {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.startWithStalledLog()) {
            Client client = gateway.client().ready("hello-go.sum.v1");
            int calls = 30_000; // the lines of fewer fit into the pipe and the queue
            Semaphore inFlight = new Semaphore(100);
            List<Reply> replies = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                inFlight.acquire();
                Reply reply = client.call("hello-go.sum.v1", "{\"numbers\":[" + i + "]}");
                reply.then(inFlight::release);
                replies.add(reply);
            }
            Duration slowest =
                    replies.stream().map(Reply::took).max(Duration::compareTo).orElseThrow();
            System.out.printf("%d calls with a stalled log, slowest %d ms%n", calls, slowest.toMillis());
            for (int i = 0; i < calls; i++) {
                assertThat(replies.get(i).text()).isEqualTo("{\"sum\":" + i + "}");
            }

            gateway.readLog().await("log lines were dropped");
            client.closeInput();
            gateway.awaitExit(Duration.ofSeconds(10));
            gateway.close();
            long written =
                    gateway.log().lines().stream().filter(LoggingTest::isCall).count();
            long lost = gateway.log().lines().stream()
                    .map(line -> line.path("message").asString())
                    .filter(message -> message.contains("log lines were dropped"))
                    .mapToLong(message -> Long.parseLong(message.substring(0, message.indexOf(' '))))
                    .sum();
            System.out.printf("call lines written %d, lines lost %d%n", written, lost);
            assertThat(written).isLessThan(calls);
            assertThat(written + lost).isGreaterThanOrEqualTo(calls);
        }
    }

    @Test
    void the_level_is_read_from_the_environment() {
        try (Installation installation = Installation.create()
                        .grpc("hello-go", HelloGo.SUPERVISED)
                        .environment("MCP_GATEWAY_LOG_LEVEL", "error");
                Gateway gateway = installation.start()) {
            gateway.client().ready("hello-go.sum.v1");
            gateway.client().call("hello-go.sum.v1", "{\"numbers\":[1]}").result();
            gateway.close();

            assertThat(gateway.log().lines()).isEmpty();
        }
    }

    private static boolean isCallOf(String provider, JsonNode line) {
        return isCall(line) && line.path("provider").asString("").equals(provider);
    }

    private static boolean isCall(JsonNode line) {
        return line.has("duration_ms")
                && line.has("correlation_id")
                && !line.path("logger").asString().startsWith("provider.");
    }
}
