// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long calls took that were made one after the other.
 *
 * @param took from the shortest to the longest
 * @param failures what those said that failed
 */
public record CallFigures(List<Duration> took, List<String> failures) {

    /** Calls that tool for as long as that; at least once. */
    public static CallFigures of(Client client, String tool, String arguments, Duration howLong) {
        List<Duration> took = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        long end = System.nanoTime() + howLong.toNanos();
        do {
            Reply reply = client.call(tool, arguments);
            if (reply.message().has("error")) {
                failures.add(reply.errorText());
            } else if (reply.isError()) {
                failures.add(reply.text());
            }
            took.add(reply.took());
        } while (System.nanoTime() - end < 0);
        took.sort(Duration::compareTo);
        return new CallFigures(took, failures);
    }

    public Duration p50() {
        return took.get(took.size() / 2);
    }

    public Duration p99() {
        return took.get(took.size() * 99 / 100);
    }

    /** Both and the longest, in milliseconds. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f/%.1f/%.0f", millis(p50()), millis(p99()), millis(took.getLast()));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
