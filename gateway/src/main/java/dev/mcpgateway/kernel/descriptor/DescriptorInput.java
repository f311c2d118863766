// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.descriptor;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a descriptor. Whoever shares it may set it non-blocking at any time, as Node.js does with what it inherited: then it is
 * waited for. For one thread at a time.
 */
final class DescriptorInput extends InputStream {

    private final int number;
    private final FileInputStream file;
    private @Nullable NativeDescriptor patient; // once the JDK's stream has failed

    DescriptorInput(int number, FileInputStream file) {
        this.number = number;
        this.file = file;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        NativeDescriptor input = patient;
        if (input == null) {
            try {
                return file.read(bytes, offset, length);
            } catch (IOException nothingWasTaken) { // what is wrong, the next try says
                input = new NativeDescriptor(number, NativeDescriptor.READABLE);
                patient = input;
            }
        }
        int count = input.read(bytes, offset, length);
        return count == 0 ? -1 : count;
    }
}
