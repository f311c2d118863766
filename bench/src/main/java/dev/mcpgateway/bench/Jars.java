// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** How long plugin jars keep someone waiting: many at the start, and one that is dropped while the gateway runs. */
final class Jars {

    private static final int MANY = 64;
    private static final int TOOLS = 3;
    private static final int LEAST = 3;
    private static final int DROPPED_BYTES = 5_000_000;
    private static final int DROPPED_NUMBER = 900;
    private static final long POLL_MILLIS = 2;
    private static final double LIMIT_MILLIS = 30_000;

    private final Workbench bench;
    private final Report report;

    Jars(Workbench bench) {
        this.bench = bench;
        report = bench.report();
    }

    void run() throws IOException, InterruptedException {
        start();
        drops();
    }

    private void start() throws IOException {
        Gateway.Setup one = setup(1);
        Gateway.Setup many = setup(MANY);
        Path oneFile = Gateway.configured(one, bench.scratch().folder("one"));
        Path manyFile = Gateway.configured(many, bench.scratch().folder("many"));
        List<Double> withOne = new ArrayList<>();
        List<Double> withMany = new ArrayList<>();
        for (int round = -1; round < rounds() && (round < LEAST || !isLate(0.22)); round++) {
            if (round == 0) { // the first stages them
                withOne.clear();
                withMany.clear();
            }
            withOne.add(listedMillis(oneFile, one, TOOLS));
            withMany.add(listedMillis(manyFile, many, MANY * TOOLS));
        }
        report.chapter("Start-up by plugin jars, staged before", "one");
        report.ratio(
                "start.jars",
                MANY + " jars: the first tools/list that has their tools; one jar",
                " ms",
                Samples.median(withMany),
                Samples.median(withOne),
                Optional.of(Target.atMost(2.0)));
    }

    private double listedMillis(Path configuration, Gateway.Setup setup, int tools) throws IOException {
        try (Gateway gateway = Gateway.start(configuration, setup, bench.checkout(), bench.scratch())) {
            return gateway.listedMillis(tools);
        }
    }

    private Gateway.Setup setup(int jars) throws IOException {
        List<EchoJar> all = IntStream.range(0, jars)
                .mapToObj(number -> EchoJar.numbered(number, TOOLS))
                .toList();
        return bench.echoes(all, all.stream().map(EchoJar::firstTool).toList());
    }

    private void drops() throws IOException, InterruptedException {
        Gateway.Setup setup = setup(1);
        Path configuration = Gateway.configured(setup, bench.scratch().folder("drops"));
        Path place = configuration.resolveSibling("plugins").resolve("dropped.jar");
        Path part = place.resolveSibling(".dropped.part");
        EchoJar dropped = EchoJar.numbered(DROPPED_NUMBER, TOOLS);
        List<Double> copied = new ArrayList<>();
        List<Double> renamed = new ArrayList<>();
        List<Double> removed = new ArrayList<>();
        try (Gateway gateway = Gateway.start(configuration, setup, bench.checkout(), bench.scratch())) {
            int build = 0;
            for (int round = 0; round < rounds() && (round < LEAST || !isLate(0.26)); round++) {
                copy(written(dropped.padded(DROPPED_BYTES, ++build)), place);
                copied.add(millisUntil(gateway, dropped.firstTool(), true));
                Files.delete(place);
                removed.add(millisUntil(gateway, dropped.firstTool(), false));

                copy(written(dropped.padded(DROPPED_BYTES, ++build)), part);
                Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
                renamed.add(millisUntil(gateway, dropped.firstTool(), true));
                Files.delete(place);
                removed.add(millisUntil(gateway, dropped.firstTool(), false));
            }
        }
        report.chapter("A jar of 5 MB dropped while the gateway runs", "");
        drop("drop.copy", "cp has ended → a call of its tool succeeds", copied, Optional.of(Target.atMost(2_500)));
        drop("drop.rename", "renamed → a call of its tool succeeds", renamed, Optional.of(Target.atMost(1_000)));
        drop("drop.remove", "removed → its tool is unknown", removed, Optional.empty());
    }

    private void drop(String id, String title, List<Double> millis, Optional<Target> target) {
        report.value(id, title, " ms", Samples.median(millis), Optional.empty(), target);
    }

    private Path written(EchoJar jar) throws IOException {
        return jar.write(
                bench.scratch().folder("jar").resolve("dropped.jar"),
                bench.checkout().benchJar());
    }

    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        int exit =
                new ProcessBuilder("cp", from.toString(), to.toString()).start().waitFor();
        if (exit != 0) {
            throw new IOException("cp to " + to + " failed");
        }
        Files.delete(from);
    }

    private static double millisUntil(Gateway gateway, String tool, boolean answers)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (gateway.answers(tool) != answers) {
            if ((System.nanoTime() - begin) / 1e6 > LIMIT_MILLIS) {
                throw new IOException(tool + (answers ? " cannot be called" : " can be called still"));
            }
            Thread.sleep(POLL_MILLIS);
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    /** Half as many as there are starts: each takes as long as two of them. */
    private int rounds() {
        return bench.plan().starts() / 2;
    }

    private boolean isLate(double part) {
        return bench.schedule().isPast(part);
    }
}
