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
        try (Gateway gateway = bench.gateway(bench.overTcp("info"))) {
            double heapEarly = 0;
            for (int done = step; done <= bench.plan().manyCalls(); done += step) {
                gateway.call(new Load(32, step, Load.SHORT));
                bench.scratch().emptyLogs();
                plot.add("gateway", done, Footprint.residentMegabytes(gateway.process()));
                if (done == step) {
                    heapEarly = Footprint.liveHeapBytes(gateway.process()); // every later step is undisturbed
                }
            }
            double resident = Footprint.residentMegabytes(gateway.process());
            double heapLate = Footprint.liveHeapBytes(gateway.process());
            report.chapter("Memory after %,d calls".formatted(bench.plan().manyCalls()), "");
            report.value(
                    "memory.resident", "resident", " MB", resident, Optional.empty(), Optional.of(Target.atMost(200)));
            report.value(
                    "memory.heap",
                    "live heap, after a full collection",
                    " MB",
                    heapLate / 1e6,
                    Optional.empty(),
                    Optional.empty());
            report.value(
                    "memory.slope",
                    "its growth since the first tenth, per call",
                    " B",
                    (heapLate - heapEarly) / (bench.plan().manyCalls() - step),
                    Optional.empty(),
                    Optional.of(Target.atMost(1)));
        }
        report.plot(plot);
    }
}
