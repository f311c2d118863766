// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What every chapter works with.
 *
 * @param schedule of this run
 * @param jvmOptions those of the launcher
 * @param bareClient ready to start, with its AOT cache
 */
record Workbench(
        Checkout checkout,
        Scratch scratch,
        Plan plan,
        Schedule schedule,
        HelloGo helloGo,
        List<String> jvmOptions,
        Direct.Jvm bareClient,
        Report report) {

    static final List<String> HELLO_GO_ECHO = List.of("hello-go.echo.v1");

    /** Rounds that end when that part of the time is past. */
    Rounds rounds(int count, double part) {
        return new Rounds(count, schedule, part);
    }

    Direct direct() throws IOException {
        return Direct.start(bareClient, scratch, helloGo);
    }

    Gateway gateway(Gateway.Setup setup) throws IOException {
        return Gateway.start(setup, checkout, scratch);
    }

    /** A gateway in front of {@link #helloGo}. */
    Gateway.Setup overTcp(String logLevel, String... settings) {
        return new Gateway.Setup(entry("hello-go", settings), grpcOnly(), logLevel, HELLO_GO_ECHO);
    }

    /** A gateway that starts a hello-go of its own, on a Unix socket. */
    Gateway.Setup withCommand() {
        String entry = "  - {name: hello-go, type: grpc, command: [\"" + checkout.helloGo() + "\"]}\n";
        return new Gateway.Setup(entry, grpcOnly(), "info", HELLO_GO_ECHO);
    }

    /** An entry of providers.yaml for {@link #helloGo}. */
    String entry(String name, String... settings) {
        StringBuilder entry = new StringBuilder("  - {name: ")
                .append(name)
                .append(", type: grpc, address: \"")
                .append(helloGo.host())
                .append(':')
                .append(helloGo.port())
                .append('"');
        for (String setting : settings) {
            entry.append(", ").append(setting);
        }
        return entry.append("}\n").toString();
    }

    /**
     * A gateway whose providers are all in its own process.
     *
     * @param tools what to call, in turn
     */
    Gateway.Setup echoes(List<EchoJar> jars, List<String> tools) throws IOException {
        Path folder = scratch.folder("jars");
        List<Path> files = new ArrayList<>();
        for (EchoJar jar : jars) {
            files.add(jar.write(folder.resolve("bench-echo-" + jar.number() + ".jar"), checkout.benchJar()));
        }
        return new Gateway.Setup("", files, "info", tools);
    }

    List<Path> grpcOnly() {
        return List.of(checkout.grpcTransport());
    }
}
