// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Prints a table, and writes it as JSON with plots. Arguments: the home of the checkout, and {@code full} or {@code quick}. */
public final class Main {

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT); // SVG and tables with a point in their numbers
        System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        Checkout checkout = new Checkout(Path.of(args[0]).toRealPath());
        Plan plan = Plan.named(args[1]);
        Schedule schedule = new Schedule(plan.limit());
        Report report = new Report();
        try (Scratch scratch = Scratch.create()) {
            endAfter(plan.limit(), scratch);
            describe(report, plan);
            HelloGo helloGo = HelloGo.start(checkout, scratch);
            List<String> options = checkout.jvmOptions(scratch.folder("flags"));
            Direct.Jvm bareClient = new Direct.Jvm(options, checkout.bareClientClassPath()).trained(scratch, helloGo);
            Workbench bench = new Workbench(checkout, scratch, plan, schedule, helloGo, options, bareClient, report);
            report.fact("gRPC", bareClient.grpcVersion());
            report.fact("JVM options", String.join(" ", options));
            new StartUp(bench).run();
            new Jars(bench).run();
            try (Calls calls = new Calls(bench)) {
                calls.run();
            }
            new InProcess(bench).run();
            if (schedule.isPast(0.7)) {
                report.leftOut("Memory");
            } else {
                new Memory(bench).run();
            }
            new Growth(bench).run();
            scratch.emptyLogs();
            report.warnings(scratch.warnings());
        }
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString().replace(":", "");
        report.write(checkout.results(), time + "-" + plan.name());
    }

    private static void describe(Report report, Plan plan) {
        System.out.println(
                "MCP Gateway next to its baselines. Medians of interleaved rounds; this machine, this moment.");
        System.out.println();
        report.fact("plan", plan.name());
        report.fact("begun", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        report.fact("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        report.fact("processors", Runtime.getRuntime().availableProcessors());
        report.fact(
                "load before",
                Report.rounded(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        report.fact("JVM", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }

    private static void endAfter(Duration limit, Scratch scratch) {
        Thread clock = new Thread(
                () -> {
                    try {
                        Thread.sleep(limit);
                    } catch (InterruptedException e) {
                        return;
                    }
                    System.err.println("bench: not done within " + limit.toMinutes() + " minutes, given up");
                    scratch.close();
                    Runtime.getRuntime().halt(1);
                },
                "bench-limit");
        clock.setDaemon(true);
        clock.start();
    }
}
