// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** The answer to one request, which may still be on its way. Every method that needs it waits, 10 s at most. Thread-safe. */
public final class Reply {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Arrival(JsonNode message, long nanos) {}

    private final String request;
    private final long id;
    private final long sent = System.nanoTime();
    private final CompletableFuture<Arrival> arrival = new CompletableFuture<>();

    Reply(String request, long id) {
        this.request = request;
        this.id = id;
    }

    void arrived(JsonNode message) {
        arrival.complete(new Arrival(message, System.nanoTime()));
    }

    void connectionEnded() {
        arrival.completeExceptionally(new AssertionError("the connection ended without an answer to " + request));
    }

    public long id() {
        return id;
    }

    public boolean isHere() {
        return arrival.isDone() && !arrival.isCompletedExceptionally();
    }

    /** Runs the action when the answer is here, on the thread that reads it; never where the connection ends before. */
    public void then(Runnable action) {
        var unused = arrival.thenRun(action);
    }

    /** The whole message. */
    public JsonNode message() {
        return message(PATIENCE);
    }

    public JsonNode message(Duration atMost) {
        return arrival(atMost).message();
    }

    /** From just before it was sent until its answer was read. */
    public Duration took() {
        return Duration.ofNanos(arrival(PATIENCE).nanos() - sent);
    }

    /** The result; an error is a failure of the test. */
    public JsonNode result() {
        return part("result");
    }

    /** The error; a result is a failure of the test. */
    public JsonNode error() {
        return part("error");
    }

    public int errorCode() {
        return error().path("code").asInt();
    }

    public String errorText() {
        return error().path("message").asString();
    }

    /** Of a tool's result, whether the tool or its provider failed. */
    public boolean isError() {
        return result().path("isError").asBoolean(false);
    }

    /** The first block of text of a tool's result. */
    public String text() {
        return result().path("content").path(0).path("text").asString();
    }

    private JsonNode part(String name) {
        JsonNode part = message().get(name);
        if (part == null) {
            throw new AssertionError("expected " + name + " of " + request + ", got "
                    + Json.shortened(message().toString()));
        }
        return part;
    }

    private Arrival arrival(Duration atMost) {
        try {
            return arrival.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within " + atMost.toMillis() + " ms to " + request, e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + request, e);
        }
    }
}
