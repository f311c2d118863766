// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that go, by a clock of the test's. */
class FolderFilesTest {

    @TempDir
    Path folder;

    private final List<Jar> settled = new ArrayList<>();
    private final List<String> vanished = new ArrayList<>();
    private final FolderFiles files = new FolderFiles(new Events());

    @BeforeEach
    void aJarThatServes() throws IOException {
        put("before.jar");
        look(0);
        assertThat(settled).hasSize(1);
        settled.get(0).markUnfit(fault()); // read, whatever came of it
    }

    @Test
    void one_that_is_deleted_is_given_up_after_a_moment() throws IOException {
        Files.delete(folder.resolve("before.jar"));
        look(1_000);
        look(1_400);
        assertThat(vanished).isEmpty();
        look(1_500);
        assertThat(vanished).containsExactly("before.jar");
    }

    @Test
    void one_that_is_renamed_is_given_up_when_it_has_been_read_by_its_new_name() throws IOException {
        Files.move(folder.resolve("before.jar"), folder.resolve("after.jar"));
        look(1_000);
        look(6_000);
        assertThat(vanished).isEmpty();

        settled.get(1).markUnfit(fault());
        look(6_100);
        assertThat(vanished).containsExactly("before.jar");
    }

    @Test
    void one_beside_which_another_is_read_for_ever_is_given_up_all_the_same() throws IOException {
        Files.move(folder.resolve("before.jar"), folder.resolve("after.jar"));
        look(1_000);
        look(11_000);
        assertThat(vanished).containsExactly("before.jar");
    }

    @Test
    void what_came_before_or_after_keeps_nobody() throws IOException {
        put("other.jar");
        look(500);
        look(3_000);
        Files.delete(folder.resolve("before.jar"));
        look(4_000);
        look(4_500);
        assertThat(vanished).containsExactly("before.jar");
    }

    private void put(String name) throws IOException {
        Path file = Files.writeString(folder.resolve(name), name);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
    }

    private void look(long millis) {
        files.look(new DropFolder(folder).list(), MILLISECONDS.toNanos(millis));
    }

    private static PluginFault fault() {
        return new PluginFault(PluginFault.Code.DAMAGED, "it is no jar");
    }

    private final class Events implements FolderFiles.Events {

        @Override
        public void appeared(Jar jar) {}

        @Override
        public void changed(Jar jar) {}

        @Override
        public void replaced(Jar before) {}

        @Override
        public void settled(Jar jar) {
            settled.add(jar);
        }

        @Override
        public void refused(Jar jar, PluginFault why) {}

        @Override
        public void vanished(Jar last) {
            vanished.add(last.fileName());
        }
    }
}
