// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher makes of the memory that its container allows. */
class ContainerMemoryTest {

    private static final Path LAUNCHER =
            Path.of("..", "bin", "mcp-gateway").toAbsolutePath().normalize();
    private static final Path MEMORY = LAUNCHER.resolveSibling("memory.sh");
    private static final Path GROUPS = Path.of("/sys/fs/cgroup/memory");

    @TempDir
    Path folder;

    @Test
    void without_control_groups_there_is_no_limit() throws Exception {
        assertThat(limit()).isEmpty();
    }

    @Test
    void in_version_2_the_least_limit_on_the_way_to_the_root_holds() throws Exception {
        groups("0::/user/pod/app");
        limit("user/pod/app/memory.max", "max");
        limit("user/pod/memory.max", "402653184");
        limit("user/memory.max", "536870912");

        assertThat(limit()).isEqualTo("402653184");

        limit("user/pod/memory.max", "max");
        assertThat(limit()).isEqualTo("536870912");
        limit("user/memory.max", "max");
        assertThat(limit()).isEmpty();
    }

    @Test
    void in_a_container_that_sees_only_its_own_group_the_root_holds() throws Exception {
        groups("0::/");
        limit("memory.max", "8589934592");

        assertThat(limit()).as("larger than 2^31").isEqualTo("8589934592");

        groups("0::/outside/of/this");
        assertThat(limit()).isEqualTo("8589934592");
    }

    @Test
    void in_version_1_the_memory_controller_counts_and_its_word_for_none_is_none() throws Exception {
        groups("5:devices:/", "4:cpu,memory:/docker/x:y", "1:name=systemd:/", "0::/");
        limit("memory/docker/x:y/memory.limit_in_bytes", "268435456");
        limit("memory/memory.limit_in_bytes", "9223372036854771712");

        assertThat(limit()).isEqualTo("268435456");

        limit("memory/docker/x:y/memory.limit_in_bytes", "9223372036854771712");
        assertThat(limit()).isEmpty();
    }

    @Test
    void heap_and_direct_memory_leave_room_for_what_is_neither() throws Exception {
        for (int mb : List.of(384, 512, 1_024, 8_192)) {
            String[] share = shell("memory_share " + mb * 1_048_576L + " && printf '%s %s' $HEAP_MB $DIRECT_MB")
                    .split(" ", 2);
            assertThat(Integer.parseInt(share[0])).isBetween(64, mb);
            assertThat(Integer.parseInt(share[0]) + Integer.parseInt(share[1])).isEqualTo(mb - 192);
        }
        assertThat(shell("memory_share 402653183 || printf 'needs %s' $MEMORY_NEEDED_MB"))
                .isEqualTo("needs 384");
    }

    @Test
    @Tag("alone")
    void in_a_container_of_384_MB_eight_calls_of_4_MB_are_answered() throws Exception {
        Path group = group(384);
        try (HostileProvider provider = HostileProvider.start().tool("echo.v1", echo());
                Installation installation =
                        Installation.create().grpc("acme", provider.entry()).launcher(launcherIn(group));
                Gateway gateway = installation.start()) {
            gateway.client().initialize();
            gateway.client().awaitExactly("acme.echo.v1");
            String arguments = "{\"message\":\"" + "x".repeat(4_000_000) + "\"}";
            for (int round = 0; round < 5; round++) {
                List<Reply> replies = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    replies.add(gateway.client().call("acme.echo.v1", arguments));
                }
                for (Reply reply : replies) {
                    reply.result();
                }
            }
            assertThat(gateway.isAlive()).isTrue();
        } finally {
            Files.deleteIfExists(group);
        }
    }

    @Test
    @Tag("alone")
    void in_a_container_that_is_too_small_it_says_so_and_does_not_start() throws Exception {
        Path group = group(256);
        try (Installation installation = Installation.create().launcher(launcherIn(group))) {
            Installation.Run run = installation.run("check");

            assertThat(run.exitCode()).isEqualTo(78);
            assertThat(run.stderr())
                    .contains("mcp-gateway: needs at least 384 MB of memory, and its container allows 256 MB: raise the"
                            + " limit");
        } finally {
            Files.deleteIfExists(group);
        }
    }

    private void groups(String... lines) throws IOException {
        Files.write(folder.resolve("cgroup"), List.of(lines));
    }

    private void limit(String file, String value) throws IOException {
        Path path = folder.resolve("root").resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, value + "\n");
    }

    private String limit() throws Exception {
        return shell("memory_limit '" + folder.resolve("cgroup") + "' '" + folder.resolve("root")
                + "'; printf %s \"$MEMORY_LIMIT\"");
    }

    private static String shell(String script) throws Exception {
        Process sh = new ProcessBuilder("sh", "-euc", ". '" + MEMORY + "'; " + script)
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(sh.getInputStream().readAllBytes());
            assertThat(sh.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            sh.destroyForcibly();
        }
    }

    private static Path group(int mb) throws IOException {
        Path group = GROUPS.resolve(
                "mcp-gateway-test-" + mb + "-" + ProcessHandle.current().pid());
        boolean isMade = false;
        try {
            Files.createDirectory(group);
            Files.writeString(group.resolve("memory.limit_in_bytes"), Long.toString(mb * 1_048_576L));
            isMade = true;
        } catch (IOException notHere) {
            System.err.println("no control group with a limit of memory can be made here: " + notHere);
        }
        assumeTrue(isMade, "control groups of version 1, and the right to make one");
        return group;
    }

    private Path launcherIn(Path group) throws IOException {
        Path script = folder.resolve("launcher");
        Files.writeString(
                script, "#!/bin/sh\necho $$ >'" + group + "/cgroup.procs' && exec '" + LAUNCHER + "' \"$@\"\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }
}
