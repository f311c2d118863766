// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds processes by the environment they were started with, which they hand on to their children: the only mark that
 * a process keeps when its parent is killed. Linux; elsewhere it sees this process's descendants only.
 */
final class Environ {

    private Environ() {}

    static List<ProcessHandle> processesMentioning(String text) {
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            return ProcessHandle.current().descendants().toList();
        }
        return ProcessHandle.allProcesses()
                .filter(process -> mentions(process.pid(), text))
                .toList();
    }

    private static boolean mentions(long pid, String text) {
        try {
            // A zombie has no environment any more: it only waits for its parent to look.
            return new String(Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")), ISO_8859_1)
                    .contains(text);
        } catch (IOException gone) {
            return false;
        }
    }
}
