// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files this process may have open, connections among them (Linux, proc(5), {@code /proc/self/limits}). */
final class OpenFiles {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String NAME = "Max open files";

    /** Descriptors that are not for clients: jars, provider processes and their pipes, connections to providers. */
    private static final int RESERVED = 256;

    private static final int LEAST = 16;

    private OpenFiles() {}

    /** Connections that there are descriptors for; as good as any number where the system does not say. */
    static int limit() {
        try {
            return Files.readAllLines(LIMITS).stream()
                    .filter(line -> line.startsWith(NAME))
                    .map(line -> line.substring(NAME.length()).strip().split("\\s+")[0])
                    .filter(soft -> !soft.equals("unlimited"))
                    .mapToInt(soft ->
                            Math.max(LEAST, (int) Math.min(Integer.MAX_VALUE, Long.parseLong(soft)) - RESERVED))
                    .findFirst()
                    .orElse(Integer.MAX_VALUE);
        } catch (IOException | RuntimeException unknown) {
            return Integer.MAX_VALUE;
        }
    }
}
