// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.bench.baseline.Empty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How long an MCP client waits that has just started the gateway. */
record StartUp(Workbench bench) {

    private static final int LEAST = 3;

    void run() throws IOException {
        Gateway.Setup overTcp = bench.overTcp("info");
        Gateway.Setup withCommand = bench.withCommand();
        Path tcpFile = Gateway.configured(overTcp, bench.scratch().folder("start"));
        Path commandFile = Gateway.configured(withCommand, bench.scratch().folder("start"));
        List<Double> empty = new ArrayList<>();
        List<Double> bare = new ArrayList<>();
        List<Double> initialized = new ArrayList<>();
        List<Double> listed = new ArrayList<>();
        List<Double> listedWithCommand = new ArrayList<>();
        for (int round = -1; round < bench.plan().starts() && (round < LEAST || !isLate()); round++) {
            if (round == 0) { // the first of all stages plugins and fills the system's caches
                List.of(empty, bare, initialized, listed, listedWithCommand).forEach(List::clear);
            }
            empty.add(emptyJvmMillis());
            try (Direct direct = bench.direct()) {
                bare.add(direct.startMillis());
            }
            try (Gateway gateway = Gateway.start(tcpFile, overTcp, bench.checkout(), bench.scratch())) {
                initialized.add(gateway.initializedMillis());
                listed.add(gateway.listedMillis());
                if (round < 0) {
                    bench.report()
                            .fact("gateway's AOT cache", gateway.aotCache().orElse("none"));
                }
            }
            try (Gateway gateway = Gateway.start(commandFile, withCommand, bench.checkout(), bench.scratch())) {
                listedWithCommand.add(gateway.listedMillis());
            }
        }
        Report report = bench.report();
        report.chapter("Start-up, from the exec of bin/mcp-gateway", "baseline");
        report.ratio(
                "start.initialize",
                "initialize answered; an empty JVM runs",
                " ms",
                Samples.median(initialized),
                Samples.median(empty),
                Optional.of(Target.atMost(4.5)));
        report.ratio(
                "start.list",
                "first tools/list; bare client's first answer",
                " ms",
                Samples.median(listed),
                Samples.median(bare),
                Optional.of(Target.atMost(2.0)));
        report.ratio(
                "start.list.command",
                "the same where the gateway starts hello-go",
                " ms",
                Samples.median(listedWithCommand),
                Samples.median(bare),
                Optional.of(Target.atMost(2.6)));
    }

    private boolean isLate() {
        return bench.schedule().isPast(0.15);
    }

    private double emptyJvmMillis() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.jdk("java"));
        command.addAll(bench.jvmOptions());
        command.addAll(
                List.of("-Xshare:auto", "-cp", bench.checkout().benchJar().toString(), Empty.class.getName()));
        long begin = System.nanoTime();
        Process process = bench.scratch().start("empty", new ProcessBuilder(command));
        int said = process.getInputStream().read();
        double millis = (System.nanoTime() - begin) / 1e6;
        Exit.await(process);
        if (said != '\n') {
            throw new IOException(
                    "the empty JVM did not run\n" + bench.scratch().lastWords());
        }
        return millis;
    }
}
