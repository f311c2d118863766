package dev.mcpgateway.kernel.schema;

/** Text of someone else's, made fit for a message: one line, printable, bounded. */
final class Shown {

    static final int LIMIT = 200;

    private Shown() {}

    static String text(String text) {
        return text(text, LIMIT);
    }

    /** @param limit in characters, the ellipsis of a cut included */
    static String text(String text, int limit) {
        String head = text.length() <= limit ? text : text.substring(0, cut(text, limit - 1)) + "…";
        StringBuilder clean = new StringBuilder(head.length());
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            clean.append(isPrintable(c) ? c : '\uFFFD');
        }
        return clean.toString();
    }

    private static int cut(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at - 1)) ? at - 1 : at;
    }

    private static boolean isPrintable(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR;
    }
}
