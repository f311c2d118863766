// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.process.ProviderProcess.Command;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that writes much is read to the end, and not all of it is looked at. */
@Timeout(60)
class OutputDrainTest {

    private static final int LINE = 1_000;
    private static final Pattern SKIPPED = Pattern.compile(
            "skipped ([0-9]+) bytes of its output: past 1000000 bytes a second lines are left out; make it write less");

    @TempDir
    Path folder;

    @Test
    @Tag("slow")
    void a_process_that_writes_all_the_time_is_drained_and_most_of_it_is_skipped(TestReporter reporter)
            throws Exception {
        int lines = 200_000;
        LoggedLines.forget();
        long begin = System.nanoTime();
        run("(yes " + "x".repeat(LINE - 1) + " | head -n " + lines / 2 + " >&2) & " + "yes " + "x".repeat(LINE - 1)
                + " | head -n " + lines / 2 + "; wait; echo > done");
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        await().atMost(Duration.ofSeconds(10)).until(() -> relayed() * LINE + skipped() == (long) lines * LINE);
        reporter.publishEntry("200,000,000 bytes were drained in " + took + ", lines that were logged", "" + relayed());
        assertThat(took).isLessThan(Duration.ofSeconds(20)); // 10 MB a second
        long seconds = took.toSeconds() + 2; // begun, and how a second of theirs lies in ours
        assertThat(relayed())
                .isBetween(500L, 2_000 + seconds * 1_100); // two seconds' worth at once, and as many a second
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.message().contains("skipped"))
                .hasSizeLessThanOrEqualTo((int) seconds + 2);
    }

    @Test
    void a_process_that_writes_less_loses_nothing() throws Exception {
        int lines = 500;
        LoggedLines.forget();
        run("yes " + "x".repeat(LINE - 1) + " | head -n " + lines + "; echo > done");
        await().atMost(Duration.ofSeconds(10)).until(() -> relayed() == lines);
        assertThat(skipped()).isZero();
    }

    private void run(String script) throws Exception {
        RunFile runFile = new RunFile(folder, folder.resolve("providers.yaml"), folder.resolve("plugins-dir"));
        try (SocketFolder sockets = SocketFolder.create()) {
            Command command = new Command(
                    "writer", List.of("/bin/sh", "-c", script + "; cat"), Map.of(), folder, sockets.address(0));
            try (ProviderProcess process =
                    ProviderProcess.start(command, runFile, new ShutdownUrgency(), new RecordedEvents())) {
                await().atMost(Duration.ofSeconds(50)).until(() -> {
                    LoggedLines.all(); // makes room for the next
                    return Files.exists(folder.resolve("done"));
                });
            }
        } finally {
            runFile.close();
        }
    }

    private static long relayed() {
        return LoggedLines.all().stream()
                .filter(line -> line.logger().equals("provider.writer"))
                .filter(line -> line.message().equals("x".repeat(LINE - 1)))
                .count();
    }

    private static long skipped() {
        return LoggedLines.all().stream()
                .map(line -> SKIPPED.matcher(line.message()))
                .filter(Matcher::matches)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }
}
