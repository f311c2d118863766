// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a lock as a gateway does, in a process of its own, until it is killed. */
final class LockHolder {

    private LockHolder() {}

    /** Returns when the lock is held. */
    static Process start(Path folder, String id) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        folder.toString(),
                        id)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
        if (!"locked".equals(said.readLine())) {
            throw new IOException("the lock was not taken");
        }
        return process;
    }

    public static void main(String[] words) throws Exception {
        Path folder = Files.createDirectories(Path.of(words[0]));
        try (AliveLock lock = AliveLock.take(folder.resolve(words[1] + ".lock"))) {
            System.out.println(lock == null ? "not locked" : "locked");
            Thread.sleep(60_000);
        }
    }
}
