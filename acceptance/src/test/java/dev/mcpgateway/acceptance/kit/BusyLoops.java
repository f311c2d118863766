// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that do nothing but compute: what a busy machine alone does to whoever else runs on it. Not thread-safe. */
public final class BusyLoops implements AutoCloseable {

    /** After which each ends by itself, were nobody left to end it. */
    private static final int AT_MOST_SECONDS = 60;

    private final List<Process> all = new ArrayList<>();

    /** Starts so many. */
    public static BusyLoops start(int count) {
        BusyLoops loops = new BusyLoops();
        for (int i = 0; i < count; i++) {
            loops.start();
        }
        return loops;
    }

    private void start() {
        try {
            all.add(new ProcessBuilder("timeout", Integer.toString(AT_MOST_SECONDS), "sh", "-c", "while :; do :; done")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            all.forEach(Process::destroy); // timeout hands the signal on to its child
            for (Process each : all) {
                if (!each.waitFor(10, TimeUnit.SECONDS)) {
                    throw new AssertionError("a busy loop did not end");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
