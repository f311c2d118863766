// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunFileTest {

    private static final PluginState PLUGIN = new PluginState(
            "grpc \"x\".jar",
            "grpc",
            "1.0.0",
            "LIVE",
            "",
            "",
            Instant.parse("2026-11-22T10:00:00Z"),
            List.of("type grpc", "provider \"x\""),
            3);

    private static final ProviderState PROVIDER =
            new ProviderState("hello \"x\"", "grpc", "ERROR", "is stuck", Instant.parse("2026-11-22T10:00:01Z"));

    @TempDir
    Path workDir;

    @Test
    void what_a_gateway_tells_can_be_read_by_another() {
        try (RunFile file = new RunFile(workDir, Path.of("/etc/ü/providers.yaml"), Path.of("/plugins"))) {
            file.tell(List.of(PLUGIN), List.of(PROVIDER));

            assertThat(RunFile.running(workDir))
                    .containsExactly(new RunningGateway(
                            ProcessHandle.current().pid(),
                            Path.of("/etc/ü/providers.yaml"),
                            Path.of("/plugins"),
                            List.of(PLUGIN),
                            List.of(PROVIDER)));
        }
        assertThat(RunFile.running(workDir)).isEmpty();
    }

    /** It must not be taken for one that nobody understands, and be deleted under a gateway that runs. */
    @Test
    void the_file_of_a_gateway_of_an_earlier_version_is_read_too() throws IOException {
        try (RunFile file = open()) {
            file.tell(List.of(PLUGIN), List.of());
            Files.writeString(own(), Files.readString(own()).replace(",\"providers\":[]", ""));

            assertThat(RunFile.running(workDir))
                    .singleElement()
                    .satisfies(gateway -> assertThat(gateway.plugins()).containsExactly(PLUGIN));
        }
    }

    @Test
    void only_its_owner_may_read_it() throws IOException {
        try (RunFile file = open()) {
            file.tell(List.of(PLUGIN), List.of(PROVIDER));

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own())))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own().getParent())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void nothing_is_written_before_there_is_something_to_tell() {
        try (RunFile file = open()) {
            assertThat(file).isNotNull();
            assertThat(workDir.resolve("run")).doesNotExist();
        }
    }

    @Test
    void files_that_cannot_be_understood_are_removed() throws IOException {
        Path run = Files.createDirectories(workDir.resolve("run"));
        List<String> contents = List.of(
                "",
                "{",
                "null",
                "[]",
                "{\"gateway\":5}",
                "{\"gateway\":{\"pid\":\"1\",\"start\":\"x\"},\"configuration\":\"/\",\"pluginsDir\":\"/\",\"children\":[],\"plugins\":[]}",
                "{\"gateway\":{\"pid\":1,\"start\":\"x\"},\"configuration\":\"\\u0000\",\"pluginsDir\":\"/\",\"children\":[],\"plugins\":[]}",
                "{\"gateway\":{\"pid\":1e400,\"start\":\"x\"}}",
                "[".repeat(100_000),
                "\u0000".repeat(1_000_000));
        for (int i = 0; i < contents.size(); i++) {
            Files.writeString(run.resolve("%016x.json".formatted(i)), contents.get(i));
        }
        Files.writeString(run.resolve("00000000000000ff.json.half"), "{\"gatew");
        Files.writeString(run.resolve("notes.txt"), "somebody else's");

        RunFile.endOrphans(workDir);

        try (Stream<Path> left = Files.list(run)) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("notes.txt");
        }
    }

    @Test
    void a_process_that_only_has_the_pid_of_a_recorded_one_is_left_alone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            recordDeadGateway(new ProcessIdentity(stranger.pid(), "an earlier start"));

            RunFile.endOrphans(workDir);

            assertThat(stranger.isAlive()).isTrue();
            assertThat(own()).doesNotExist();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void what_somebody_else_may_have_written_is_neither_believed_nor_deleted() throws Exception {
        Process ours = new ProcessBuilder("sleep", "1000").start();
        try {
            recordDeadGateway(ProcessIdentity.of(ours.toHandle()).orElseThrow());
            Path run = own().getParent();

            Files.setPosixFilePermissions(own(), PosixFilePermissions.fromString("rw-rw-rw-"));
            RunFile.endOrphans(workDir);
            assertThat(own()).as("one that others may write to").exists();

            Files.setPosixFilePermissions(own(), PosixFilePermissions.fromString("rw-------"));
            Path elsewhere = Files.move(run, workDir.resolve("elsewhere"));
            Files.createSymbolicLink(run, elsewhere);
            RunFile.endOrphans(workDir);
            assertThat(own()).as("one behind a link").exists();

            Files.delete(run);
            Files.move(elsewhere, run);
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxrwxrwx"));
            RunFile.endOrphans(workDir);
            assertThat(own()).as("one in a folder that others may write to").exists();

            assertThat(ours.isAlive()).isTrue();
        } finally {
            ours.destroyForcibly();
        }
    }

    @Test
    void what_an_earlier_gateway_with_the_same_pid_left_is_still_ended() throws Exception {
        Process orphan = new ProcessBuilder("sleep", "1000").start();
        try {
            recordDeadGateway(ProcessIdentity.of(orphan.toHandle()).orElseThrow());
            try (RunFile file = open()) {
                file.tell(List.of(PLUGIN), List.of(PROVIDER));

                RunFile.endOrphans(workDir);

                assertThat(orphan.waitFor()).isNotZero();
                assertThat(RunFile.running(workDir)).hasSize(1);
            }
            try (Stream<Path> left = Files.list(workDir.resolve("run"))) {
                assertThat(left).isEmpty();
            }
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void one_whose_lock_is_held_lives_whatever_its_pid_says() throws Exception {
        Process locker = LockHolder.start(workDir.resolve("run"), DEAD);
        Process orphan = new ProcessBuilder("sleep", "1000").start();
        try {
            recordDeadGateway(ProcessIdentity.of(orphan.toHandle()).orElseThrow());

            RunFile.endOrphans(workDir);
            assertThat(dead()).exists();
            assertThat(RunFile.running(workDir)).hasSize(1);

            locker.destroyForcibly().waitFor();
            RunFile.endOrphans(workDir);
            assertThat(orphan.waitFor()).isNotZero();
            try (Stream<Path> left = Files.list(workDir.resolve("run"))) {
                assertThat(left).isEmpty();
            }
        } finally {
            locker.destroyForcibly();
            orphan.destroyForcibly();
        }
    }

    @Test
    void of_a_dead_one_in_another_container_nothing_is_ended_and_nothing_forgotten() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            ProcessIdentity here = ProcessIdentity.of(stranger.toHandle()).orElseThrow();
            ProcessIdentity there = new ProcessIdentity(here.pid(), here.start().replaceFirst("/.*?]:", "/pid:[1]:"));
            assertThat(there).isNotEqualTo(here);
            recordDeadGateway(there);

            RunFile.endOrphans(workDir);

            assertThat(stranger.isAlive()).isTrue();
            assertThat(dead()).exists();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void a_folder_that_cannot_be_written_to_stops_nothing() throws IOException {
        Path notAFolder = Files.writeString(workDir.resolve("file"), "");
        assertThatCode(() -> {
                    try (RunFile file = new RunFile(notAFolder, workDir, workDir)) {
                        file.tell(List.of(PLUGIN), List.of(PROVIDER));
                        file.childStarted("hello", ProcessIdentity.current());
                    }
                    RunFile.endOrphans(notAFolder);
                })
                .doesNotThrowAnyException();
    }

    private RunFile open() {
        return new RunFile(workDir, workDir.resolve("providers.yaml"), workDir.resolve("plugins-dir"));
    }

    private static final String DEAD = "00000000000000dd";

    private Path own() {
        Path run = workDir.resolve("run");
        if (Files.exists(dead())) {
            return dead();
        }
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .findFirst()
                    .orElse(dead());
        } catch (IOException e) {
            return dead();
        }
    }

    private Path dead() {
        return workDir.resolve("run").resolve(DEAD + ".json");
    }

    private void recordDeadGateway(ProcessIdentity child) throws IOException {
        ProcessIdentity dead = new ProcessIdentity(ProcessHandle.current().pid(), "an earlier start");
        Files.createDirectories(dead().getParent());
        Files.write(
                dead(),
                new RunFileText(
                                dead,
                                workDir,
                                workDir,
                                List.of(new RunFileText.Child("hello", child)),
                                List.of(),
                                List.of())
                        .toBytes());
    }
}
