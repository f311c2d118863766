// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The end of a process that ends with its input. */
final class Exit {

    private static final int SECONDS = 30; // a training run writes its cache at the end

    private Exit() {}

    /** Closes the input and waits. */
    static void await(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // so is the process
        }
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
