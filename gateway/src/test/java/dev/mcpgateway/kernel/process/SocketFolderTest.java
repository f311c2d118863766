// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {

    @TempDir
    Path place;

    @Test
    void sockets_are_named_by_index_in_a_fresh_private_folder() throws IOException {
        try (SocketFolder first = SocketFolder.create(List.of(place));
                SocketFolder second = SocketFolder.create(List.of(place))) {
            Path socket = path(first.address(7));

            assertThat(socket.getFileName()).hasToString("7");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                    .isEqualTo("rwx------");
            assertThat(path(second.address(7)).getParent()).isNotEqualTo(socket.getParent());
        }
    }

    @Test
    void it_goes_with_its_sockets() throws IOException {
        SocketFolder folder = SocketFolder.create(List.of(place));
        Files.createFile(path(folder.address(0)));

        folder.close();

        assertThat(place).isEmptyDirectory();
    }

    @Test
    void a_place_whose_paths_are_too_long_for_a_socket_is_passed_over() throws IOException {
        Path deep = Files.createDirectories(place.resolve("x".repeat(100)));
        try (SocketFolder folder = SocketFolder.create(List.of(deep, place.resolve("missing"), place))) {
            assertThat(path(folder.address(0)).startsWith(place)).isTrue();
            assertThat(path(folder.address(0)).startsWith(deep)).isFalse();
        }
    }

    @Test
    void where_no_place_will_do_each_is_named_with_its_reason() throws IOException {
        Path deep = Files.createDirectories(place.resolve("x".repeat(100)));

        assertThatThrownBy(() -> SocketFolder.create(List.of(deep, place.resolve("missing"))))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("too long", "107", "missing (is no folder)", "XDG_RUNTIME_DIR");
    }

    @Test
    void the_runtime_folder_comes_before_the_temporary_one() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));

        assertThat(SocketFolder.places(Map.of("XDG_RUNTIME_DIR", "/run/user/1000")))
                .containsExactly(Path.of("/run/user/1000"), temporary);
        assertThat(SocketFolder.places(Map.of())).containsExactly(temporary);
        assertThat(SocketFolder.places(Map.of("XDG_RUNTIME_DIR", "relative"))).containsExactly(temporary);
    }

    @Test
    void one_whose_lock_is_held_stays_whatever_its_age() throws Exception {
        String id = "00000000000000aa";
        Path folder = privateFolder("mcp-gateway-" + id);
        socket(folder.resolve("0"));
        Process locker = LockHolder.start(folder, "x");
        try {
            Files.move(folder.resolve("x.lock"), folder.resolve("lock"));
            age(folder);

            SocketFolder.deleteStale(place);
            assertThat(folder.resolve("0")).exists();

            locker.destroyForcibly().waitFor();
            SocketFolder.deleteStale(place);
            assertThat(folder).doesNotExist();
        } finally {
            locker.destroyForcibly();
        }
    }

    @Test
    void one_that_has_no_lock_yet_is_given_a_minute() throws IOException {
        Path folder = privateFolder("mcp-gateway-00000000000000aa");
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));

        SocketFolder.deleteStale(place);

        assertThat(folder).exists();
    }

    @Test
    void it_is_noticed_when_it_has_been_taken_away() throws IOException {
        SocketFolder folder = SocketFolder.create(List.of(place));
        assertThat(folder.isThere()).isTrue();

        folder.close();

        assertThat(folder.isThere()).isFalse();
    }

    @Test
    void folders_of_dead_gateways_are_deleted_and_others_are_not() throws IOException {
        Path dead = privateFolder("mcp-gateway-00000000000000d0");
        socket(dead.resolve("0"));
        age(dead);
        Path other = Files.createDirectory(place.resolve("mcp-gateway-notes"));
        try (SocketFolder living = SocketFolder.create(List.of(place))) {
            SocketFolder.deleteStale(place);

            assertThat(dead).doesNotExist();
            assertThat(other).exists();
            assertThat(path(living.address(0)).getParent()).exists();
        }
    }

    @Test
    void what_somebody_else_may_have_put_there_is_left_alone() throws IOException {
        Path victim = Files.createDirectory(place.resolve("victim"));
        Files.createFile(victim.resolve("file"));
        socket(victim.resolve("socket"));
        Path link = Files.createSymbolicLink(place.resolve("mcp-gateway-00000000000000d0"), victim);
        Path open = Files.createDirectory(place.resolve("mcp-gateway-00000000000000d1"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        socket(open.resolve("0"));
        Path withFile = privateFolder("mcp-gateway-00000000000000d2");
        Files.createFile(withFile.resolve("0"));
        age(victim);
        age(open);
        age(withFile);

        SocketFolder.deleteStale(place);

        assertThat(link).isSymbolicLink();
        assertThat(victim).isDirectoryContaining("glob:**/file").isDirectoryContaining("glob:**/socket");
        assertThat(open.resolve("0")).exists();
        assertThat(withFile.resolve("0")).exists();
    }

    @Test
    void nor_is_the_folder_of_another_user() throws IOException {
        Path foreign = privateFolder("mcp-gateway-00000000000000d0");
        socket(foreign.resolve("0"));
        age(foreign);
        assumeTrue(isGivenAway(foreign), "the right to give a file away");

        SocketFolder.deleteStale(place);

        assertThat(foreign.resolve("0")).exists();
    }

    private static void age(Path folder) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(120)));
    }

    private static boolean isGivenAway(Path path) {
        try {
            Files.setAttribute(path, "unix:uid", 65_534);
            return true;
        } catch (IOException notAllowed) {
            return false;
        }
    }

    private Path privateFolder(String name) throws IOException {
        return Files.createDirectory(
                place.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static void socket(Path path) throws IOException {
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(path));
        }
    }

    private static Path path(String address) {
        assertThat(address).startsWith("unix:/");
        return Path.of(address.substring("unix:".length()));
    }
}
