package dev.mcpgateway.kernel.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a message says of itself on the outside: whose it is and what it wants. Found by looking at braces, brackets and quotes
 * only, some milliseconds for the longest message there may be, so that it can be told before the message is taken apart.
 * Nothing relies on it that the strict reader would not bear out: what it cannot find, or finds twice, is empty.
 *
 * @param method empty where it is an answer, or no message
 * @param id empty where it is a notification, or no message
 */
record Head(Optional<String> method, Optional<RequestId> id) {

    private static final int LONGEST_METHOD = 128;

    boolean isRequest() {
        return method.isPresent() && id.isPresent();
    }

    /** Whether it overtakes what waits: none of them is worked on. */
    boolean overtakes() {
        return id.isEmpty() || method.isEmpty() || method.get().equals("ping");
    }

    static Head of(byte[] text) {
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
            skipSpace();
            if (peek() == '{') {
                at++;
                skipSpace();
                while (peek() == '"') {
                    int from = at;
                    skipString();
                    boolean isId = is("\"id\"", from);
                    boolean isMethod = is("\"method\"", from);
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
            return found <= 2 ? new Head(method, id) : new Head(Optional.empty(), Optional.empty());
        }

        /** One that can be echoed as it stands, whatever comes of the rest. */
        private Optional<RequestId> idOf(int from, int to) {
            boolean isUsual =
                    to - from <= RequestId.MAX_LENGTH && (text[from] == '"' ? isPlain(from, to) : isInteger(from, to));
            return isUsual ? Optional.of(new RequestId(text, from, to)) : Optional.empty();
        }

        private boolean isPlain(int from, int to) {
            for (int i = from; i < to; i++) {
                if (text[i] < ' ' || text[i] > '~' || text[i] == '\\') {
                    return false;
                }
            }
            return to - from >= 2;
        }

        private boolean isInteger(int from, int to) {
            int first = from < to && text[from] == '-' ? from + 1 : from;
            for (int i = first; i < to; i++) {
                if (text[i] < '0' || text[i] > '9') {
                    return false;
                }
            }
            return to - first == 1 || (to > first && text[first] != '0');
        }

        private Optional<String> methodOf(int from, int to) {
            boolean isString = to - from >= 2 && text[from] == '"';
            return isString && to - from <= LONGEST_METHOD
                    ? Optional.of(new String(text, from + 1, to - from - 2, StandardCharsets.UTF_8))
                    : Optional.empty();
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
