// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What holds of every message of the gateway, whatever was done to it. */
public final class Oracle {

    private static final int PARSE_ERROR = -32700;
    private static final Set<String> NOTIFICATION = Set.of("jsonrpc", "method", "params");
    private static final Set<String> RESULT = Set.of("jsonrpc", "id", "result");
    private static final Set<String> ERROR = Set.of("jsonrpc", "id", "error");

    // Names of exceptions and classes, stack traces, absolute paths.
    private static final Pattern INSIDE = Pattern.compile("[A-Z]\\w+(Exception|Error)\\b"
            + "|\\b(dev\\.mcpgateway\\.(kernel|plugin|api)|java|javax|jdk|tools\\.jackson|com\\.networknt|io\\.grpc|io\\.netty)\\.[a-z]"
            + "|\\bat [\\w.$]+\\("
            + "|(^|[\\s'\"(])/(home|root|tmp|work|usr|var|run)/");

    private Oracle() {}

    /** What is wrong with the message, if anything is. */
    public static Optional<String> check(JsonNode message) {
        String fault = fault(message);
        return fault.isEmpty() ? Optional.empty() : Optional.of(fault + ": " + Json.shortened(message.toString()));
    }

    private static String fault(JsonNode message) {
        if (!message.isObject() || !message.path("jsonrpc").asString("").equals("2.0")) {
            return "not JSON-RPC 2.0";
        }
        Set<String> keys = Set.copyOf(message.propertyNames());
        if (message.has("method")) {
            return NOTIFICATION.containsAll(keys) ? "" : "not a notification";
        }
        if (keys.equals(RESULT)) {
            JsonNode result = message.get("result");
            boolean failed = result.path("isError").asBoolean(false);
            return failed && showsTheInside(result.path("content").toString()) ? "a failure shows the inside" : "";
        }
        if (keys.equals(ERROR)) {
            JsonNode error = message.get("error");
            if (!error.path("code").isInt() && !error.path("code").isBigInteger()
                    || !error.path("message").isString()) {
                return "not an error object";
            }
            if (error.path("code").asInt() == PARSE_ERROR && !message.path("id").isNull()) {
                return "an id out of what could not be parsed";
            }
            return showsTheInside(error.toString()) ? "an error shows the inside" : "";
        }
        return "neither result nor error";
    }

    private static boolean showsTheInside(String text) {
        return INSIDE.matcher(text).find();
    }
}
