// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plugin folder itself is moved, deleted, made late, opened to everyone, or filled up while the gateway serves. */
class PluginFolderChangesTest {

    private static final Duration AWHILE = Duration.ofSeconds(3); // more than one scan

    @TestBesideOthers
    void a_folder_in_the_place_of_another_is_the_folder() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            Path place = folder.installation().pluginsDir();
            folder.rename("first.jar", saying("first", "1.0.0"));
            folder.rename("both.jar", saying("both", "1.0.0"));
            folder.awaitSaid("first", "1.0.0");
            folder.awaitSaid("both", "1.0.0");
            folder.unnoticed(() -> {
                Path next = Files.createDirectory(place.resolveSibling("next"));
                Files.copy(folder.path("good.jar"), next.resolve("good.jar"));
                Files.write(next.resolve("second.jar"), saying("second", "1.0.0"));
                Files.write(next.resolve("both.jar"), saying("both", "1.0.1"));
                Files.move(place, place.resolveSibling("before"));
                Files.move(next, place);
                folder.awaitSaid("second", "1.0.0");
                folder.awaitSaid("both", "1.0.1");
                folder.awaitUnknown("first.say.v1");
                folder.rename("third.jar", saying("third", "1.0.0"));
                folder.awaitSaid("third", "1.0.0");
            });
        }
    }

    @TestBesideOthers
    void a_folder_that_is_deleted_takes_no_plugin_along_and_is_used_again_when_it_is_back() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            Path place = folder.installation().pluginsDir();
            folder.unnoticed(() -> {
                folder.delete("good.jar");
                Files.delete(place);
                DropFolder.pause(AWHILE);
                assertThat(folder.client().toolNames()).containsExactly(DropFolder.GOOD);
                Files.createDirectory(place);
                DropFolder.good().dropInto(place);
                folder.rename("later.jar", saying("later", "1.0.0"));
                folder.awaitSaid("later", "1.0.0");
            });
        }
    }

    @TestBesideOthers
    void a_folder_that_is_moved_away_takes_no_plugin_along() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            Path place = folder.installation().pluginsDir();
            folder.unnoticed(() -> {
                Files.move(place, place.resolveSibling("away"));
                DropFolder.pause(AWHILE);
                Files.move(place.resolveSibling("away"), place);
                folder.rename("later.jar", saying("later", "1.0.0"));
                folder.awaitSaid("later", "1.0.0");
            });
        }
    }

    @TestBesideOthers
    void a_folder_that_is_missing_at_the_start_may_be_made_later() throws Exception {
        Installation installation = Installation.createWithoutPlugins();
        Files.delete(installation.pluginsDir());
        try (DropFolder folder = DropFolder.asItIs(installation)) {
            assertThat(folder.client().toolNames()).isEmpty();
            Files.createDirectory(installation.pluginsDir());
            folder.rename("late.jar", saying("late", "1.0.0"));
            folder.awaitSaid("late", "1.0.0");
        }
    }

    @TestBesideOthers
    void of_two_builds_of_one_version_at_the_start_neither_is_loaded_until_one_is_deleted() throws Exception {
        Installation installation = Installation.createWithoutPlugins();
        Files.write(installation.pluginsDir().resolve("one.jar"), saying("build", "1.0.0"));
        Files.write(
                installation.pluginsDir().resolve("two.jar"),
                PluginJar.withTool("build", "say.v1", "return ToolResult.text(\"another build\");")
                        .bytes());
        try (DropFolder folder = DropFolder.of(installation)) {
            folder.awaitLogged("one.jar", "REFUSED", "DUPLICATE_ID");
            folder.awaitLogged("two.jar", "REFUSED", "DUPLICATE_ID");
            folder.unnoticed(() -> {
                folder.delete("one.jar");
                folder.awaitSaid("build", "another build");
            });
        }
    }

    @TestBesideOthers
    void a_folder_that_nobody_may_write_to_serves() throws Exception {
        Installation installation = Installation.createWithoutPlugins();
        DropFolder.good().dropInto(installation.pluginsDir());
        Files.setPosixFilePermissions(installation.pluginsDir(), PosixFilePermissions.fromString("r-xr-xr-x"));
        try (DropFolder folder = DropFolder.asItIs(installation)) {
            folder.client().ready(DropFolder.GOOD);
            folder.unnoticed(() -> {
                Files.setPosixFilePermissions(installation.pluginsDir(), PosixFilePermissions.fromString("rwxr-xr-x"));
                folder.rename("later.jar", saying("later", "1.0.0"));
                folder.awaitSaid("later", "1.0.0");
                Files.setPosixFilePermissions(installation.pluginsDir(), PosixFilePermissions.fromString("r-xr-xr-x"));
                DropFolder.pause(AWHILE);
                assertThat(folder.said("later")).isEqualTo("1.0.0");
            });
            Files.setPosixFilePermissions(installation.pluginsDir(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @TestBesideOthers
    void a_folder_that_is_opened_to_everyone_lets_nothing_new_in_and_nothing_fall_out() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            folder.rename("before.jar", saying("before", "1.0.0"));
            folder.awaitSaid("before", "1.0.0");
            folder.unnoticed(() -> {
                Files.setPosixFilePermissions(
                        folder.installation().pluginsDir(), PosixFilePermissions.fromString("rwxrwxrwx"));
                folder.rename("planted.jar", saying("planted", "1.0.0"));
                folder.rename("before.jar", saying("before", "6.6.6"));
                folder.awaitLogged("planted.jar", "REFUSED", "WRITABLE_BY_ALL");
                folder.awaitListed("before.jar", "1.0.0", "LIVE");
                DropFolder.pause(AWHILE);
                assertThat(folder.said("before")).isEqualTo("1.0.0");
                assertThat(folder.client().toolNames()).doesNotContain("planted.say.v1");

                Files.setPosixFilePermissions(
                        folder.installation().pluginsDir(), PosixFilePermissions.fromString("rwxr-xr-x"));
                folder.awaitSaid("planted", "1.0.0");
                folder.awaitSaid("before", "6.6.6");
            });
        }
    }

    @TestBesideOthers
    void a_jar_that_everyone_may_write_to_is_turned_away_until_its_mode_is_mended() throws Exception {
        try (DropFolder folder = DropFolder.open()) {
            folder.unnoticed(() -> {
                Path part = folder.path(".open.part");
                Files.write(part, saying("open", "1.0.0"));
                Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-rw-rw-"));
                Files.move(part, folder.path("open.jar"));
                folder.awaitLogged("open.jar", "REFUSED", "WRITABLE_BY_ALL");
                Files.setPosixFilePermissions(folder.path("open.jar"), PosixFilePermissions.fromString("rw-r--r--"));
                folder.awaitSaid("open", "1.0.0");
            });
        }
    }

    @Test
    void a_thousand_files_are_lived_with_and_of_300_jars_256_are_looked_at() throws Exception {
        byte[] jar = PluginJar.of("n")
                .acme("public final class Acme implements GatewayPlugin {}")
                .bytes();
        try (DropFolder folder = DropFolder.open()) {
            folder.unnoticed(() -> {
                for (int i = 0; i < 700; i++) {
                    folder.copy("note-%03d.txt".formatted(i), "a note".getBytes(UTF_8));
                }
                List<String> names =
                        IntStream.range(0, 300).mapToObj("n-%03d"::formatted).toList();
                for (String name : names) {
                    folder.rename(name + ".jar", PluginJar.withManifest(jar, Map.of("Plugin-Id", name)));
                }
                await("256 jars are live")
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(live(folder)).hasSize(256));
                await("and the others are refused")
                        .atMost(DropFolder.EVENTUALLY)
                        .untilAsserted(() -> assertThat(rows(folder).filter(row -> row.contains("TOO_MANY_FILES")))
                                .hasSize(45)); // 300 and the healthy one
                assertThat(folder.client().toolNames()).containsExactly(DropFolder.GOOD);

                for (String name : names.subList(0, 100)) {
                    folder.delete(name + ".jar");
                }
                await("the others have moved up")
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(live(folder)).hasSize(201));
                assertThat(rows(folder)).noneMatch(row -> row.contains("TOO_MANY_FILES"));
            });
        }
    }

    private static List<String> live(DropFolder folder) {
        return rows(folder).filter(row -> row.contains(" LIVE")).toList();
    }

    private static Stream<String> rows(DropFolder folder) {
        return folder.installation().runBeside("plugins").stdout().lines().filter(row -> row.contains(".jar "));
    }
}
