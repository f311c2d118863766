// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A temporary folder and the processes that work in it. Both go when this is closed, or when the bench is interrupted. */
final class Scratch implements AutoCloseable {

    private static final Pattern WARNING =
            Pattern.compile("\"level\":\"(?:WARN|ERROR)\".*\"message\":\"((?:[^\"\\\\]|\\\\.)*)");

    private final Path folder;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final Map<Process, Path> logs = new LinkedHashMap<>();
    private final Map<String, Integer> warnings = new LinkedHashMap<>();
    private final Thread hook = new Thread(this::clear, "bench-scratch");

    private Scratch(Path folder) {
        this.folder = folder;
    }

    static Scratch create() throws IOException {
        Scratch scratch = new Scratch(Files.createTempDirectory("mcp-gateway-bench-"));
        Runtime.getRuntime().addShutdownHook(scratch.hook);
        return scratch;
    }

    Path folder() {
        return folder;
    }

    /** A new folder in the folder. */
    Path folder(String prefix) throws IOException {
        return Files.createTempDirectory(folder, prefix);
    }

    /** Starts a process whose standard error goes to a log file of its own. */
    Process start(String name, ProcessBuilder builder) throws IOException {
        Path log = Files.createTempFile(folder, name + "-", ".log");
        Process process = builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        logs.put(process, log);
        processes.add(process);
        process.onExit().thenRun(() -> processes.remove(process));
        return process;
    }

    /** What a process that was started here writes to its standard error. */
    Path log(Process process) {
        return Objects.requireNonNull(logs.get(process), "started elsewhere");
    }

    /**
     * What was warned of until the logs were last emptied, in the order of the first time: message and how often. A gateway
     * that warns may work in another way than the one that is to be measured.
     */
    Map<String, Integer> warnings() {
        return warnings;
    }

    private void collectWarnings(Path log) throws IOException {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            lines.map(WARNING::matcher)
                    .filter(Matcher::find)
                    .forEach(warning -> warnings.merge(warning.group(1), 1, Integer::sum));
        }
    }

    /** Empties the logs, which a million calls would make larger than a disk may have room for. */
    void emptyLogs() throws IOException {
        for (Path log : logs.values()) {
            collectWarnings(log);
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }

    /** The last lines that any process logged, for whoever has to find out why it ended. */
    String lastWords() {
        StringBuilder words = new StringBuilder();
        for (Path log : logs.values()) {
            try {
                List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
                lines.subList(Math.max(0, lines.size() - 5), lines.size())
                        .forEach(line -> words.append(log.getFileName())
                                .append(": ")
                                .append(line)
                                .append('\n'));
            } catch (IOException unreadable) {
                words.append(log.getFileName()).append(": unreadable\n");
            }
        }
        return words.toString();
    }

    @Override
    public void close() {
        clear();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void clear() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
