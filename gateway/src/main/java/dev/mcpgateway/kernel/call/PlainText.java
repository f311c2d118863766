package dev.mcpgateway.kernel.call;

/** Text of a provider's making, fit to be shown to a client: at most 2 KiB and no control characters. */
final class PlainText {

    private static final int LENGTH = 2_048;
    private static final int MARGIN = 3; // bytes of the ellipsis

    private PlainText() {}

    static String of(String text) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), LENGTH));
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
                c = ' ';
            }
            int size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (bytes + size > LENGTH - MARGIN) {
                return plain.append('…').toString();
            }
            plain.appendCodePoint(c);
            bytes += size;
        }
        return plain.toString();
    }
}
