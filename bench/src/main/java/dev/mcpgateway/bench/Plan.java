// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured, where the time suffices.
 *
 * @param limit the bench ends itself after this
 * @param starts how often each program is started
 * @param rounds how often the rest is measured, in turn
 * @param slice how long one measurement lasts, about
 * @param warmUp calls that each subject gets beforehand
 * @param manyCalls after which the memory is looked at
 */
record Plan(String name, Duration limit, int starts, int rounds, Duration slice, int warmUp, int manyCalls) {

    private static final Plan QUICK =
            new Plan("quick", Duration.ofMinutes(2), 7, 5, Duration.ofMillis(300), 30_000, 200_000);
    private static final Plan FULL =
            new Plan("full", Duration.ofMinutes(10), 21, 9, Duration.ofMillis(1_200), 100_000, 1_000_000);

    static Plan named(String name) {
        return List.of(QUICK, FULL).stream()
                .filter(plan -> plan.name.equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no plan '" + name + "': BENCH is quick, or is left out for the full one"));
    }

    /** For sweeps, which have many points. */
    int fewRounds() {
        return Math.max(3, rounds / 2);
    }

    /** The longest time that one subject is warmed up. */
    Duration longestWarmUp() {
        return limit.dividedBy(60);
    }

    /** As few rounds. */
    Duration shortSlice() {
        return slice.dividedBy(2);
    }

    /** All of them, or the ends and the middle. */
    List<Integer> points(Integer... all) {
        return this == FULL ? List.of(all) : List.of(all[0], all[all.length / 2], all[all.length - 1]);
    }
}
