package dev.mcpgateway.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle of what rounds gave: one of them that the machine disturbed changes nothing. */
final class Median {

    private Median() {}

    static double of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    static double of(List<Sample> samples, ToDoubleFunction<Sample> measure) {
        return of(samples.stream().map(measure::applyAsDouble).toList());
    }
}
