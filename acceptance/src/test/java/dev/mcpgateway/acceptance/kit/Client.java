// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An MCP client on the gateway's standard input and output that takes nothing on trust: each line it reads must be one
 * JSON-RPC message, each answer must belong to a request that has none yet, and no failure may show the inside of the
 * gateway. What breaks that is collected, and fails the test when the gateway is closed. Thread-safe.
 */
public final class Client {

    /** The newest revision of the {@code initialize} era. */
    public static final String NEWEST = "2025-11-25";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final OutputStream toGateway;
    private final InputStream fromGateway;
    private final Thread reader;

    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Reply> waiting = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<JsonNode> others = new LinkedBlockingQueue<>();
    private final List<JsonNode> notifications = new CopyOnWriteArrayList<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<String> cutOff = new CopyOnWriteArrayList<>();
    private final AtomicLong messages = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();
    private boolean paused;
    private volatile boolean initialized;

    Client(OutputStream toGateway, InputStream fromGateway) {
        this.toGateway = toGateway;
        this.fromGateway = new BufferedInputStream(fromGateway, 1 << 16);
        this.reader = Thread.ofPlatform().daemon().name("client-stdout").start(this::readAll);
    }

    // --- conversation

    /** The handshake of the newest revision; the result of {@code initialize}. */
    public JsonNode initialize() {
        return initialize(NEWEST);
    }

    /** The whole handshake, asking for that revision. */
    public JsonNode initialize(String revision) {
        JsonNode result = startInitialize(revision).result();
        initialized = true;
        notify("notifications/initialized", "{}");
        return result;
    }

    /** Sends {@code initialize} only. */
    public Reply startInitialize(String revision) {
        return request(
                "initialize",
                "{\"protocolVersion\":" + Json.quoted(revision)
                        + ",\"capabilities\":{},\"clientInfo\":{\"name\":\"acceptance\",\"version\":\"1\"}}");
    }

    /** Sends a request with the next id. */
    public Reply request(String method, String params) {
        long id = ids.incrementAndGet();
        Reply reply = new Reply(method + " " + Json.shortened(params), id);
        waiting.put(id, reply);
        send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":" + Json.quoted(method) + ",\"params\":" + params
                + "}");
        return reply;
    }

    public Reply call(String tool, String arguments) {
        return request("tools/call", "{\"name\":" + Json.quoted(tool) + ",\"arguments\":" + arguments + "}");
    }

    public Reply ping() {
        return request("ping", "{}");
    }

    public void notify(String method, String params) {
        send("{\"jsonrpc\":\"2.0\",\"method\":" + Json.quoted(method) + ",\"params\":" + params + "}");
    }

    /** Tells the gateway that nobody waits for this answer any more; it may come all the same. */
    public void cancel(Reply reply) {
        cancelled.add(reply.id());
        notify("notifications/cancelled", "{\"requestId\":" + reply.id() + "}");
    }

    /** Every tool that is listed, over all pages. */
    public List<JsonNode> tools() {
        return list("tools/list", "tools");
    }

    /** Everything on a list, over all pages. */
    public List<JsonNode> list(String method, String key) {
        List<JsonNode> all = new ArrayList<>();
        String params = "{}";
        while (true) {
            JsonNode page = request(method, params).result();
            page.path(key).forEach(all::add);
            if (!page.has("nextCursor")) {
                return all;
            }
            params = "{\"cursor\":" + Json.quoted(page.get("nextCursor").asString()) + "}";
        }
    }

    /** The URIs of every resource that is listed. */
    public List<String> resources() {
        return list("resources/list", "resources").stream()
                .map(resource -> resource.path("uri").asString())
                .toList();
    }

    /** The names of every prompt that is listed. */
    public List<String> prompts() {
        return list("prompts/list", "prompts").stream()
                .map(prompt -> prompt.path("name").asString())
                .toList();
    }

    public Reply read(String uri) {
        return request("resources/read", "{\"uri\":" + Json.quoted(uri) + "}");
    }

    /** @param arguments a JSON object */
    public Reply prompt(String name, String arguments) {
        return request("prompts/get", "{\"name\":" + Json.quoted(name) + ",\"arguments\":" + arguments + "}");
    }

    /** The handshake where there was none, and then the lists until they have these tools; 20 s at most. */
    public Client ready(String... names) {
        if (!initialized) {
            initialize();
        }
        Awaitility.await("tools " + List.of(names))
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> toolNames().containsAll(List.of(names)));
        return this;
    }

    public List<String> toolNames() {
        return tools().stream().map(tool -> tool.path("name").asString()).toList();
    }

    /** Waits until these tools are listed and no others: a busy machine may need longer than the first list waits. */
    public void awaitExactly(String... names) {
        Awaitility.await("exactly these tools")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(toolNames()).containsExactly(names));
    }

    // --- raw

    /** Sends the text and a line feed. */
    public void send(String line) {
        send((line + "\n").getBytes(UTF_8));
    }

    /** Sends these bytes and no more; blocks while the gateway does not read. */
    public void send(byte[] bytes) {
        try {
            synchronized (toGateway) {
                toGateway.write(bytes);
                toGateway.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway does not read any more", e);
        }
    }

    /** Sends a line and returns the next answer that no {@link #request} waits for. */
    public JsonNode exchange(String line) {
        send(line);
        return next();
    }

    /** The next answer that no {@link #request} waits for: to raw lines, and those with a null id. */
    public JsonNode next() {
        return next(PATIENCE);
    }

    public JsonNode next(Duration atMost) {
        @Nullable JsonNode message;
        try {
            message = others.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a message", e);
        }
        if (message == null) {
            throw new AssertionError("no message within " + atMost.toMillis() + " ms");
        }
        return message;
    }

    /** Whether an answer that no {@link #request} waits for has come and was not looked at. */
    public boolean hasNext() {
        return !others.isEmpty();
    }

    /** Every notification so far. */
    public List<JsonNode> notifications() {
        return notifications;
    }

    /** How many messages have come so far. */
    public long messages() {
        return messages.get();
    }

    /** Stops reading, at most 64 KiB later, as a client does that is busy or stopped. */
    public void pauseReading() {
        lock.lock();
        try {
            paused = true;
        } finally {
            lock.unlock();
        }
    }

    public void resumeReading() {
        lock.lock();
        try {
            paused = false;
            resumed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The end of the gateway's input. */
    public void closeInput() {
        try {
            toGateway.close();
        } catch (IOException alreadyBroken) {
            // which is an end of input too
        }
    }

    /** Closes the reading end, as the death of a client does. */
    public void closeOutput() {
        try {
            fromGateway.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- what the gateway owes

    /** Ends the reading and tells what was wrong; where everything was to be answered, what was not. */
    List<String> judge(boolean everythingIsAnswered) {
        resumeReading();
        try {
            reader.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<String> verdict = new ArrayList<>(violations);
        if (everythingIsAnswered) {
            verdict.addAll(cutOff);
        }
        if (everythingIsAnswered) {
            waiting.keySet().stream()
                    .filter(id -> !cancelled.contains(id))
                    .forEach(id -> verdict.add("request " + id + " was never answered"));
        }
        return verdict;
    }

    private void readAll() {
        try (fromGateway) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (true) {
                awaitResumed();
                int b = fromGateway.read();
                if (b == '\n') {
                    take(line.toByteArray());
                    line.reset();
                } else if (b >= 0) {
                    line.write(b);
                } else {
                    break;
                }
            }
            if (line.size() > 0) {
                cutOff.add("the last line has no end: " + Json.shortened(line.toString(UTF_8)));
            }
        } catch (IOException closedHere) {
            // by closeOutput
        } finally {
            waiting.values().forEach(Reply::connectionEnded);
        }
    }

    private void awaitResumed() {
        lock.lock();
        try {
            while (paused) {
                resumed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void take(byte[] line) {
        messages.incrementAndGet();
        try {
            JsonNode message = Json.parse(line);
            Oracle.check(message).ifPresent(violations::add);
            if (message.has("method")) {
                notifications.add(message);
                return;
            }
            JsonNode id = message.path("id");
            Reply reply = id.isIntegralNumber() && id.canConvertToLong() ? waiting.remove(id.asLong()) : null;
            if (reply != null) {
                reply.arrived(message);
            } else {
                others.add(message);
            }
        } catch (RuntimeException e) {
            violations.add("not a message: " + e.getMessage());
        }
    }
}
