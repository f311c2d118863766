// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.baseline;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** A JVM that does nothing but say that it runs. */
public final class Empty {

    private Empty() {}

    public static void main(String[] args) throws IOException {
        new FileOutputStream(FileDescriptor.out).write('\n');
    }
}
