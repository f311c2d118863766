// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a call costs: alone, with others in flight, and by the size of its arguments. */
final class Calls implements AutoCloseable {

    private static final int IN_FLIGHT = 32;
    private static final int LARGEST = 9 * Load.MEBIBYTE;

    private final Workbench bench;
    private final Report report;
    private final Plan plan;
    private final Direct direct;
    private final Gateway usual;
    private final Gateway shared;
    private final Gateway quiet;
    private final Gateway quietShared;

    Calls(Workbench bench) throws IOException {
        this.bench = bench;
        report = bench.report();
        plan = bench.plan();
        String[] oneConnection = {"connections: 1", "callsPerConnection: 64"};
        direct = bench.direct();
        usual = bench.gateway(bench.overTcp("info"));
        shared = bench.gateway(bench.overTcp("info", oneConnection));
        quiet = bench.gateway(bench.overTcp("error"));
        quietShared = bench.gateway(bench.overTcp("error", oneConnection));
    }

    void run() throws IOException {
        for (Subject subject : List.of(direct, usual, shared, quiet, quietShared)) {
            Rounds.warmUp(subject, 1, plan.warmUp() / 10, plan.longestWarmUp());
            Rounds.warmUp(subject, IN_FLIGHT, plan.warmUp(), plan.longestWarmUp());
        }
        alone();
        inFlight();
        sizes();
        byInFlight();
    }

    private void alone() throws IOException {
        Load one = new Load(1, 1, Load.SHORT);
        Load waiting = new Load(0, 1, Load.SHORT);
        Samples samples = bench.rounds(plan.rounds(), 0.30)
                .run(List.of(
                        Rounds.task("direct", direct, one, plan.slice()),
                        Rounds.task("waiting", direct, waiting, plan.slice()),
                        Rounds.task("gateway", usual, one, plan.slice())));
        report.chapter("One call at a time, echo of 100 bytes", "direct");
        double p50 = samples.median("gateway", Sample::p50Micros);
        double p99 = samples.median("gateway", Sample::p99Micros);
        report.over(
                "echo.p50",
                "p50; direct: the next call from the callback",
                " µs",
                p50,
                samples.median("direct", Sample::p50Micros),
                Optional.of(Target.atMost(15)));
        report.ratio(
                "echo.p99",
                "p99; likewise",
                " µs",
                p99,
                samples.median("direct", Sample::p99Micros),
                Optional.of(Target.atMost(2.5)));
        report.over(
                "echo.waiting.p50",
                "p50; direct: a thread that waits for each answer",
                " µs",
                p50,
                samples.median("waiting", Sample::p50Micros),
                Optional.empty());
        report.ratio(
                "echo.waiting.p99",
                "p99; likewise",
                " µs",
                p99,
                samples.median("waiting", Sample::p99Micros),
                Optional.empty());
    }

    private void inFlight() throws IOException {
        bench.scratch().emptyLogs();
        Load load = new Load(IN_FLIGHT, 1, Load.SHORT);
        Samples samples = bench.rounds(plan.rounds(), 0.45)
                .run(List.of(
                        Rounds.task("direct", direct, load, plan.slice()),
                        Rounds.task("usual", usual, load, plan.slice()),
                        Rounds.task("shared", shared, load, plan.slice()),
                        Rounds.task("quiet", quiet, load, plan.slice()),
                        Rounds.task("quiet shared", quietShared, load, plan.slice())));
        report.chapter("32 calls in flight, echo of 100 bytes", "direct");
        double perSecond = samples.median("direct", Sample::callsPerSecond);
        report.ratio(
                "throughput",
                "calls per second, as configured by default",
                "/s",
                samples.median("usual", Sample::callsPerSecond),
                perSecond,
                Optional.of(Target.atLeast(0.5)));
        report.ratio(
                "throughput.shared",
                "with connections 1, callsPerConnection 64",
                "/s",
                samples.median("shared", Sample::callsPerSecond),
                perSecond,
                Optional.of(Target.atLeast(0.65)));
        report.ratio(
                "throughput.quiet",
                "as by default, log level error",
                "/s",
                samples.median("quiet", Sample::callsPerSecond),
                perSecond,
                Optional.empty());
        report.ratio(
                "throughput.quiet.shared",
                "connections 1, callsPerConnection 64, log level error",
                "/s",
                samples.median("quiet shared", Sample::callsPerSecond),
                perSecond,
                Optional.empty());
        double cpu = samples.median("direct", Sample::cpuMicrosPerCall);
        Optional<Target> twelve = Optional.of(Target.atMost(12));
        cpu("cpu", "CPU of the process per call, as configured by default", samples, "usual", cpu, twelve);
        cpu("cpu.shared", "with connections 1, callsPerConnection 64", samples, "shared", cpu, twelve);
        cpu("cpu.quiet", "as by default, log level error", samples, "quiet", cpu, Optional.empty());
        cpu(
                "cpu.quiet.shared",
                "connections 1, callsPerConnection 64, log level error",
                samples,
                "quiet shared",
                cpu,
                Optional.empty());
    }

    private void cpu(String id, String title, Samples samples, String task, double direct, Optional<Target> target) {
        report.value(id, title, " µs", samples.median(task, Sample::cpuMicrosPerCall), Optional.of(direct), target);
    }

    private void sizes() throws IOException {
        bench.scratch().emptyLogs();
        Plot plot = Plot.of("payload", "One echo at a time", "bytes of arguments", "p50, µs", true);
        report.chapter("One call at a time, p50 by the size of its arguments", "direct");
        for (int size : plan.points(Load.SHORT, 1_000, 10_000, 100_000, Load.MEBIBYTE, LARGEST)) {
            Load load = new Load(1, 1, size);
            Samples samples = bench.rounds(plan.fewRounds(), 0.55)
                    .run(List.of(
                            Rounds.task("direct", direct, load, plan.shortSlice()),
                            Rounds.task("gateway", usual, load, plan.shortSlice())));
            double gateway = samples.median("gateway", Sample::p50Micros);
            double baseline = samples.median("direct", Sample::p50Micros);
            plot.add("gateway", size, gateway);
            plot.add("direct", size, baseline);
            boolean isLargest = size == LARGEST;
            report.ratio(
                    "payload." + size,
                    isLargest ? "9 MiB" : size + " bytes",
                    " µs",
                    gateway,
                    baseline,
                    isLargest ? Optional.of(Target.atMost(3)) : Optional.empty());
        }
        report.plot(plot);
    }

    private void byInFlight() throws IOException {
        Plot plot = Plot.of("in-flight", "Echo of 100 bytes", "calls in flight", "calls/s", false);
        report.chapter("Calls per second by how many are in flight, default configuration", "direct");
        for (int inFlight : plan.points(1, 4, 16, IN_FLIGHT, 100, 300, 1_000)) {
            bench.scratch().emptyLogs();
            Load load = new Load(inFlight, 1, Load.SHORT);
            Samples samples = bench.rounds(plan.fewRounds(), 0.65)
                    .run(List.of(
                            Rounds.task("direct", direct, load, plan.shortSlice()),
                            Rounds.task("usual", usual, load, plan.shortSlice()),
                            Rounds.task("shared", shared, load, plan.shortSlice())));
            double gateway = samples.median("usual", Sample::callsPerSecond);
            double baseline = samples.median("direct", Sample::callsPerSecond);
            plot.add("gateway, default", inFlight, gateway);
            plot.add("gateway, connections 1 × 64", inFlight, samples.median("shared", Sample::callsPerSecond));
            plot.add("direct", inFlight, baseline);
            report.ratio("in-flight." + inFlight, inFlight + " in flight", "/s", gateway, baseline, Optional.empty());
        }
        report.plot(plot);
    }

    @Override
    public void close() {
        List.of(direct, usual, shared, quiet, quietShared).forEach(Subject::close);
    }
}
