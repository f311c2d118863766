// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What {@code make chaos} prints: figures beside their targets, written as they come, so that those before a failure are
 * not lost. The file grows until somebody deletes it.
 */
public final class ChaosTable {

    private static final Path FILE = Path.of("target", "chaos.txt");

    private ChaosTable() {}

    /** What stands above figures. */
    public static void printHead() {
        printHead("%-62s %14s %16s".formatted("figure", "target", "result"));
    }

    /** What stands above rows of another kind. */
    static void printHead(String text) {
        write("\n" + text);
    }

    /** @param target empty where there is none */
    public static void figure(String figure, String target, String result, boolean isMet) {
        String verdict = target.isEmpty() ? "" : isMet ? "ok" : "MISSED";
        write("%-62s %14s %16s  %s".formatted(figure, target, result, verdict).stripTrailing());
    }

    /** At least so many. */
    public static void count(String figure, String target, long result, long atLeast) {
        figure(figure, target, Long.toString(result), result >= atLeast);
    }

    /** At most so many. */
    public static void most(String figure, long result, long target) {
        figure(figure, Long.toString(target), Long.toString(result), result <= target);
    }

    public static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / 1e6);
    }

    static synchronized void write(String line) {
        System.out.println(line);
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, line + "\n", UTF_8, CREATE, APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
