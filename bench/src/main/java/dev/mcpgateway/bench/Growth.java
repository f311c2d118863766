// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.bench.plugin.EchoPlugin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a call costs as providers and tools become more. */
record Growth(Workbench bench) {

    private static final int IN_FLIGHT = 32;
    private static final int TOOLS_EACH = 10;

    void run() throws IOException {
        bench.report().chapter("CPU per call, 32 in flight: the most; the least of them", "least");
        Plot providers = Plot.of("providers", "CPU of the gateway per call", "providers", "µs", false);
        grow(
                "providers.in-process",
                "in-process providers",
                "in-process",
                bench.plan().points(1, 10, 100),
                providers,
                this::inProcess);
        grow(
                "providers.grpc",
                "hello-go entries, called in turn",
                "gRPC, one connection each",
                bench.plan().points(1, 10, 100),
                providers,
                this::grpc);
        Plot tools = Plot.of("tools", "CPU of the gateway per call", "tools of one provider", "µs", false);
        grow(
                "tools",
                "tools of one provider, called in turn",
                "in-process",
                bench.plan().points(10, 100, 1_000, 10_000),
                tools,
                this::tools);
    }

    /** How a gateway is set up that has so many. */
    private interface Setups {
        Gateway.Setup of(int count) throws IOException;
    }

    private void grow(String id, String title, String line, List<Integer> counts, Plot plot, Setups setups)
            throws IOException {
        if (bench.schedule().isPast(0.85)) {
            bench.report().leftOut(title);
            return;
        }
        List<Gateway> gateways = new ArrayList<>();
        try {
            List<Rounds.Task> tasks = new ArrayList<>();
            for (int count : counts) {
                Gateway gateway = bench.gateway(setups.of(count));
                gateways.add(gateway);
                Rounds.warmUp(
                        gateway, IN_FLIGHT, bench.plan().warmUp(), bench.plan().longestWarmUp());
                tasks.add(Rounds.task(
                        Integer.toString(count),
                        gateway,
                        new Load(IN_FLIGHT, 1, Load.SHORT),
                        bench.plan().shortSlice()));
            }
            Samples samples = bench.rounds(bench.plan().fewRounds(), 0.95).run(tasks);
            for (Rounds.Task task : tasks) {
                plot.add(line, Integer.parseInt(task.name()), samples.median(task.name(), Sample::cpuMicrosPerCall));
            }
            bench.report().plot(plot);
            String least = Integer.toString(counts.getFirst());
            String most = Integer.toString(counts.getLast());
            bench.report()
                    .ratio(
                            id,
                            least + " → " + most + " " + title,
                            " µs",
                            samples.median(most, Sample::cpuMicrosPerCall),
                            samples.median(least, Sample::cpuMicrosPerCall),
                            Optional.of(Target.atMost(1.1)));
            if (id.equals("tools")) {
                fewOfMany(gateways.getFirst(), gateways.getLast(), most);
                wholeList(gateways.getLast(), counts.getLast());
            }
        } finally {
            gateways.forEach(Gateway::close);
            bench.scratch().emptyLogs();
        }
    }

    /** Those that are called in turn are in no cache of the processor's by then; a client mostly calls few. */
    private void fewOfMany(Gateway few, Gateway many, String most) throws IOException {
        Load load = new Load(IN_FLIGHT, 1, Load.SHORT);
        Samples samples = bench.rounds(bench.plan().fewRounds(), 0.97)
                .run(List.of(
                        Rounds.task("few", few, load, bench.plan().shortSlice()),
                        Rounds.task(
                                "many",
                                many.callingOnly(TOOLS_EACH),
                                load,
                                bench.plan().shortSlice())));
        bench.report()
                .ratio(
                        "tools.few",
                        TOOLS_EACH + " → " + most + " tools of one provider, " + TOOLS_EACH + " of them called",
                        " µs",
                        samples.median("many", Sample::cpuMicrosPerCall),
                        samples.median("few", Sample::cpuMicrosPerCall),
                        Optional.of(Target.atMost(1.1)));
    }

    private void wholeList(Gateway gateway, int tools) throws IOException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long begin = System.nanoTime();
            int listed = gateway.listAll();
            millis.add((System.nanoTime() - begin) / 1e6);
            if (listed != tools) {
                throw new IOException("the list has " + listed + " tools instead of " + tools);
            }
        }
        bench.report()
                .value(
                        "list",
                        "the whole list of %,d tools, all pages".formatted(tools),
                        " ms",
                        Samples.median(millis),
                        Optional.empty(),
                        Optional.empty());
        bench.report()
                .value(
                        "list.start",
                        "start → its first page",
                        " ms",
                        gateway.listedMillis(),
                        Optional.empty(),
                        Optional.empty());
    }

    private Gateway.Setup inProcess(int count) throws IOException {
        List<String> names = IntStream.range(0, count)
                .mapToObj(number -> EchoPlugin.providerName(number) + "." + EchoPlugin.toolName(number % TOOLS_EACH))
                .toList();
        return echoes(count, TOOLS_EACH, names);
    }

    private Gateway.Setup tools(int count) throws IOException {
        List<String> names = IntStream.range(0, count)
                .mapToObj(number -> EchoPlugin.providerName(0) + "." + EchoPlugin.toolName(number))
                .toList();
        return echoes(1, count, names);
    }

    private Gateway.Setup echoes(int providers, int tools, List<String> names) throws IOException {
        return bench.echoes(List.of(EchoJar.of(providers, tools)), names);
    }

    private Gateway.Setup grpc(int count) {
        StringBuilder entries = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String name = "hello-%03d".formatted(number);
            entries.append(bench.entry(name, "connections: 1", "callsPerConnection: 64"));
            names.add(name + ".echo.v1");
        }
        return new Gateway.Setup(entries.toString(), bench.grpcOnly(), "info", names);
    }
}
