// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes JSON text into one growing array. Not thread-safe. */
public final class Utf8Writer {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] buffer;
    private int length;

    /** @param expected how many bytes are likely to be written */
    public Utf8Writer(int expected) {
        buffer = new byte[expected];
    }

    /** The bytes written so far; the array itself, valid up to {@link #length()}. */
    public byte[] buffer() {
        return buffer;
    }

    public int length() {
        return length;
    }

    public Utf8Writer raw(byte[] bytes) {
        return bytes(bytes, 0, bytes.length);
    }

    /** Text that is ASCII and JSON already. */
    @SuppressWarnings("deprecation") // the one call that copies Latin-1 without a detour
    public Utf8Writer raw(String ascii) {
        int size = ascii.length();
        ensure(size);
        ascii.getBytes(0, size, buffer, length);
        length += size;
        return this;
    }

    public Utf8Writer bytes(byte[] bytes, int from, int to) {
        int size = to - from;
        ensure(size);
        System.arraycopy(bytes, from, buffer, length, size);
        length += size;
        return this;
    }

    public Utf8Writer raw(char ascii) {
        ensure(1);
        buffer[length++] = (byte) ascii;
        return this;
    }

    /** A JSON string with its quotes. A lone surrogate, which has no UTF-8 form, becomes {@code ?}. */
    public Utf8Writer string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        raw('"');
        escaped(utf8, 0, utf8.length, false);
        return raw('"');
    }

    /** JSON text as the contents of a JSON string, without quotes; line breaks between its tokens are left out. */
    void quotedJson(byte[] text, int from, int to) {
        escaped(text, from, to, true);
    }

    /** JSON text without the white space between its tokens. */
    void compactJson(byte[] text, int from, int to) {
        boolean inString = false;
        int begin = from;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (inString) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    inString = false;
                }
            } else if (b == '"') {
                inString = true;
            } else if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
                bytes(text, begin, i);
                begin = i + 1;
            }
        }
        bytes(text, begin, to);
    }

    private void escaped(byte[] text, int from, int to, boolean withoutLineBreaks) {
        int begin = from;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b < 0 || (b >= 0x20 && b != '"' && b != '\\')) {
                continue;
            }
            bytes(text, begin, i);
            begin = i + 1;
            if (b == '"' || b == '\\') {
                ensure(2);
                buffer[length++] = '\\';
                buffer[length++] = b;
            } else if (!withoutLineBreaks || (b != '\n' && b != '\r')) {
                control(b);
            }
        }
        bytes(text, begin, to);
    }

    /** Bytes that {@link #string} would write, its quotes included. */
    public static long stringLength(String text) {
        long length = 2;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // a surrogate pair is two chars and four bytes
                length += c >= 0x800 && !Character.isSurrogate(c) ? 3 : 2;
            } else {
                length += escapedLength((byte) c);
            }
        }
        return length;
    }

    /** Bytes that {@link #quotedJson} would write at most. */
    static long quotedLength(byte[] text, int from, int to) {
        long length = 0;
        for (int i = from; i < to; i++) {
            length += escapedLength(text[i]);
        }
        return length;
    }

    private static int escapedLength(byte b) {
        if (b < 0 || (b >= 0x20 && b != '"' && b != '\\')) {
            return 1;
        }
        return b == '"' || b == '\\' || b == '\n' || b == '\r' || b == '\t' ? 2 : 6;
    }

    private void control(byte b) {
        switch (b) {
            case '\n' -> raw("\\n");
            case '\r' -> raw("\\r");
            case '\t' -> raw("\\t");
            default -> {
                raw("\\u00");
                raw((char) HEX[b >> 4]);
                raw((char) HEX[b & 15]);
            }
        }
    }

    private void ensure(int more) {
        if (buffer.length - length < more) {
            int wanted = Math.addExact(length, more);
            int doubled = (int) Math.min(buffer.length * 2L, Integer.MAX_VALUE - 8);
            buffer = Arrays.copyOf(buffer, Math.max(wanted, doubled));
        }
    }
}
