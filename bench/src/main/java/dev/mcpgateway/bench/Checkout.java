// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Where a built checkout keeps what is measured.
 *
 * @param home the folder that has {@code bin/mcp-gateway}
 */
record Checkout(Path home) {

    Path launcher() {
        return home.resolve("bin/mcp-gateway");
    }

    Path helloGo() {
        return home.resolve("providers/hello-go/bin/hello-go");
    }

    Path grpcTransport() {
        return home.resolve("plugins-dir/grpc-transport.jar");
    }

    Path results() {
        return home.resolve("bench/results");
    }

    /** Of this JVM, on which everything else runs too. */
    static Path javaHome() {
        return Path.of(System.getProperty("java.home"));
    }

    /** @param program e.g. {@code java} */
    static String jdk(String program) {
        return javaHome().resolve("bin").resolve(program).toString();
    }

    /** The jar of the bench alone. */
    Path benchJar() {
        return home.resolve("bench/target/lib/bench.jar");
    }

    /** The class path of the bare client. */
    String bareClientClassPath() throws IOException {
        try (var jars = Files.list(home.resolve("bench/target/lib"))) {
            return String.join(
                    File.pathSeparator,
                    jars.filter(jar -> jar.toString().endsWith(".jar"))
                            .sorted()
                            .map(Path::toString)
                            .toList());
        }
    }

    /**
     * The options that the launcher gives to a JVM, apart from those that are about the gateway's own files. Asked of the
     * launcher itself: it runs whatever {@code java} it is told to, and this one writes its arguments into a file: standard output is the protocol's.
     */
    List<String> jvmOptions(Path folder) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Files.copy(javaHome().resolve("release"), folder.resolve("release"));
        Path java = Files.writeString(bin.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"${0%/*}/arguments\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder builder = new ProcessBuilder(launcher().toString(), "stdio");
        builder.environment().put("MCP_GATEWAY_JAVA_HOME", folder.toString());
        builder.environment().remove("MCP_GATEWAY_JAVA_OPTS");
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getInputStream().readAllBytes(); // until it has ended
        Path written = bin.resolve("arguments");
        List<String> arguments = Files.exists(written) ? Files.readAllLines(written) : List.of();
        int classPath = arguments.indexOf("-cp");
        if (classPath < 0) {
            throw new IOException(launcher() + " does not start a JVM with -cp: " + arguments);
        }
        return arguments.subList(0, classPath).stream()
                .filter(option -> !option.startsWith("-XX:AOT") && !option.startsWith("-Dmcpgateway."))
                .toList();
    }
}
