// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes a byte stream apart into lines, each in an array of its own; a byte order mark before the first is left out. One thread at a
 * time.
 */
final class LineReader {

    /** What {@link #next()} returns in place of a line that was longer than may be; the line itself has been skipped. */
    static final byte[] TOO_LONG = {};

    private static final int USUAL_SIZE = 64 * 1024;
    private static final int LARGE_SIZE = 1024 * 1024;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final InputStream in;
    private final int limit;
    private byte[] buffer = new byte[USUAL_SIZE];
    private int from; // of what has not been given out
    private int to;
    private boolean skipping;
    private boolean isFirst = true;

    /** @param limit bytes that a line may have, its end not counted */
    LineReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /** The next line that is not blank, without its end ({@code \n} or {@code \r\n}); null at the end of the stream. */
    byte @Nullable [] next() throws IOException {
        int scanned = from;
        while (true) {
            for (; scanned < to; scanned++) {
                if (buffer[scanned] == '\n') {
                    byte[] line = take(scanned);
                    from = scanned + 1;
                    if (line != null) {
                        return line;
                    }
                }
            }
            if (to - from > limit + 1) { // one more for a carriage return
                skipping = true;
                from = to;
            }
            int kept = to - from;
            makeRoom();
            scanned = from + kept;
            int count = in.read(buffer, to, buffer.length - to);
            if (count < 0) {
                byte[] rest = take(to);
                from = to;
                return rest;
            }
            to += count;
        }
    }

    private byte @Nullable [] take(int end) {
        if (isFirst) {
            isFirst = false;
            if (end - from >= 3 && Arrays.equals(buffer, from, from + 3, BYTE_ORDER_MARK, 0, 3)) {
                from += 3;
            }
        }
        if (skipping) {
            skipping = false;
            return TOO_LONG;
        }
        int last = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
        if (last - from > limit) {
            return TOO_LONG;
        }
        for (int i = from; i < last; i++) {
            if (buffer[i] != ' ' && buffer[i] != '\t') {
                return Arrays.copyOfRange(buffer, from, last);
            }
        }
        return null;
    }

    private void makeRoom() {
        int kept = to - from;
        if (kept == 0) {
            if (buffer.length > USUAL_SIZE) {
                buffer = new byte[USUAL_SIZE];
            }
            from = 0;
            to = 0;
        } else if (to == buffer.length) {
            byte[] roomier = kept > buffer.length / 2 ? new byte[largerSize()] : buffer;
            System.arraycopy(buffer, from, roomier, 0, kept);
            buffer = roomier;
            from = 0;
            to = kept;
        }
    }

    /** A line of this size is probably a much larger one: not to double often saves as many copies. */
    private int largerSize() {
        int largest = limit + 2 + USUAL_SIZE;
        return buffer.length >= LARGE_SIZE ? largest : Math.min(buffer.length * 2, largest);
    }
}
