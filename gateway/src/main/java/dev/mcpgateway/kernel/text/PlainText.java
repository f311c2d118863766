package dev.mcpgateway.kernel.plugin.fault;

/** Makes one line, fit to be shown, of text that comes from outside. */
public final class PlainText {

    private PlainText() {}

    /**
     * The text with every control character, line separator and lone surrogate replaced by a space, cut between
     * characters to at most so many bytes of UTF-8.
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
        for (int i = clean; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            int shown = isShown(character) ? character : ' ';
            bytes += utf8Length(shown);
            if (bytes > maxBytes) {
                return line.toString();
            }
            line.appendCodePoint(shown);
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
