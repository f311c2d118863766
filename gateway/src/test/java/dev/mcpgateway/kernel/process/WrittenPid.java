// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** The pid that a script has written into a file. */
final class WrittenPid {

    private WrittenPid() {}

    static ProcessIdentity await(Path file) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        try {
            long pid = Long.parseLong(Files.readString(file).strip());
            return ProcessHandle.of(pid).flatMap(ProcessIdentity::of).orElseThrow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
