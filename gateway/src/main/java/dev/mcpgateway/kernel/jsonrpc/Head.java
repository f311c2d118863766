// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a large message says of itself on the outside: whose it is and what it wants. Found by looking at braces, brackets and quotes
 * only, some milliseconds for the longest message there may be, so that it can be told before the message is taken apart.
 * Nothing relies on it that the strict reader would not bear out: what it cannot find, or finds twice, is empty.
 *
 * @param method empty where it is an answer, or no message
 * @param id empty where it is a notification, or no message
 * @param hasId whether there is one, of any kind, or may be
 */
public record Head(Optional<String> method, Optional<RequestId> id, boolean hasId) {

    private static final int LONGEST_METHOD = 128;

    public boolean isRequest() {
        return method.isPresent() && id.isPresent();
    }

    public boolean isNotification() {
        return method.isPresent() && !hasId;
    }

    /** Of a message that has not been taken apart; the array is not changed. */
    public static Head of(byte[] text) {
        return new Scan(text).head();
    }

    private static final class Scan {

        private final byte[] text;
        private int at;
        private Optional<String> method = Optional.empty();
        private Optional<RequestId> id = Optional.empty();

        Scan(byte[] text) {
            this.text = text;
        }

        Head head() {
            int found = 0;
            boolean hasId = false;
            skipSpace();
            if (peek() == '{') {
                at++;
                skipSpace();
                while (peek() == '"') {
                    int from = at;
                    skipString();
                    boolean isId = is("\"id\"", from);
                    boolean isMethod = is("\"method\"", from);
                    hasId |= isId || isSpelledOddly(from);
                    skipSpace();
                    if (peek() != ':') {
                        break;
                    }
                    at++;
                    skipSpace();
                    int value = at;
                    skipValue();
                    found += isId || isMethod ? 1 : 0;
                    if (isId) {
                        id = idOf(value, at);
                    } else if (isMethod) {
                        method = methodOf(value, at);
                    }
                    skipSpace();
                    if (peek() == ',') {
                        at++;
                        skipSpace();
                    }
                }
            }
            return found <= 2 ? new Head(method, id, hasId) : new Head(Optional.empty(), Optional.empty(), hasId);
        }

        /** Whether the string that has been skipped is, perhaps, another than it looks like. */
        private boolean isSpelledOddly(int from) {
            for (int i = from; i < at; i++) {
                if (text[i] == '\\') {
                    return true;
                }
            }
            return false;
        }

        private Optional<RequestId> idOf(int from, int to) {
            return value(from, to, RequestId.MAX_LENGTH)
                    .filter(value -> value.isString() || value.isIntegralNumber())
                    .map(value -> new RequestId(text, from, to));
        }

        private Optional<String> methodOf(int from, int to) {
            return value(from, to, LONGEST_METHOD).filter(JsonNode::isString).map(JsonNode::stringValue);
        }

        /** As the strict reader has it, whatever comes of the rest. */
        private Optional<JsonNode> value(int from, int to, int longest) {
            try {
                return to - from > longest
                        ? Optional.empty()
                        : Optional.of(StrictJson.parse(text, from, to, Incoming.MAX_DEPTH));
            } catch (JsonFault fault) {
                return Optional.empty();
            }
        }

        private void skipValue() {
            switch (peek()) {
                case '"' -> skipString();
                case '{', '[' -> skipContainer();
                default -> {
                    while (at < text.length && ",}] \t\r\n".indexOf(text[at]) < 0) {
                        at++;
                    }
                }
            }
        }

        private void skipContainer() {
            int depth = 0;
            while (at < text.length) {
                switch (text[at]) {
                    case '"' -> {
                        skipString();
                        continue;
                    }
                    case '{', '[' -> depth++;
                    case '}', ']' -> {
                        if (--depth == 0) {
                            at++;
                            return;
                        }
                    }
                    default -> {}
                }
                at++;
            }
        }

        private void skipString() {
            for (at++; at < text.length; at++) {
                if (text[at] == '\\') {
                    at++;
                } else if (text[at] == '"') {
                    at++;
                    return;
                }
            }
            at = text.length;
        }

        private void skipSpace() {
            while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n')) {
                at++;
            }
        }

        private int peek() {
            return at < text.length ? text[at] : -1;
        }

        private boolean is(String word, int from) {
            return at - from == word.length()
                    && Arrays.equals(text, from, at, word.getBytes(StandardCharsets.US_ASCII), 0, word.length());
        }
    }
}
