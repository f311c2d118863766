// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code bin/mcp-gateway} as an MCP client starts it, with a session that is initialized. */
final class Gateway implements Subject {

    private static final byte[] INITIALIZE = Session.request(
            "initialize",
            "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                    + "\"clientInfo\":{\"name\":\"mcp-gateway-bench\",\"version\":\"1\"}}");
    private static final Duration START = Duration.ofSeconds(30);
    private static final String TOOL = "\"inputSchema\":";
    private static final Pattern DURATION = Pattern.compile("\"duration_ms\":([0-9.]+)");
    private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");
    private static final Pattern NEXT_CURSOR = Pattern.compile("\"nextCursor\":\"([^\"]+)\"");

    /**
     * How it is started.
     *
     * @param providers the entries under {@code providers:}, YAML; empty where plugins bring all there is
     * @param plugins jars for its plugin folder
     * @param logLevel as in {@code MCP_GATEWAY_LOG_LEVEL}
     * @param tools what to call, in turn
     */
    record Setup(String providers, List<Path> plugins, String logLevel, List<String> tools) {}

    private final Scratch scratch;
    private final Process process;
    private final Session session;
    private final List<String> tools;
    private final long begin;
    private final double initializedMillis;
    private final double listedMillis;
    private final int listedTools;

    private Gateway(Scratch scratch, Process process, List<String> tools, long begin) throws IOException {
        this.scratch = scratch;
        this.process = process;
        this.tools = tools;
        this.begin = begin;
        session = new Session(process.getInputStream(), process.getOutputStream());
        try {
            session.ask(INITIALIZE);
            initializedMillis = (System.nanoTime() - begin) / 1e6;
            session.notify("notifications/initialized");
            listedTools = awaitTools();
            listedMillis = (System.nanoTime() - begin) / 1e6;
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "\n" + scratch.lastWords(), e);
        }
    }

    /** The first list has them, or waited for them as long as the gateway lets a list wait: then a later one has. */
    private int awaitTools() throws IOException {
        while (true) {
            String page = session.ask(list(""));
            if (page.contains('"' + tools.getFirst() + '"')) {
                return count(page, TOOL);
            }
            checkPatience("no list has " + tools.getFirst());
        }
    }

    private void checkPatience(String what) throws IOException {
        if (System.nanoTime() - begin > START.toNanos()) {
            throw new IOException(what + " within " + START.toSeconds() + " s");
        }
    }

    /** Returns when the tools have been listed. */
    static Gateway start(Setup setup, Checkout checkout, Scratch scratch) throws IOException {
        Path folder = scratch.folder("gateway");
        return start(configured(setup, folder), setup, checkout, scratch);
    }

    /** Writes a configuration and its plugin folder, to be started from as often as wanted. */
    static Path configured(Setup setup, Path folder) throws IOException {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        for (Path jar : setup.plugins()) {
            Files.copy(jar, plugins.resolve(jar.getFileName()));
        }
        String providers = setup.providers().isEmpty() ? " []\n" : "\n" + setup.providers();
        return Files.writeString(
                folder.resolve("providers.yaml"),
                "providers:" + providers + "gateway: {pluginsDir: plugins, workDir: work}\n");
    }

    /** As {@link #start(Setup, Checkout, Scratch)}, from a configuration that is there already. */
    static Gateway start(Path configuration, Setup setup, Checkout checkout, Scratch scratch) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(checkout.launcher().toString(), "--config", configuration.toString(), "stdio");
        builder.environment().put("MCP_GATEWAY_JAVA_HOME", Checkout.javaHome().toString());
        builder.environment().put("MCP_GATEWAY_LOG_LEVEL", setup.logLevel());
        long begin = System.nanoTime();
        return new Gateway(scratch, scratch.start("gateway", builder), setup.tools(), begin);
    }

    /** From the start of the launcher to the answer to {@code initialize}. */
    double initializedMillis() {
        return initializedMillis;
    }

    /** From the start of the launcher to the answer to {@code tools/list}. */
    double listedMillis() {
        return listedMillis;
    }

    /** From the start of the launcher to a list with so many tools: the first, where that one had them. */
    double listedMillis(int count) throws IOException {
        if (listedTools == count) {
            return listedMillis;
        }
        while (listAll() != count) {
            checkPatience("no list has " + count + " tools");
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    Process process() {
        return process;
    }

    @Override
    public Sample call(Load load) throws IOException {
        return call(load, tools);
    }

    /** The same gateway for one that calls so many of its tools only, spread over all of them. */
    Subject callingOnly(int count) {
        List<String> few = IntStream.range(0, count)
                .mapToObj(number -> tools.get((int) ((long) number * tools.size() / count)))
                .toList();
        return new Subject() {
            @Override
            public Sample call(Load load) throws IOException {
                return Gateway.this.call(load, few);
            }

            @Override
            public void close() {
                Gateway.this.close();
            }
        };
    }

    private Sample call(Load load, List<String> tools) throws IOException {
        byte[][] requests = tools.stream().map(tool -> echo(tool, load.bytes())).toArray(byte[][]::new);
        long[] nanos = new long[load.calls()];
        long before = Footprint.cpuNanos(process);
        long elapsed;
        try {
            elapsed = session.run(requests, Math.max(1, load.inFlight()), nanos);
        } catch (IOException e) {
            throw new IOException(e.getMessage() + "\n" + scratch.lastWords(), e);
        }
        long cpu = Footprint.cpuNanos(process) - before;
        Arrays.sort(nanos);
        return new Sample(load.calls(), elapsed, nanos[nanos.length / 2], nanos[nanos.length * 99 / 100], cpu);
    }

    /** Whether a short echo of that tool comes back; it fails for instance where nobody has such a tool. */
    boolean answers(String tool) throws IOException {
        String reply = session.ask(echo(tool, Load.SHORT));
        return reply.contains("\"result\":") && !reply.contains("\"isError\":true");
    }

    /** The text that a tool without arguments returns. */
    String ask(String tool) throws IOException {
        String reply = session.ask(Session.request("tools/call", "{\"name\":\"" + tool + "\",\"arguments\":{}}"));
        Matcher text = TEXT.matcher(reply);
        if (!text.find()) {
            throw new IOException("not a text: " + reply);
        }
        return text.group(1);
    }

    /** How long each call took that is in its log, from arrival to outcome; the last may not be there yet. */
    List<Double> loggedMicros() throws IOException {
        try (Stream<String> lines = Files.lines(scratch.log(process), StandardCharsets.ISO_8859_1)) {
            return lines.map(DURATION::matcher)
                    .filter(Matcher::find)
                    .map(duration -> Double.parseDouble(duration.group(1)) * 1e3)
                    .toList();
        }
    }

    /**
     * Reads the whole list, page by page.
     *
     * @return how many tools are in it
     */
    int listAll() throws IOException {
        int count = 0;
        String page = session.ask(list(""));
        while (true) {
            count += count(page, TOOL);
            Matcher next = NEXT_CURSOR.matcher(page.substring(Math.max(0, page.length() - 2_000)));
            if (!next.find()) {
                return count;
            }
            page = session.ask(list("\"cursor\":\"" + next.group(1) + "\""));
        }
    }

    /** The AOT cache that the JVM runs with, if it does. */
    Optional<String> aotCache() throws IOException {
        for (String argument : process.toHandle().info().arguments().orElse(new String[0])) {
            if (argument.startsWith("-XX:AOTCache=")) {
                String file = argument.substring("-XX:AOTCache=".length());
                return Footprint.hasMapped(process, file) ? Optional.of(file) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        Exit.await(process);
    }

    private static byte[] list(String params) {
        return Session.request("tools/list", "{" + params + "}");
    }

    private static byte[] echo(String tool, int bytes) {
        String message = "x".repeat(bytes - Load.SMALLEST);
        return Session.request(
                "tools/call", "{\"name\":\"" + tool + "\",\"arguments\":{\"message\":\"" + message + "\"}}");
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }
}
