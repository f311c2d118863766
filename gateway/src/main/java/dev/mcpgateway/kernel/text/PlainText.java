package dev.mcpgateway.kernel.text;

/** Makes one line, fit to be shown, of text that comes from outside. */
public final class PlainText {

    /** What a client or an operator has to read of what others say, at most. */
    private static final int BYTES = 2 << 10;

    private static final String CUT = "…";
    private static final int CUT_BYTES = 3;

    private PlainText() {}

    /** As {@link #oneLine}, of at most 2 KiB. */
    public static String of(String text) {
        return oneLine(text, BYTES);
    }

    /**
     * The text with every control character, line separator and lone surrogate replaced by a space. Where it has more than
     * so many bytes of UTF-8, it is cut between characters and ends with an ellipsis.
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
            int shown = isShown(character) ? character : ' ';
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

    private static boolean isPlainAscii(char c) {
        return c >= 0x20 && c < 0x7F;
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
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
