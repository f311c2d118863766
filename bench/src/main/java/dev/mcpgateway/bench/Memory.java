// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.util.Optional;

/** What the gateway occupies after many calls. */
record Memory(Workbench bench) {

    private static final int STEPS = 10;

    void run() throws IOException {
        Report report = bench.report();
        Plot plot = Plot.of("memory", "Resident memory of the gateway", "calls so far", "MB", false);
        int step = bench.plan().manyCalls() / STEPS;
        int done = 0;
        try (Gateway gateway = bench.gateway(bench.overTcp("info"))) {
            double heapEarly = 0;
            while (done < bench.plan().manyCalls()
                    && (done < 2 * step || !bench.schedule().isPast(0.8))) {
                gateway.call(new Load(32, step, Load.SHORT));
                done += step;
                bench.scratch().emptyLogs();
                plot.add("gateway", done, Footprint.residentMegabytes(gateway.process()));
                if (done == step) {
                    heapEarly = Footprint.liveHeapBytes(gateway.process()); // every later step is undisturbed
                }
            }
            double resident = Footprint.residentMegabytes(gateway.process());
            double heapLate = Footprint.liveHeapBytes(gateway.process());
            double growth = (heapLate - heapEarly) / (done - step);
            Optional<Double> none = Optional.empty();
            report.chapter("Memory after %,d calls".formatted(done), "");
            report.value("memory.resident", "resident", " MB", resident, none, Optional.of(Target.atMost(200)));
            report.value("memory.heap", "live heap", " MB", heapLate / 1e6, none, Optional.empty());
            report.value(
                    "memory.slope",
                    "what it grew by per call, since the first tenth",
                    " B",
                    growth,
                    none,
                    Optional.of(Target.atMost(1)));
        }
        report.plot(plot);
    }
}
