// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** An MCP client (revision 2025-11-25) on two streams, one JSON-RPC message a line. Thread-safe. */
final class Client {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int DEPTH = 1_000;

    private final OutputStream out;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<Map<String, Object>>> waiting = new ConcurrentHashMap<>();
    private final AtomicLong listChanges = new AtomicLong();

    Client(InputStream in, OutputStream out) {
        this.out = out;
        Thread.ofPlatform().daemon().name("test-client").start(() -> read(in));
    }

    void initialize() {
        ask(
                "initialize",
                Map.of(
                        "protocolVersion",
                        "2025-11-25",
                        "capabilities",
                        Map.of(),
                        "clientInfo",
                        Map.of("name", "gateway-testkit", "version", "1")));
        send(Map.of("jsonrpc", "2.0", "method", "notifications/initialized"));
    }

    /** Sends a request and waits for its answer, whatever it is. */
    Map<String, Object> ask(String method, Map<String, Object> params) {
        long id = ids.incrementAndGet();
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        send(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params));
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(method + " was not answered within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new AssertionError(method + " was not answered: the gateway has closed the conversation");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for the answer to " + method);
        }
    }

    /** What stands under that key in every item of a list, over all pages. */
    List<String> list(String method, String items, String key) {
        List<String> all = new ArrayList<>();
        Map<String, Object> params = Map.of();
        while (true) {
            Map<String, Object> answer = ask(method, params);
            if (!(answer.get("result") instanceof Map<?, ?> page) || !(page.get(items) instanceof List<?> list)) {
                throw new AssertionError(
                        method + " was refused: " + Answer.of(answer).text());
            }
            for (Object item : list) {
                if (item instanceof Map<?, ?> members && members.get(key) instanceof String value) {
                    all.add(value);
                }
            }
            if (!(page.get("nextCursor") instanceof String cursor)) {
                return all;
            }
            params = Map.of("cursor", cursor);
        }
    }

    /** How many times it was told that a list has changed. */
    long listChanges() {
        return listChanges.get();
    }

    private void send(Map<String, Object> message) {
        ByteBuffer text = Json.of(message).utf8();
        ByteBuffer line = ByteBuffer.allocate(text.remaining() + 1)
                .put(text)
                .put((byte) '\n')
                .flip();
        try {
            synchronized (out) {
                Channels.newChannel(out).write(line);
                out.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway does not read any more", e);
        }
    }

    private void read(InputStream in) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                take(line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException | JsonFault e) {
            // answers that are still waited for fail, which tells
        } finally {
            IOException ended = new IOException("the conversation has ended");
            waiting.values().forEach(each -> each.completeExceptionally(ended));
        }
    }

    private void take(byte[] line) throws JsonFault {
        Map<String, Object> message =
                JsonValue.parse(line, 0, line.length, DEPTH).object();
        if (message.get("method") instanceof String method) {
            if (method.endsWith("/list_changed")) {
                listChanges.incrementAndGet();
            }
        } else if (message.get("id") instanceof Long id) {
            CompletableFuture<Map<String, Object>> answer = waiting.remove(id);
            if (answer != null) {
                answer.complete(message);
            }
        }
    }
}
