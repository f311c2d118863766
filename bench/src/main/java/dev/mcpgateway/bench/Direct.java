// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import dev.mcpgateway.bench.baseline.BareClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@link BareClient} in its process. */
final class Direct implements Subject {

    /** How its JVM is started. */
    record Jvm(List<String> options, String classPath) {

        /** Of gRPC, which is the gateway's too. */
        String grpcVersion() {
            Matcher jar = Pattern.compile("grpc-netty-shaded-([^/]+)\\.jar").matcher(classPath);
            return jar.find() ? jar.group(1) : "unknown";
        }

        /**
         * These options and an AOT cache made by a training run against that provider, as the gateway's is: without the
         * recorded profiles, which would keep the trained methods from the best compiler.
         */
        Jvm trained(Scratch scratch, HelloGo provider) throws IOException {
            Path cache = scratch.folder("aot").resolve("bare-client.aot");
            List<String> training = new ArrayList<>(options);
            training.add("-XX:AOTCacheOutput=" + cache);
            training.add("-XX:+UnlockDiagnosticVMOptions");
            training.add("-XX:-AOTRecordTraining");
            try (Direct direct = start(new Jvm(training, classPath), scratch, provider)) {
                direct.call(new Load(32, 2_000, Load.SHORT));
            }
            if (!Files.exists(cache)) {
                throw new IOException("the bare client's training left no AOT cache\n" + scratch.lastWords());
            }
            List<String> cached = new ArrayList<>(options);
            cached.add("-XX:AOTCache=" + cache);
            return new Jvm(cached, classPath);
        }
    }

    private final Scratch scratch;
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    private final double startMillis;

    private Direct(Scratch scratch, Process process, long begin) throws IOException {
        this.scratch = scratch;
        this.process = process;
        in = process.outputWriter(StandardCharsets.US_ASCII);
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        readLine();
        startMillis = (System.nanoTime() - begin) / 1e6;
    }

    /** Returns when the provider has answered for the first time. */
    static Direct start(Jvm jvm, Scratch scratch, HelloGo provider) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Checkout.jdk("java"));
        command.addAll(jvm.options());
        command.addAll(List.of("-cp", jvm.classPath(), BareClient.class.getName()));
        command.addAll(List.of(provider.host(), Integer.toString(provider.port())));
        long begin = System.nanoTime();
        return new Direct(scratch, scratch.start("direct", new ProcessBuilder(command)), begin);
    }

    /** From the start of the process to the first answer of the provider. */
    double startMillis() {
        return startMillis;
    }

    @Override
    public Sample call(Load load) throws IOException {
        long before = Footprint.cpuNanos(process);
        in.write(load.inFlight() + " " + load.calls() + " " + load.bytes() + "\n");
        in.flush();
        String[] nanos = readLine().split(" ", -1);
        long cpu = Footprint.cpuNanos(process) - before;
        return new Sample(
                load.calls(), Long.parseLong(nanos[0]), Long.parseLong(nanos[1]), Long.parseLong(nanos[2]), cpu);
    }

    private String readLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the bare client has ended\n" + scratch.lastWords());
        }
        return line;
    }

    @Override
    public void close() {
        Exit.await(process);
    }
}
