// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the gateway owes for damaged lines, as the test's own reader sees them, and what it has paid. Not thread-safe.
 *
 * <p>A line with an id is owed one message, which carries the id or, where the gateway could not know it, null; so is a
 * line that this reader refuses, which the gateway may have read far enough to know the id. A readable one with a method and without
 * an id is a notification, which is never answered unless the gateway, which is stricter, finds that it is no JSON; one with neither
 * may be refused. A blank one is owed nothing.
 */
public final class Ledger {

    private static final int PARSE_ERROR = -32700;
    private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\"[^\"]*\"|-?\\d+)");

    private final Map<String, Integer> owedById = new HashMap<>();
    private final Map<String, Integer> readable = new HashMap<>();
    private long owed;
    private long possible;
    private long paid;
    private long paidToNobody;
    private long owedToNobody;
    private long notifications;
    private long refusedToNobody;

    /** Enters a line that is about to be sent. */
    public void sent(byte[] line) {
        if (new String(line, ISO_8859_1).matches("[ \t\r]*")) {
            return;
        }
        JsonNode message;
        try {
            message = Json.parseBoundless(line);
        } catch (IllegalArgumentException unreadable) {
            if (isNotificationAllTheSame(line)) {
                notifications++;
                return;
            }
            owed++;
            owedToNobody++;
            Matcher ids = ID.matcher(new String(line, UTF_8));
            while (ids.find()) {
                readable(ids.group(1));
            }
            return;
        }
        JsonNode id = message.path("id");
        if (isNotification(message)) {
            notifications++;
            return;
        }
        boolean isResponse = !message.has("method") && (message.has("result") || message.has("error"));
        if (message.isObject() && (id.isMissingNode() || isResponse)) {
            possible++;
            return;
        }
        owed++;
        if (id.isString() || id.isIntegralNumber()) {
            owedById.merge(id.toString(), 1, Integer::sum);
        } else {
            owedToNobody++;
        }
    }

    private static boolean isNotification(JsonNode message) {
        return message.isObject()
                && !message.has("id")
                && message.path("method").isString();
    }

    /** With keys that are equal. */
    private static boolean isNotificationAllTheSame(byte[] line) {
        try {
            return isNotification(Json.parseLeniently(line));
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private void readable(String id) {
        try {
            readable.merge(Json.parse(id).toString(), 1, Integer::sum);
        } catch (IllegalArgumentException damaged) {
            // then the gateway cannot know it either
        }
    }

    /** Enters a message that has come. */
    public void received(JsonNode message) {
        JsonNode id = message.path("id");
        paid++;
        if (id.isString() || id.isIntegralNumber()) {
            if (!settle(owedById, id.toString()) && !settle(readable, id.toString())) {
                throw new AssertionError("answered twice, or never asked: " + Json.shortened(message.toString()));
            }
        } else {
            paidToNobody++;
            if (message.path("error").path("code").asInt() != PARSE_ERROR) {
                refusedToNobody++;
            }
        }
    }

    private static boolean settle(Map<String, Integer> owed, String id) {
        boolean was = owed.containsKey(id);
        owed.computeIfPresent(id, (same, count) -> count == 1 ? null : count - 1);
        return was;
    }

    /** How many messages must still come. */
    public long due() {
        return owed - paid;
    }

    /** @throws AssertionError when a line was left without its message, or a message had no line */
    public void balance() {
        if (paid < owed || paid > owed + possible + notifications) {
            throw new AssertionError(
                    "owed " + owed + " messages and possibly " + (possible + notifications) + " more, got " + paid);
        }
        if (refusedToNobody > owedToNobody + possible) {
            throw new AssertionError("notifications were refused: " + refusedToNobody + " refusals without an id for "
                    + (owedToNobody + possible) + " lines");
        }
    }

    @Override
    public String toString() {
        return "%,d answers, %,d of them with id null, for %,d lines that need one, %,d that may have one and %,d notifications"
                .formatted(paid, paidToNobody, owed, possible, notifications);
    }
}
