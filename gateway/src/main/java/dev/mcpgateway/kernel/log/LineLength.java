// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

/** Keeps texts within a number of bytes, counted as they stand in a JSON string in UTF-8. */
final class LineLength {

    static final String MARK = " [cut]";

    private static final int WIDEST_CHAR = 6;

    private LineLength() {}

    /** The text itself where it fits, else as much of its beginning as fits, with a mark. */
    static String fit(String text, int bytes) {
        if ((long) text.length() * WIDEST_CHAR <= bytes) {
            return text;
        }
        int used = 0;
        int lastThatFitsWithMark = 0;
        for (int i = 0; i < text.length(); i++) {
            used += width(text.charAt(i));
            if (used <= bytes - MARK.length()) {
                lastThatFitsWithMark = i + 1;
            }
            if (used > bytes) {
                return cutMark(text, lastThatFitsWithMark);
            }
        }
        return text;
    }

    /** The first so many chars, never half a surrogate pair, with the mark. */
    static String cutMark(String text, int chars) {
        int end = chars > 0 && Character.isHighSurrogate(text.charAt(chars - 1)) ? chars - 1 : chars;
        return text.substring(0, end) + MARK;
    }

    /** Bytes of a text in a JSON string, never less than what is written. */
    static int of(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            bytes += width(text.charAt(i));
        }
        return bytes;
    }

    private static int width(char c) {
        if (c < ' ') {
            return WIDEST_CHAR;
        }
        if (c < 0x80) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return c < 0x800 ? 2 : 3;
    }
}
