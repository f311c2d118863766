// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationWatchTest {

    private static final Duration IN_FORCE = Duration.ofSeconds(5);

    private final List<String> told = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    private Path file = Path.of("providers.yaml");
    private @Nullable ConfigurationWatch watch;

    @BeforeEach
    void name() {
        file = folder.resolve("providers.yaml");
    }

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
    }

    @Test
    void a_file_that_is_replaced_by_a_rename_is_told() throws Exception {
        write(of("one"));
        begin();
        Path next = folder.resolve(".providers.yaml.swp");
        Files.writeString(next, of("two"));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        awaitTold("changed: two");
    }

    @Test
    void a_file_that_is_overwritten_in_place_with_the_same_size_and_time_is_told() throws Exception {
        write(of("one"));
        begin();
        FileTime time = Files.getLastModifiedTime(file);
        write(of("two"));
        Files.setLastModifiedTime(file, time);
        awaitTold("changed: two");
    }

    @Test
    void a_folder_that_a_symbolic_link_is_turned_to_is_told() throws Exception {
        for (String each : List.of("one", "two")) {
            Path version = Files.createDirectory(folder.resolve("..version-" + each));
            Files.writeString(version.resolve("providers.yaml"), of(each));
        }
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..version-one"));
        Files.createSymbolicLink(file, Path.of("..data", "providers.yaml"));
        begin();
        Path next = Files.createSymbolicLink(folder.resolve("..data-next"), Path.of("..version-two"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        awaitTold("changed: two");
    }

    @Test
    @Tag("slow")
    void a_mistake_is_told_once_and_so_is_its_end() throws Exception {
        write(of("one"));
        begin();
        write("providers: nonsense\n");
        await().atMost(IN_FORCE).until(() -> told.size() == 1);
        assertThat(told.getFirst()).startsWith("refused: " + file + ":1:12: ").contains("'providers'");
        Files.setLastModifiedTime(file, FileTime.fromMillis(0)); // touched, and as wrong as before
        Path other = folder.resolve("other");
        Files.writeString(other, of("one"));
        awaitTwoLooks();
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
        await().atMost(IN_FORCE).until(() -> told.size() == 2);
        assertThat(told.getLast()).isEqualTo("restored");
    }

    @Test
    @Tag("slow")
    void a_file_that_goes_is_a_mistake_and_one_that_comes_back_is_not() throws Exception {
        write(of("one"));
        begin();
        Files.delete(file);
        await().atMost(IN_FORCE).until(() -> told.size() == 1);
        assertThat(told.getFirst()).startsWith("refused: " + file + ": does not exist");
        write(of("two"));
        await().atMost(IN_FORCE).until(() -> told.size() == 2);
        assertThat(told.getLast()).isEqualTo("changed: two");
    }

    @Test
    @Tag("slow")
    void a_file_that_is_being_written_is_left_alone_until_it_is_whole() throws Exception {
        write(of("one"));
        begin();
        String text = of("two") + "# a comment that takes its time: " + "x".repeat(200) + "\n";
        Files.write(file, new byte[0]);
        int step = text.length() / 25;
        int[] written = {0};
        await().pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    int end = Math.min(written[0] + step, text.length());
                    Files.writeString(file, text.substring(written[0], end), StandardOpenOption.APPEND);
                    written[0] = end;
                    return end == text.length();
                });
        await().atMost(IN_FORCE).until(() -> !told.isEmpty());
        assertThat(told).containsExactly("changed: two");
    }

    @Test
    void what_changed_before_the_watch_began_is_told() throws Exception {
        write(of("one"));
        Configuration running = Configuration.load(file, Map.of());
        write(of("two"));
        begin(running);
        awaitTold("changed: two");
    }

    /** Long enough for two equal observations. */
    private static void awaitTwoLooks() {
        await().pollDelay(Duration.ofMillis(2_500)).until(() -> true);
    }

    private void awaitTold(String line) {
        await().atMost(IN_FORCE).until(() -> !told.isEmpty());
        assertThat(told).containsExactly(line);
    }

    private void begin() throws ConfigurationException {
        begin(Configuration.load(file, Map.of()));
    }

    private void begin(Configuration running) {
        watch = ConfigurationWatch.start(running, Map.of(), new ConfigurationWatch.Listener() {
            @Override
            public void changed(Configuration now) {
                told.add("changed: " + now.providers().getFirst().name());
            }

            @Override
            public void restored() {
                told.add("restored");
            }

            @Override
            public void refused(String text) {
                told.add("refused: " + text);
            }
        });
    }

    private void write(String text) throws IOException {
        Files.writeString(file, text);
    }

    private static String of(String provider) {
        return "providers:\n  - {name: " + provider + ", type: test, address: \"localhost:1\"}\n";
    }
}
