// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the system and the JVM have booked to a process. */
final class Footprint {

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HISTOGRAM_ROW = Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(\\S+)");

    private Footprint() {}

    /** Processor time so far, user and system, all threads. */
    static long cpuNanos(Process process) {
        return process.toHandle()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    static double residentMegabytes(Process process) throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (Files.exists(status)) {
            Matcher found = RESIDENT.matcher(Files.readString(status));
            return found.find() ? Long.parseLong(found.group(1)) * 1024 / 1e6 : Double.NaN;
        }
        String kibibytes = output("ps", "-o", "rss=", "-p", Long.toString(process.pid()));
        return Long.parseLong(kibibytes.strip()) * 1024 / 1e6;
    }

    /**
     * Counted object by object after a full collection: what the heap calls used has holes in it that not every collection
     * closes.
     */
    static double liveHeapBytes(Process jvm) throws IOException {
        double bytes = 0;
        Matcher row =
                HISTOGRAM_ROW.matcher(output(Checkout.jdk("jcmd"), Long.toString(jvm.pid()), "GC.class_histogram"));
        while (row.find()) {
            if (!row.group(2).contains("Filler")) {
                bytes += Long.parseLong(row.group(1));
            }
        }
        return bytes;
    }

    /** Whether the JVM has that file in its memory. Where the system does not tell: whether it was told to use it. */
    static boolean hasMapped(Process jvm, String file) throws IOException {
        Path maps = Path.of("/proc", Long.toString(jvm.pid()), "maps");
        return !Files.exists(maps) || Files.readString(maps).contains(file);
    }

    private static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
