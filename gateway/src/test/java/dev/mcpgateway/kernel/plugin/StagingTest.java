// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where plugins are really loaded from. */
@Timeout(60)
class StagingTest {

    @TempDir
    Path root;

    Scene scene;

    @BeforeEach
    void set() throws IOException {
        scene = new Scene(root);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void a_jar_is_loaded_from_a_private_copy_named_by_its_SHA_256() throws IOException {
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        scene.expectLive("acme.jar");

        assertThat(staged(".jar"))
                .singleElement()
                .satisfies(copy -> assertThat(copy.getFileName().toString()).matches("[0-9a-f]{64}\\.jar"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.work.resolve("staged"))))
                .isEqualTo("rwx------");
        assertThat(staged(".tmp")).isEmpty();
    }

    @Test
    void deleting_or_overwriting_the_dropped_file_hurts_no_running_plugin() throws Exception {
        Path file = PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        scene.boot();
        Files.writeString(file, "overwritten in place");
        Files.delete(file);

        Provider provider = scene.open(new FakeProviderContext());
        var result = provider.callTool("echo.v1", Json.of(Map.of("a", 1)), FakeCall.inNoHurry())
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);

        assertThat(result.json().orElseThrow()).hasToString("{\"a\":1}");
    }

    @Test
    void an_unchanged_file_is_not_read_again_at_the_next_start() throws IOException {
        Path file = PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        scene.boot();
        byte[] bytes = Files.readAllBytes(file);
        FileTime time = Files.getLastModifiedTime(file);
        bytes[bytes.length / 2] ^= 1; // only who reads it can tell
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, time);

        scene.boot();

        scene.expectLive("acme.jar");
    }

    @Test
    void a_changed_file_is_read_again_at_the_next_start() throws IOException {
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        scene.boot();
        Path file = PluginJar.of("acme").version("2.0.0").writeTo(scene.file("acme.jar"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(30)));

        scene.boot();

        assertThat(scene.expectLive("acme.jar").version()).contains("2.0.0");
    }

    @Test
    @Tag("slow")
    void a_copy_that_went_away_is_made_again() throws IOException {
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        scene.boot().close();
        Files.delete(staged(".jar").getFirst());

        scene.boot();

        scene.expectLive("acme.jar");
    }

    @Test
    void copies_of_files_that_are_gone_are_deleted_after_a_while() throws IOException {
        Path file = PluginJar.of("gone").writeTo(scene.file("gone.jar"));
        scene.boot().close();
        Files.delete(file);
        for (Path each : staged("")) {
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofMinutes(11))));
        }
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));

        scene.boot();

        scene.expectLive("acme.jar");
        assertThat(staged(".jar")).hasSize(1);
        assertThat(staged(".origin")).hasSize(1);
    }

    @Test
    void where_the_work_folder_cannot_be_made_a_temporary_one_is_used_and_deleted_at_the_end() throws IOException {
        Files.writeString(scene.work, "in the way");
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));
        List<Path> before = temporaryFolders();

        scene.expectLive("acme.jar");

        assertThat(temporaryFolders()).hasSize(before.size() + 1);
        scene.close();
        assertThat(temporaryFolders()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void a_read_only_work_folder_does_not_stop_the_start() throws IOException {
        Files.createDirectories(scene.work);
        Files.setPosixFilePermissions(scene.work, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeThat(Files.isWritable(scene.work)).as("root writes everywhere").isFalse();
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));

        scene.expectLive("acme.jar");
    }

    @Test
    void a_staging_folder_that_others_could_enter_is_closed_to_them() throws IOException {
        Path staged = Files.createDirectories(scene.work.resolve("staged"));
        Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rwxrwxrwx"));
        PluginJar.of("acme").writeTo(scene.file("acme.jar"));

        scene.expectLive("acme.jar");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(staged)))
                .isEqualTo("rwx------");
    }

    @Test
    @Tag("slow")
    void two_gateways_may_start_on_the_same_folders_at_once() throws Exception {
        for (int i = 0; i < 8; i++) {
            PluginJar.of("shared-" + i).writeTo(scene.file("shared-" + i + ".jar"));
        }
        try (Scene other = new Scene(root)) {
            Thread second = Thread.ofPlatform().daemon().start(other::boot);
            scene.boot();
            second.join();
            for (int i = 0; i < 8; i++) {
                scene.expectLive("shared-" + i + ".jar");
                other.expectLive("shared-" + i + ".jar");
            }
        }
        assertThat(scene.boot().files()).allMatch(file -> file.state() == State.LIVE);
    }

    private List<Path> staged(String suffix) throws IOException {
        try (var files = Files.list(scene.work.resolve("staged"))) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private static List<Path> temporaryFolders() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("mcp-gateway-staged-"))
                    .toList();
        }
    }
}
