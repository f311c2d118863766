// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.kernel.plugin.PluginFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A file in the plugin folder of a {@link TestGateway}. Not thread-safe. */
public final class DroppedJar {

    // 10 s for the start, 10 s for discovery, and some for a machine that is busy
    private static final Duration START = Duration.ofSeconds(30);
    // a version that is replaced or removed may take 30 s to end its calls
    private static final Duration END = Duration.ofSeconds(60);
    private static final Set<String> RUNNING = Set.of("SEEN", "INSPECTED", "LIVE", "DRAINING");
    private static final Set<String> TURNED_AWAY = Set.of("REFUSED", "FAILED");

    private final TestGateway gateway;
    private final Path file;
    private TestJar jar;
    private byte[] bytes = {};
    private Instant since = Instant.MIN;

    DroppedJar(TestGateway gateway, Path file, TestJar jar) {
        this.gateway = gateway;
        this.file = file;
        this.jar = jar;
        write(jar);
    }

    /**
     * Why the gateway did not take a jar.
     *
     * @param state {@code REFUSED} or {@code FAILED}
     * @param code stable, see {@code docs/errors.md}
     * @param reason one line for people
     */
    public record Refusal(String state, String code, String reason) {}

    /**
     * Waits until the plugin is live and its providers have been asked for what they offer.
     *
     * @throws AssertionError when the gateway does not take it, with the state, the code and the reason; or after 30 s
     */
    public DroppedJar awaitLive() {
        Running running = gateway.running();
        Running.await(START, () -> isLive() || refusal().isPresent());
        if (!isLive()) {
            throw new AssertionError(refusal()
                    .map(why -> name() + " is not live, it is " + why.state + ": " + why.code + ": " + why.reason)
                    .orElseGet(() -> name() + " is not live after " + START.toSeconds() + " s: " + rows()));
        }
        live().ifPresent(row -> running.awaitDiscovery(row.offers()));
        return this;
    }

    /**
     * Waits until the gateway has turned the jar away.
     *
     * @throws AssertionError when it goes live instead, or nothing becomes of it within 30 s
     */
    public Refusal awaitRefused() {
        gateway.running();
        Running.await(START, () -> isLive() || refusal().isPresent());
        return refusal()
                .orElseThrow(() -> new AssertionError(
                        name() + " was not refused" + (isLive() ? ": it is live" : ", and is not live either")));
    }

    /** Puts another jar in its place, by renaming, as `mv` does. What is live serves until that one is. */
    public DroppedJar replace(TestJar newer) {
        write(newer);
        return this;
    }

    /**
     * Deletes the file and waits until nothing of it serves any more.
     *
     * @throws AssertionError when it still does after 60 s
     */
    public void remove() {
        gateway.aboutToChange();
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!Running.await(
                END,
                () -> rows().stream()
                        .noneMatch(row -> RUNNING.contains(row.state().name())))) {
            throw new AssertionError(
                    name() + " was removed and is not gone after " + END.toSeconds() + " s: " + rows());
        }
    }

    private void write(TestJar content) {
        gateway.aboutToChange();
        byte[] written = content.bytes();
        if (!Arrays.equals(written, bytes)) {
            since = Instant.now();
        }
        jar = content;
        bytes = written;
        Path part = file.resolveSibling("." + name() + ".part");
        try {
            Files.write(part, written);
            Files.setLastModifiedTime(
                    part, FileTime.from(Instant.now().minusSeconds(60))); // it does not change any more
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isLive() {
        return live().isPresent();
    }

    private Optional<PluginFile> live() {
        return rows().stream()
                .filter(row -> row.state() == PluginFile.State.LIVE
                        && row.version().equals(Optional.of(jar.version()))
                        && !row.since().isBefore(since))
                .findFirst();
    }

    private Optional<Refusal> refusal() {
        return rows().stream()
                .filter(row ->
                        TURNED_AWAY.contains(row.state().name()) && !row.since().isBefore(since))
                .map(row -> new Refusal(row.state().name(), row.code(), row.reason()))
                .findFirst();
    }

    private List<PluginFile> rows() {
        return gateway.running().files().stream()
                .filter(row -> row.file().getFileName().equals(file.getFileName()))
                .toList();
    }

    private String name() {
        return String.valueOf(file.getFileName());
    }
}
