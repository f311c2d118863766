// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.text;

/** Makes text that comes from outside fit to be shown to people, in a message, a log or a terminal. */
public final class PlainText {

    /** What a client or an operator has to read of what others say, at most. */
    private static final int BYTES = 2 << 10;

    private static final String CUT = "…";
    private static final int CUT_BYTES = 3;
    private static final int NOTHING = -1;

    private PlainText() {}

    /** As {@link #oneLine}, of at most 2 KiB. */
    public static String of(String text) {
        return oneLine(text, BYTES);
    }

    /** As {@link #oneLine}, of any length. */
    public static String uncut(String text) {
        return oneLine(text, Integer.MAX_VALUE);
    }

    /**
     * The text with every control character, line separator and lone surrogate replaced by a space, and without what cannot be seen
     * but changes what is: marks that turn the direction (Unicode UAX 9), tags, fillers. Joiners stay, which some scripts are written
     * with. Where it has more than so many bytes of UTF-8, it is cut between characters and ends with an ellipsis.
     *
     * @param maxBytes three or more
     */
    public static String oneLine(String text, int maxBytes) {
        int clean = 0;
        while (clean < text.length() && clean < maxBytes && isPlainAscii(text.charAt(clean))) {
            clean++;
        }
        if (clean == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(Math.min(text.length(), maxBytes)).append(text, 0, clean);
        int bytes = clean;
        int whole = Math.min(clean, maxBytes - CUT_BYTES); // characters that leave room for the ellipsis
        for (int i = clean; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            int shown = shown(character);
            if (shown == NOTHING) {
                continue;
            }
            bytes += utf8Length(shown);
            if (bytes > maxBytes) {
                line.setLength(whole);
                return line.append(CUT).toString();
            }
            line.appendCodePoint(shown);
            if (bytes <= maxBytes - CUT_BYTES) {
                whole = line.length();
            }
        }
        return line.toString();
    }

    /** As {@link #uncut}, but with its line feeds and tabs. */
    public static String lines(String text) {
        StringBuilder lines = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c == '\n' || c == '\t' ? c : shown(c))
                .filter(c -> c != NOTHING)
                .forEach(lines::appendCodePoint);
        return lines.toString();
    }

    private static boolean isPlainAscii(char c) {
        return c >= 0x20 && c < 0x7F;
    }

    private static int shown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
            case Character.FORMAT -> isVisibleFormat(character) ? character : NOTHING;
            default -> isInvisible(character) ? NOTHING : character;
        };
    }

    /** Joiners and non-joiners; signs of Arabic, Syriac and Kaithi that stand around numbers and are seen. */
    private static boolean isVisibleFormat(int character) {
        return character == 0x200C
                || character == 0x200D
                || character >= 0x600 && character <= 0x8E2 && character != 0x61C
                || character == 0x110BD
                || character == 0x110CD;
    }

    /** Letters and marks that are drawn as nothing (Unicode, Default_Ignorable_Code_Point), but for those that make an emoji one. */
    private static boolean isInvisible(int character) {
        return switch (character) {
            case 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0 -> true;
            default -> character >= 0xE0100 && character <= 0xE01EF;
        };
    }

    private static int utf8Length(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }
}
