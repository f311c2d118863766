// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.testing.PluginJar;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What may lie in the folder, and what becomes of it. */
@Timeout(60)
class DroppedFilesTest {

    @TempDir
    Path root;

    Scene scene;

    @BeforeEach
    void set() throws IOException {
        scene = new Scene(root);
        PluginJar.of("healthy").writeTo(scene.file("healthy.jar"));
    }

    @AfterEach
    void the_healthy_neighbour_is_live() {
        try (Scene closing = scene) {
            closing.expectLive("healthy.jar");
        }
    }

    @Test
    void a_good_jar_goes_live_with_its_id_and_version() {
        PluginFile file = scene.expectLive("healthy.jar");

        assertThat(file.id()).contains("healthy");
        assertThat(file.version()).contains("1.0.0");
        assertThat(scene.live).extracting(LivePlugin::id).containsExactly("healthy");
        assertThat(LoggedLines.all())
                .extracting(LoggedLines.Line::message)
                .contains("plugin healthy.jar inspected", "plugin healthy.jar live");
    }

    @Test
    void an_empty_file_is_refused() throws IOException {
        old(Files.createFile(scene.file("empty.jar")));

        scene.expect("empty.jar", State.REFUSED, "EMPTY");
    }

    @Test
    void a_file_that_is_not_a_zip_is_refused() throws IOException {
        old(Files.writeString(scene.file("text.jar"), "hello, I am no jar"));

        scene.expect("text.jar", State.REFUSED, "NOT_A_ZIP");
    }

    @Test
    void a_truncated_jar_is_refused_wherever_it_was_cut() throws IOException {
        byte[] whole = PluginJar.of("cut").bytes();
        Random random = new Random(20261122);
        for (int i = 0; i < 20; i++) {
            int length = 10 + random.nextInt(whole.length - 10);
            old(Files.write(scene.file("cut-" + i + ".jar"), Arrays.copyOf(whole, length)));
        }

        for (int i = 0; i < 20; i++) {
            scene.expect("cut-" + i + ".jar", State.REFUSED, "DAMAGED");
        }
    }

    @Test
    void a_jar_with_a_hole_of_zeroes_is_refused_by_its_checksums() throws IOException {
        byte[] text = "all work and no play".repeat(5_000).getBytes(StandardCharsets.UTF_8);
        byte[] whole = stored("holes", text);
        for (int i = 0; i < 16; i++) {
            byte[] holed = whole.clone();
            int from = 200 + i * 5_000;
            Arrays.fill(holed, from, from + 512, (byte) 0);
            old(Files.write(scene.file("hole-" + i + ".jar"), holed));
        }

        for (int i = 0; i < 16; i++) {
            scene.expect("hole-" + i + ".jar", State.REFUSED, "DAMAGED");
        }
    }

    @Test
    void an_entry_that_climbs_out_of_the_jar_is_refused_and_nothing_is_written_there() {
        PluginJar.of("climber").entry("../../evil.txt", "x").writeTo(scene.file("climber.jar"));
        PluginJar.of("rooted").entry("/etc/evil.txt", "x").writeTo(scene.file("rooted.jar"));
        PluginJar.of("dos").entry("a\\..\\b", "x").writeTo(scene.file("dos.jar"));

        scene.expect("climber.jar", State.REFUSED, "UNSAFE_ENTRY");
        scene.expect("rooted.jar", State.REFUSED, "UNSAFE_ENTRY");
        scene.expect("dos.jar", State.REFUSED, "UNSAFE_ENTRY");
        assertThat(root.resolve("evil.txt")).doesNotExist();
        assertThat(root.resolveSibling("evil.txt")).doesNotExist();
    }

    @Test
    @Tag("slow")
    void a_zip_bomb_of_four_gigabytes_is_refused_without_unpacking_it() throws IOException {
        bomb(scene.file("bomb.jar"), 8, 512L << 20);
        long before = System.nanoTime();

        scene.expect("bomb.jar", State.REFUSED, "TOO_LARGE");

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        assertThat(stagedFiles()).noneMatch(name -> name.endsWith(".tmp"));
    }

    @Test
    void a_zip_bomb_that_lies_about_its_size_is_stopped_at_what_it_declared() throws IOException {
        Path file = scene.file("liar.jar");
        bomb(file, 1, 64L << 20);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int index = buffer.getInt(bytes.length - 22 + 16);
        buffer.putInt(index + 24, 1_000);
        old(Files.write(file, bytes));

        scene.expect("liar.jar", State.REFUSED, "DAMAGED");
    }

    @Test
    void a_jar_with_too_many_entries_is_refused() throws IOException {
        Path file = scene.file("many.jar");
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            for (int i = 0; i < 65_600; i++) {
                zip.putNextEntry(new ZipEntry(Integer.toString(i)));
            }
        }
        old(file);

        scene.expect("many.jar", State.REFUSED, "TOO_LARGE");
    }

    @Test
    void a_symbolic_link_out_of_the_folder_is_refused() throws IOException {
        Path outside = PluginJar.of("outside").writeTo(root.resolve("outside.jar"));
        Files.createSymbolicLink(scene.file("out.jar"), outside);
        Files.createSymbolicLink(scene.file("nowhere.jar"), root.resolve("nothing.jar"));
        Files.createSymbolicLink(scene.file("loop.jar"), scene.file("loop.jar"));

        scene.expect("out.jar", State.REFUSED, "LINK_LEAVES_FOLDER");
        scene.expect("nowhere.jar", State.REFUSED, "LINK_LEAVES_FOLDER");
        scene.expect("loop.jar", State.REFUSED, "LINK_LEAVES_FOLDER");
    }

    @Test
    void a_symbolic_link_within_the_folder_is_followed() throws IOException {
        Path versioned = PluginJar.of("linked").writeTo(scene.file("linked-1.0.0.bin"));
        Files.createSymbolicLink(scene.file("linked.jar"), versioned);

        scene.expectLive("linked.jar");
    }

    @Test
    void folders_and_pipes_are_refused_without_waiting_for_them() throws IOException, InterruptedException {
        Files.createDirectory(scene.file("folder.jar"));
        assumeThat(new ProcessBuilder("mkfifo", scene.file("pipe.jar").toString())
                        .start()
                        .waitFor())
                .isZero();

        scene.expect("folder.jar", State.REFUSED, "NOT_A_FILE");
        scene.expect("pipe.jar", State.REFUSED, "NOT_A_FILE");
    }

    @Test
    void a_file_that_may_not_be_read_is_refused() throws IOException {
        Path file = PluginJar.of("secret").writeTo(scene.file("secret.jar"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(file)).as("root reads everything").isFalse();

        scene.expect("secret.jar", State.REFUSED, "UNREADABLE");
    }

    @Test
    void a_file_that_everyone_may_write_to_is_refused() throws IOException {
        Path file = PluginJar.of("open").writeTo(scene.file("open.jar"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));

        scene.expect("open.jar", State.REFUSED, "WRITABLE_BY_ALL");
    }

    @Test
    void files_that_look_like_plugins_are_shown_as_ignored_and_others_are_not_shown() throws IOException {
        Files.writeString(scene.file("README.md"), "drop jars here");
        Files.writeString(scene.file(".hidden.jar"), "rsync writes such");
        Files.writeString(scene.file("plugin.zip"), "x");
        Files.writeString(scene.file("LOUD.JAR"), "x");
        Files.writeString(scene.file("half.jar.part"), "x");

        PluginFolder folder = scene.boot();

        assertThat(folder.files())
                .extracting(file -> file.file().getFileName() + " " + file.state())
                .containsExactly("LOUD.JAR IGNORED", "half.jar.part IGNORED", "healthy.jar LIVE", "plugin.zip IGNORED");
    }

    @Test
    @Tag("slow")
    void a_half_copied_jar_is_left_alone_until_it_stops_growing() throws Exception {
        byte[] whole = stored("slow", new byte[40_000]);
        Path file = Files.createFile(scene.file("slow.jar"));
        Thread copier = Thread.ofPlatform().daemon().start(() -> copySlowly(whole, file));
        try {
            scene.expectLive("slow.jar");
        } finally {
            copier.join();
        }
        assertThat(Files.size(file)).isEqualTo(whole.length);
    }

    @Test
    @Tag("slow")
    void a_jar_that_never_stops_growing_is_refused_and_holds_up_nobody() throws Exception {
        scene.limit = Duration.ofSeconds(3);
        Path file = Files.createFile(scene.file("endless.jar"));
        Thread writer = Thread.ofPlatform().daemon().start(() -> append(file));
        long begin = System.nanoTime();
        try {
            scene.boot();
        } finally {
            writer.interrupt();
            writer.join();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
        scene.expect("endless.jar", State.REFUSED, "STILL_CHANGING");
    }

    @Test
    void a_jar_dropped_by_rename_a_moment_ago_is_taken() throws IOException {
        Path elsewhere =
                Files.write(root.resolve("fresh.tmp"), PluginJar.of("fresh").bytes());
        Files.move(elsewhere, scene.file("fresh.jar"));

        scene.expectLive("fresh.jar");
    }

    private List<String> stagedFiles() throws IOException {
        try (var files = Files.list(scene.work.resolve("staged"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    static Path old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        return file;
    }

    /** A plugin with a large entry that was not compressed. */
    private static byte[] stored(String id, byte[] content) throws IOException {
        byte[] plugin = PluginJar.of(id).bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out);
                ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(plugin))) {
            ZipEntry big = new ZipEntry("big.bin");
            CRC32 crc = new CRC32();
            crc.update(content);
            big.setMethod(ZipEntry.STORED);
            big.setSize(content.length);
            big.setCrc(crc.getValue());
            zip.putNextEntry(big);
            zip.write(content);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                zip.putNextEntry(new ZipEntry(entry.getName()));
                in.transferTo(zip);
            }
        }
        return out.toByteArray();
    }

    private static void bomb(Path file, int entries, long size) throws IOException {
        byte[] zeroes = new byte[1 << 20];
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            zip.setLevel(Deflater.BEST_SPEED);
            for (int i = 0; i < entries; i++) {
                zip.putNextEntry(new ZipEntry("zeroes-" + i));
                for (long written = 0; written < size; written += zeroes.length) {
                    zip.write(zeroes);
                }
            }
        }
        old(file);
    }

    private static void copySlowly(byte[] bytes, Path to) {
        try (OutputStream out = Files.newOutputStream(to)) {
            int piece = bytes.length / 8 + 1;
            for (int from = 0; from < bytes.length; from += piece) {
                out.write(bytes, from, Math.min(piece, bytes.length - from));
                out.flush();
                TimeUnit.MILLISECONDS.sleep(300); // longer than the time between two looks
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void append(Path to) {
        try {
            while (!Thread.interrupted()) {
                Files.writeString(to, "more", StandardOpenOption.APPEND);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            // done
        }
    }
}
