// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAccessWarningsTest {

    private static final int NOBODY = 65_534;

    @TempDir
    Path root;

    Path folder;
    Path file;
    final List<String> warnings = new ArrayList<>();
    final FileAccessWarnings accessWarnings = new FileAccessWarnings(warnings::add);

    @BeforeEach
    void lay() throws IOException {
        root = root.toRealPath();
        folder = Files.createDirectories(root.resolve("upper/lower")); // their modes are the umask's, which may be any
        mode(root.resolve("upper"), 0_755);
        mode(folder, 0_755);
        file = Files.createFile(folder.resolve("file"));
        mode(file, 0_600);
    }

    @Test
    void nothing_is_said_of_what_only_we_may_change() {
        look();

        assertThat(warnings).isEmpty();
    }

    @Test
    void a_file_of_somebody_elses_is_named_once_however_often_it_is_looked_at() throws IOException {
        give(file, NOBODY);

        look();
        look();

        assertThat(warnings).singleElement().asString().startsWith(file + " belongs to '");
    }

    @Test
    void a_folder_of_somebody_elses_is_named() throws IOException {
        give(folder, NOBODY);

        accessWarnings.lookAtFolders(folder);

        assertThat(warnings).singleElement().asString().startsWith(folder + " belongs to '");
    }

    @Test
    void a_folder_above_that_everyone_may_write_to_is_named_once_for_all_files_below_it() throws IOException {
        Path upper = root.resolve("upper");
        mode(upper, 0_777);

        look();
        accessWarnings.lookAtFolders(folder);
        accessWarnings.lookAtFolders(Files.createFile(folder.resolve("other")));

        assertThat(warnings).singleElement().asString().startsWith("everyone may write to the folder " + upper + " ");
    }

    @Test
    void a_file_that_everyone_may_write_to_is_named() throws IOException {
        mode(file, 0_602);

        look();

        assertThat(warnings).singleElement().asString().startsWith("everyone may write to " + file + " ");
    }

    @Test
    void a_sticky_folder_above_is_fine() throws IOException {
        mode(root.resolve("upper"), 0_1777);

        look();

        assertThat(warnings).isEmpty();
    }

    @Test
    void a_link_is_judged_by_where_it_lies_and_by_where_it_leads() throws IOException {
        Path shared = Files.createDirectory(root.resolve("shared"));
        Path link = Files.createSymbolicLink(shared.resolve("link"), file);
        mode(shared, 0_777);
        mode(folder, 0_777);

        accessWarnings.lookAtFolders(link);

        assertThat(warnings)
                .hasSize(2)
                .anyMatch(line -> line.contains(" folder " + shared + " "))
                .anyMatch(line -> line.contains(" folder " + folder + " "));
    }

    @Test
    void a_secret_that_everyone_may_read_is_named() throws IOException {
        mode(file, 0_644);

        look();

        assertThat(warnings).singleElement().asString().startsWith("everyone may read the private key " + file + ":");
    }

    @Test
    void a_secret_for_the_group_is_fine() throws IOException {
        mode(file, 0_640);

        look();

        assertThat(warnings).isEmpty();
    }

    @Test
    void nothing_is_said_of_what_is_not_there() {
        file = folder.resolve("absent");

        look();

        assertThat(warnings).isEmpty();
    }

    @Test
    void nothing_is_said_where_there_are_no_such_attributes() throws IOException {
        URI zip = URI.create("jar:" + root.resolve("plain.zip").toUri());
        try (FileSystem plain = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            file = Files.createFile(plain.getPath("/file"));

            look();
        }

        assertThat(warnings).isEmpty();
    }

    private void look() {
        accessWarnings.lookAtFolders(file);
        accessWarnings.lookAtReaders(file);
    }

    private static void mode(Path path, int mode) throws IOException {
        Files.setAttribute(path, "unix:mode", mode);
    }

    private static void give(Path path, int uid) {
        boolean isGiven = true;
        try {
            Files.setAttribute(path, "unix:uid", uid);
        } catch (IOException e) {
            isGiven = false;
        }
        assumeTrue(isGiven, "only root gives files away");
    }
}
