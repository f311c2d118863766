// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.PatternSyntaxException;

/** What JSON Schema means by a regular expression (ECMA-262), seen from the engines that run it here. */
final class EcmaPattern {

    private static final int SATURATED = 1_000_000;

    private EcmaPattern() {}

    /**
     * An estimate of the atoms in a pattern when its counted repetitions are written out, saturated at a million. Faults
     * are left to the compiler to find.
     */
    static int expandedSize(String pattern) {
        Deque<Integer> outer = new ArrayDeque<>();
        int size = 0; // of the group that is open
        int atom = 0; // the last thing in it, which a repetition would repeat
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            switch (c) {
                case '(' -> {
                    outer.push(size);
                    size = 0;
                    atom = 0;
                }
                case ')' -> {
                    atom = Math.max(1, size);
                    size = (outer.isEmpty() ? 0 : outer.pop()) + atom;
                }
                case '{' -> {
                    int end = pattern.indexOf('}', i);
                    int times = end < 0 ? 0 : repetitions(pattern.substring(i + 1, end));
                    if (times > 0) {
                        long repeated = (long) atom * times;
                        size = (int) Math.min(SATURATED, size + repeated - atom);
                        atom = (int) Math.min(SATURATED, repeated);
                        i = end;
                    } else {
                        size++;
                        atom = 1;
                    }
                }
                case '[' -> {
                    i = endOfClass(pattern, i);
                    size++;
                    atom = 1;
                }
                case '\\' -> {
                    i++;
                    size++;
                    atom = 1;
                }
                default -> {
                    size++;
                    atom = 1;
                }
            }
            if (size >= SATURATED) {
                return SATURATED;
            }
        }
        while (!outer.isEmpty()) {
            size += outer.pop();
        }
        return Math.min(SATURATED, size);
    }

    private static int endOfClass(String pattern, int start) {
        int i = start + 1;
        while (i < pattern.length() && pattern.charAt(i) != ']') {
            i += pattern.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    /** The higher count of {@code n}, {@code n,} or {@code n,m}; 0 when it is not one. */
    private static int repetitions(String counts) {
        int highest = 0;
        int number = 0;
        boolean digits = false;
        for (int i = 0; i < counts.length(); i++) {
            char c = counts.charAt(i);
            if (c >= '0' && c <= '9') {
                number = Math.min(SATURATED, number * 10 + (c - '0'));
                highest = Math.max(highest, number);
                digits = true;
            } else if (c == ',' && digits) {
                number = 0;
            } else {
                return 0;
            }
        }
        return highest;
    }

    /**
     * The same for java.util.regex, where it differs in what people write: {@code $} is the very end of the text, a
     * {@code [} or {@code &&} inside a class is itself, {@code []} and {@code [^]} are classes, and so is {@code \\u{…}}
     * a character.
     */
    static String toJava(String pattern) {
        StringBuilder java = new StringBuilder(pattern.length() + 16);
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i = escape(pattern, i, java);
            } else if (inClass) {
                inClass = c != ']';
                java.append(c == '[' || c == '&' ? "\\" : "").append(c);
            } else if (c == '$') {
                java.append("\\z");
            } else if (pattern.startsWith("[]", i)) {
                java.append("(?!)");
                i++;
            } else if (pattern.startsWith("[^]", i)) {
                java.append("[\\s\\S]");
                i += 2;
            } else {
                inClass = c == '[';
                java.append(c);
            }
        }
        return java.toString();
    }

    private static int escape(String pattern, int backslash, StringBuilder java) {
        if (backslash + 1 == pattern.length()) {
            throw new PatternSyntaxException("nothing after \\", pattern, backslash);
        }
        char c = pattern.charAt(backslash + 1);
        if (c == 'u' && pattern.startsWith("{", backslash + 2)) {
            java.append("\\x");
        } else if (c == '0') {
            java.append("\\x00");
        } else if (c == 'v') {
            java.append("\\x0B");
        } else {
            java.append('\\').append(c);
        }
        return backslash + 1;
    }
}
