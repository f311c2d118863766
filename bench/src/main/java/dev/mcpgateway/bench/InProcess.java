// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.bench.plugin.EchoPlugin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the gateway adds to one call of a provider in its own process, as the two of them time it. */
record InProcess(Workbench bench) {

    private static final int TOOLS = 10;
    private static final int LEAST = 3;

    void run() throws IOException {
        if (isLate()) {
            bench.report().leftOut("In-process provider");
            return;
        }
        EchoJar jar = EchoJar.of(1, TOOLS).withTimes();
        Gateway.Setup setup = bench.echoes(List.of(jar), List.of(jar.firstTool()));
        List<Double> inside = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        List<Double> outside = new ArrayList<>();
        try (Gateway gateway = bench.gateway(setup)) {
            Rounds.warmUp(gateway, 1, bench.plan().warmUp(), bench.plan().longestWarmUp());
            Load load = Rounds.task(
                            "gateway",
                            gateway,
                            new Load(1, 1, Load.SHORT),
                            bench.plan().slice())
                    .load();
            String ownTime = EchoPlugin.providerName(0) + "." + EchoPlugin.OWN_TIME;
            for (int round = 0; round < bench.plan().rounds() && (round < LEAST || !isLate()); round++) {
                bench.scratch().emptyLogs();
                gateway.ask(ownTime); // which begins anew
                outside.add(gateway.call(load).p50Micros());
                own.add(Long.parseLong(gateway.ask(ownTime)) / 1e3);
                inside.add(Samples.median(gateway.loggedMicros()));
            }
        }
        bench.scratch().emptyLogs();
        bench.report().chapter("One call at a time of an in-process provider, p50", "own method");
        bench.report()
                .over(
                        "in-process.p50",
                        "arrival to outcome, by the log's duration_ms; the provider's method",
                        " µs",
                        Samples.median(inside),
                        Samples.median(own),
                        Optional.of(Target.atMost(15)));
        bench.report()
                .value(
                        "in-process.client.p50",
                        "the client, from its request to its answer, two pipes included",
                        " µs",
                        Samples.median(outside),
                        Optional.empty(),
                        Optional.empty());
    }

    private boolean isLate() {
        return bench.schedule().isPast(0.68);
    }
}
