// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What rounds gave, by the names of their tasks. */
final class Samples {

    private final Map<String, List<Sample>> byTask = new HashMap<>();

    void add(String task, Sample sample) {
        byTask.computeIfAbsent(task, first -> new ArrayList<>()).add(sample);
    }

    double median(String task, ToDoubleFunction<Sample> measure) {
        return median(byTask.getOrDefault(task, List.of()).stream()
                .map(measure::applyAsDouble)
                .toList());
    }

    /** The middle one: a round that the machine disturbed changes nothing. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
