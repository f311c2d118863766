// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One run of a gateway's command under strace: the internet addresses that it or a process of its asked for. Linux. */
public final class Trace {

    private static final Pattern CONNECT = Pattern.compile("connect\\(\\d+, \\{sa_family=AF_INET6?, ([^}]*)\\}");
    private static final Pattern PORT = Pattern.compile("sin6?_port=htons\\((\\d+)\\)");
    private static final Pattern HOST = Pattern.compile("\"(?:::ffff:)?([0-9a-fA-F.:]+)\"");

    private final String stdout;
    private final List<String> connections;

    private Trace(String stdout, List<String> connections) {
        this.stdout = stdout;
        this.connections = connections;
    }

    /** Whether strace is there and may trace. */
    public static boolean isAvailable() {
        try {
            Process probe = new ProcessBuilder("strace", "-f", "-qq", "-e", "trace=connect", "true")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException notInstalled) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Runs a command of the installation's gateway to its end. */
    public static Trace of(Installation installation, Path file, String... words) {
        installation.writeConfiguration();
        List<String> command = new ArrayList<>(
                List.of("strace", "-f", "-qq", "--seccomp-bpf", "-s", "200", "-e", "trace=connect", "-o"));
        command.addAll(List.of(file.toString(), Checkout.launcher().toString(), "--config"));
        command.add(installation.configurationFile().toString());
        command.addAll(List.of(words));
        try {
            Path out = file.resolveSibling(file.getFileName() + ".stdout");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(installation.cleanEnvironment());
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running under strace after 60 s");
            }
            return new Trace(Files.readString(out), connectionsIn(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** What the command wrote to stdout. */
    public String stdout() {
        return stdout;
    }

    /** {@code host:port} of every connection over the internet protocols that was asked for, in order. */
    public List<String> connections() {
        return connections;
    }

    private static List<String> connectionsIn(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file, UTF_8)) {
            return lines.map(CONNECT::matcher)
                    .filter(Matcher::find)
                    .map(connect -> first(HOST, connect.group(1)) + ":" + first(PORT, connect.group(1)))
                    .toList();
        }
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "?";
    }
}
