// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client over Streamable HTTP, by the JDK's own HTTP client; nothing of it is the gateway's. Thread-safe. */
public final class HttpMcp {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofSeconds(40);

    // All clients of a test share its connections, as those behind one proxy do.
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LONG)
            .build();

    private final URI uri;
    private final AtomicLong ids = new AtomicLong();
    private volatile String session = "";

    public HttpMcp(URI uri) {
        this.uri = uri;
    }

    /** Opens a session of the newest revision that has them. */
    public HttpMcp initialize() {
        HttpResponse<String> answer = post(
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\","
                        + "\"capabilities\":{},\"clientInfo\":{\"name\":\"acceptance\",\"version\":\"1\"}}}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        session = answer.headers().firstValue("Mcp-Session-Id").orElseThrow();
        assertThat(post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                        .statusCode())
                .isEqualTo(202);
        return this;
    }

    public String session() {
        return session;
    }

    /** POSTs a message, in the session where there is one. */
    public HttpResponse<String> post(String message) {
        return send(request().POST(HttpRequest.BodyPublishers.ofString(message)));
    }

    public CompletableFuture<HttpResponse<String>> postAsync(String message) {
        return HTTP.sendAsync(
                request().POST(HttpRequest.BodyPublishers.ofString(message)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    public HttpResponse<String> delete() {
        return send(request().DELETE());
    }

    /** The result of a request. */
    public JsonNode ask(String method, String params) {
        return result(post(request(method, params)));
    }

    /** The text that a tool answers, or the reason why not. */
    public String call(String tool, String arguments) {
        return text(ask("tools/call", callOf(tool, arguments)));
    }

    public CompletableFuture<String> callAsync(String tool, String arguments) {
        return postAsync(request("tools/call", callOf(tool, arguments)))
                .thenApply(HttpMcp::result)
                .thenApply(HttpMcp::text);
    }

    public List<String> tools() {
        return ask("tools/list", "{}")
                .get("tools")
                .valueStream()
                .map(tool -> tool.get("name").asString())
                .toList();
    }

    /** Begins a GET stream. */
    public Stream listen() {
        return new Stream(request().GET().build());
    }

    private String request(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + ids.incrementAndGet() + ",\"method\":\"" + method + "\",\"params\":"
                + params + "}";
    }

    private static String callOf(String tool, String arguments) {
        return "{\"name\":\"" + tool + "\",\"arguments\":" + arguments + "}";
    }

    private HttpRequest.Builder request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(LONG)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        return session.isEmpty()
                ? request
                : request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-11-25");
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static JsonNode result(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        String body = answer.body();
        if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
            body = body.lines()
                    .filter(line -> line.startsWith("data: {"))
                    .reduce((first, last) -> last)
                    .orElseThrow()
                    .substring("data: ".length());
        }
        JsonNode result = JSON.readTree(body).get("result");
        assertThat(result).as(answer.body()).isNotNull();
        return result;
    }

    private static String text(JsonNode result) {
        return result.get("content").get(0).get("text").asString();
    }

    /** What a GET is told, until it ends. */
    public static final class Stream {

        private final List<String> methods = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Integer> status = new CompletableFuture<>();
        private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();

        private Stream(HttpRequest request) {
            HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()).whenComplete((answer, failed) -> {
                if (failed != null) {
                    status.completeExceptionally(failed);
                    end.complete(Optional.of(failed));
                } else {
                    status.complete(answer.statusCode());
                    Thread.ofVirtual().start(() -> read(answer.body()));
                }
            });
            status.join();
        }

        private void read(InputStream body) {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
                String line;
                while ((line = lines.readLine()) != null) {
                    if (line.startsWith("data: {")) {
                        methods.add(JSON.readTree(line.substring("data: ".length()))
                                .get("method")
                                .asString());
                    }
                }
                end.complete(Optional.empty());
            } catch (IOException cut) {
                end.complete(Optional.of(cut));
            }
        }

        public int status() {
            return status.join();
        }

        /** The methods of the notifications that have come. */
        public List<String> methods() {
            return methods;
        }

        public boolean hasEnded() {
            return end.isDone();
        }

        /** Waits for its end; says whether that was in order. */
        public boolean endsInOrder() {
            return end.join().isEmpty();
        }
    }
}
