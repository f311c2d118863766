// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds on to.
 *
 * @param heapBytes what is reachable: the heap's use right after a collection
 * @param threads of the operating system
 * @param descriptors open files, sockets, pipes
 */
public record Vitals(long heapBytes, int threads, int descriptors) {

    private static final String RESIDENT = "VmRSS";
    private static final String PEAK = "VmHWM";
    private static final Pattern USED = Pattern.compile("total (?:reserved )?\\d+K.*used (\\d+)K");

    /** Collects the heap of that process twice, then measures. */
    public static Vitals of(long pid) {
        jcmd(pid, "GC.run");
        jcmd(pid, "GC.run");
        return new Vitals(heap(pid), count(pid, "task"), count(pid, "fd"));
    }

    /** The heap's use without collecting first, in bytes. */
    public static long heap(long pid) {
        String answer = jcmd(pid, "GC.heap_info");
        Matcher used = USED.matcher(answer);
        long kib = 0;
        while (used.find()) {
            kib += Long.parseLong(used.group(1));
        }
        assertThat(kib).as("heap in use, according to " + answer).isPositive();
        return kib * 1024;
    }

    /** The physical memory of the process, in bytes. */
    public static long resident(long pid) {
        return status(pid, RESIDENT);
    }

    /** The most that it ever was. */
    public static long peakResident(long pid) {
        return status(pid, PEAK);
    }

    /** What all threads of the process have computed so far. */
    public static Duration processorTime(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow();
    }

    /** In bytes. */
    private static long status(long pid, String name) {
        try {
            Matcher matcher = Pattern.compile(name + ":\\s+(\\d+) kB")
                    .matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
            assertThat(matcher.find()).isTrue();
            return Long.parseLong(matcher.group(1)) * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int count(long pid, String what) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", Long.toString(pid), what))) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String jcmd(long pid, String... words) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(pid));
        command.addAll(List.of(words));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(answer).isZero();
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
