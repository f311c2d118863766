// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/**
 * A healthy provider beside a deed, as a row of the {@link ChaosTable}: what its calls take in quiet, beside as many busy
 * loops as the deed computes on, and beside the deed. That none fails, that the process lives, that memory comes back and
 * that the log names who it was is asserted. Not thread-safe.
 */
public final class Neighbour {

    /** Begins something, which closing ends. */
    @FunctionalInterface
    public interface Deed {
        AutoCloseable begin() throws Exception;
    }

    private static final Duration DEED = Duration.ofSeconds(5);
    private static final Duration LONGEST_PHASE = Duration.ofSeconds(4);
    private static final Duration WARMING_UP = Duration.ofMillis(1_500);
    private static final Duration MEMORY_IS_BACK = Duration.ofSeconds(30);
    private static final Duration NAMED = Duration.ofSeconds(10);
    private static final long MEMORY = 20_000_000;
    private static final double MORE_THAN_QUIET = 2;
    private static final double MORE_THAN_LOOPS = 1.5;
    private static final String ROW = "%-49s %6s %6s %17s %17s %17s %16s %8s %-7s %11s";
    private static final int LONGEST_LINE = 180;

    private final Gateway gateway;
    private final String tool;
    private final String arguments;

    /** @param tool of the healthy provider; called for a while, since the first calls are slow */
    public static Neighbour of(Gateway gateway, String tool, String arguments) {
        CallFigures.of(gateway.client(), tool, arguments, WARMING_UP);
        return new Neighbour(gateway, tool, arguments);
    }

    private Neighbour(Gateway gateway, String tool, String arguments) {
        this.gateway = gateway;
        this.tool = tool;
        this.arguments = arguments;
    }

    /** Beside a deed, in a few words; {@link Row#measure} does it. */
    public Row beside(String what) {
        return new Row(what);
    }

    /** What stands above the rows. */
    public static void printHead() {
        ChaosTable.printHead(ROW.formatted(
                        "calls of a healthy provider beside",
                        "calls",
                        "failed",
                        "quiet p50/p99/max",
                        "busy loops",
                        "the deed, in ms",
                        "p99 at most",
                        "is",
                        "",
                        "heap in MB")
                .stripTrailing());
    }

    private CallFigures calls(Duration howLong) {
        return CallFigures.of(gateway.client(), tool, arguments, howLong);
    }

    /** What it comes down to, once what was begun has ended as well. */
    private long memoryAfter(long before) {
        long end = System.nanoTime() + MEMORY_IS_BACK.toNanos();
        return Awaitility.await()
                .atMost(MEMORY_IS_BACK.multipliedBy(2))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> gateway.vitals().heapBytes(), now -> now < before + MEMORY || System.nanoTime() - end > 0);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.0f", bytes / 1e6);
    }

    /** One deed. */
    public final class Row {

        private final String what;
        private int loops;
        private Duration time = DEED;
        private Optional<Predicate<JsonNode>> naming = Optional.empty();

        private Row(String what) {
            this.what = what;
        }

        /** It computes on so many processors: with so many busy loops it is compared. */
        public Row computingOn(int processors) {
            loops = processors;
            return this;
        }

        /** It takes longer than others. */
        public Row lasting(Duration howLong) {
            time = howLong;
            return this;
        }

        /** A line of the log must have this text and the name of this provider. */
        public Row named(String provider, String text) {
            naming = Optional.of(line -> line.path("message").asString("").contains(text) && isOf(line, provider));
            return this;
        }

        /** Does it and writes the row. */
        public void measure(Deed deed) throws Exception {
            Duration half = time.dividedBy(2);
            Duration phase = half.compareTo(LONGEST_PHASE) < 0 ? half : LONGEST_PHASE;
            CallFigures quiet = calls(phase);
            Optional<CallFigures> busy = Optional.empty();
            if (loops > 0) {
                try (BusyLoops unused = BusyLoops.start(loops)) {
                    busy = Optional.of(calls(phase));
                }
            }
            long before = gateway.vitals().heapBytes();
            Optional<CompletableFuture<JsonNode>> line =
                    naming.map(wanted -> gateway.log().next(wanted));
            CallFigures harmed;
            try (AutoCloseable unused = deed.begin()) {
                harmed = calls(time);
            }
            long after = memoryAfter(before);
            write(quiet, busy, harmed, megabytes(before) + " -> " + megabytes(after));
            assertThat(harmed.failures()).as("failures beside " + what).isEmpty();
            assertThat(gateway.isAlive()).isTrue();
            assertThat(after).as("heap after " + what).isLessThan(before + MEMORY);
            if (line.isPresent()) {
                assertThat(line.get()).as("the log names who it was").succeedsWithin(NAMED);
                ChaosTable.write(
                        "    log: " + cut(line.get().join().path("message").asString()));
            }
        }

        private void write(CallFigures quiet, Optional<CallFigures> busy, CallFigures harmed, String memory) {
            double most = busy.isPresent() ? MORE_THAN_LOOPS : MORE_THAN_QUIET;
            double ratio =
                    (double) harmed.p99().toNanos() / busy.orElse(quiet).p99().toNanos();
            ChaosTable.write(ROW.formatted(
                    what,
                    harmed.took().size(),
                    harmed.failures().size(),
                    quiet,
                    busy.map(CallFigures::toString).orElse("-"),
                    harmed,
                    most + (busy.isPresent() ? " x busy loops" : " x quiet"),
                    String.format(Locale.ROOT, "%.2f x", ratio),
                    ratio <= most ? "ok" : "MISSED",
                    memory));
        }

        private static boolean isOf(JsonNode line, String provider) {
            return line.path("provider").asString("").equals(provider)
                    || line.path("capability").asString("").startsWith(provider + ".")
                    || line.path("logger").asString("").equals("provider." + provider)
                    || line.path("message").asString("").contains("'" + provider + "'");
        }

        private static String cut(String line) {
            return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
        }
    }
}
