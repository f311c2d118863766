// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * The lines that a process of ours writes to standard error, each of which must be one JSON object. Keeps the last
 * {@value #KEPT}, and all that say what became of a file or a plugin. Thread-safe.
 */
public final class Log {

    private static final int KEPT = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Deque<JsonNode> lines = new ArrayDeque<>();
    private final List<JsonNode> states = new ArrayList<>();
    private final List<String> notJson = new ArrayList<>();
    private final Map<CompletableFuture<JsonNode>, Predicate<JsonNode>> expected = new LinkedHashMap<>();
    private final Thread reader;
    private long written;

    private Log(InputStream stderr, String name) {
        reader = Thread.ofPlatform().daemon().name(name + "-stderr").start(() -> read(stderr));
    }

    static Log of(InputStream stderr, String name) {
        return new Log(stderr, name);
    }

    private void read(InputStream stderr) {
        try (BufferedReader text = new BufferedReader(new InputStreamReader(stderr, StandardCharsets.UTF_8))) {
            for (String line = text.readLine(); line != null; line = text.readLine()) {
                add(line);
            }
        } catch (IOException closed) {
            // the process was killed
        }
    }

    private synchronized void add(String line) {
        try {
            JsonNode node = Json.parse(line);
            if (!node.isObject()) {
                throw new IllegalArgumentException(line);
            }
            if (lines.size() == KEPT) {
                lines.removeFirst();
            }
            lines.addLast(node);
            if (node.has("state")) {
                states.add(node);
            }
            written++;
            notifyAll();
            expected.entrySet()
                    .removeIf(
                            each -> each.getValue().test(node) && each.getKey().complete(node));
        } catch (IllegalArgumentException e) {
            notJson.add(Json.shortened(line));
        }
    }

    public synchronized List<JsonNode> lines() {
        return new ArrayList<>(lines);
    }

    /** Those that say in which state something is; none is dropped, however many lines there are. */
    public synchronized List<JsonNode> states() {
        return new ArrayList<>(states);
    }

    /** Those whose field has this value. */
    public List<JsonNode> lines(String field, String value) {
        return lines().stream()
                .filter(line -> line.path(field).asString("").equals(value))
                .toList();
    }

    /** What was written that is no JSON object; there must be none. */
    public synchronized List<String> notJson() {
        return new ArrayList<>(notJson);
    }

    /** The first line that fits, once there is one; 10 s at most. */
    public JsonNode await(Predicate<JsonNode> wanted) {
        return Awaitility.await("a log line")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> lines().stream().filter(wanted).toList(), found -> !found.isEmpty())
                .getFirst();
    }

    /** The first line whose message contains the text. */
    public JsonNode await(String text) {
        return await(line -> line.path("message").asString("").contains(text));
    }

    /** How many lines have come so far, for {@link #awaitAfter}. */
    public synchronized long written() {
        return written;
    }

    /** The first line that fits and came after so many others, as soon as it is there; 10 s at most. */
    public synchronized JsonNode awaitAfter(long before, Predicate<JsonNode> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<JsonNode> found = lines.stream()
                    .skip(Math.max(0, before - (written - lines.size())))
                    .filter(wanted)
                    .findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new AssertionError("no such line in the log within " + PATIENCE.toSeconds() + " s");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for a line of the log", e);
            }
        }
    }

    /** The first line that fits of those that come from now on, however many others there are before it and after it. */
    public synchronized CompletableFuture<JsonNode> next(Predicate<JsonNode> wanted) {
        CompletableFuture<JsonNode> line = new CompletableFuture<>();
        expected.put(line, wanted);
        return line;
    }

    /** Waits until the process has closed its standard error. */
    public void awaitEnd() {
        try {
            reader.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
