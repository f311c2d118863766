// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.descriptor;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a descriptor. Whoever shares it may set it non-blocking at any time: then it is waited for, and every byte goes out
 * once. For one thread at a time, but for {@link #prepare()}.
 */
public final class DescriptorOutput extends OutputStream {

    /**
     * Bytes that a pipe takes whole or not at all ({@code PIPE_BUF}), as a Unix socket does: where there is room, there is room
     * for as many.
     */
    public static final int SHORT = System.getProperty("os.name", "").startsWith("Linux") ? 4096 : 512;

    private final int number;
    private final FileOutputStream file; // is there at once
    private volatile @Nullable NativeDescriptor exact;

    /** @param isTerminal which takes parts of what it is given */
    DescriptorOutput(int number, FileOutputStream file, boolean isTerminal) {
        this.number = number;
        this.file = file;
        if (isTerminal) {
            exact();
        }
    }

    /** Makes long writes and {@link #hasRoom()} quick; takes some 20 ms, so it is called when nobody waits. */
    public void prepare() {
        exact();
    }

    /** Whether {@link #SHORT} bytes can be written without waiting for whoever reads. */
    public boolean hasRoom() {
        return exact().isReady();
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int written = 0;
        while (written < length) {
            NativeDescriptor output = exact;
            if (output != null) {
                output.write(bytes, offset + written, length - written);
                return;
            }
            written += writePiece(bytes, offset + written, Math.min(length - written, SHORT));
        }
    }

    /** Of a piece all goes out, or nothing: then what is wrong, the next try says. */
    private int writePiece(byte[] bytes, int offset, int length) {
        try {
            file.write(bytes, offset, length);
            return length;
        } catch (IOException mayBeNonBlocking) {
            exact();
            return 0;
        }
    }

    private synchronized NativeDescriptor exact() {
        NativeDescriptor output = exact;
        if (output == null) {
            output = new NativeDescriptor(number, NativeDescriptor.WRITABLE);
            exact = output;
        }
        return output;
    }
}
