// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jars that come, change and go while the gateway runs. */
@Timeout(60)
class ComingAndGoingTest {

    private static final Duration SOON = Duration.ofSeconds(15);

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
    void a_jar_that_is_dropped_goes_live_and_one_that_is_deleted_is_gone() throws IOException {
        scene.watch();
        Path file = drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");
        assertThat(scene.live).extracting(LivePlugin::id).containsExactly("acme");

        Files.delete(file);

        awaitRows("acme.jar 1.0.0 GONE");
        assertThat(scene.live).isEmpty();
        drop("acme", "1.0.1", "acme.jar");
        awaitRows("acme.jar 1.0.1 LIVE");
    }

    @Test
    void a_higher_version_takes_over_and_the_one_before_is_closed_when_nothing_of_it_is_in_use() throws Exception {
        scene.watch();
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");
        Provider inUse = scene.open(new FakeProviderContext());

        drop("acme", "1.1.0", "acme.jar");

        awaitRows("acme.jar 1.0.0 DRAINING", "acme.jar 1.1.0 LIVE");
        assertThat(scene.live).extracting(LivePlugin::version).containsExactly("1.1.0");
        inUse.close();
        awaitRows("acme.jar 1.1.0 LIVE");
    }

    @Test
    void a_lower_version_is_refused_and_taken_when_the_higher_one_is_gone() throws IOException {
        scene.watch();
        Path higher = drop("acme", "2.0.0", "higher.jar");
        awaitRows("higher.jar 2.0.0 LIVE");
        drop("acme", "1.0.0", "lower.jar");
        awaitRows("higher.jar 2.0.0 LIVE", "lower.jar 1.0.0 REFUSED LOWER_VERSION");

        Files.delete(higher);

        awaitRows("higher.jar 2.0.0 GONE", "lower.jar 1.0.0 LIVE");
        assertThat(scene.live).extracting(LivePlugin::version).containsExactly("1.0.0");
    }

    @Test
    void a_lower_version_written_over_a_higher_one_is_taken() throws IOException {
        scene.watch();
        drop("acme", "2.0.0", "acme.jar");
        awaitRows("acme.jar 2.0.0 LIVE");

        drop("acme", "1.0.0", "acme.jar");

        awaitRows("acme.jar 1.0.0 LIVE");
    }

    @Test
    @Tag("slow")
    void a_plugin_serves_on_when_its_file_is_overwritten_with_something_else() throws IOException {
        scene.watch();
        Path file = drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");

        Files.writeString(file, "this is no jar any more");

        awaitRows("acme.jar 1.0.0 LIVE", "acme.jar - REFUSED NOT_A_ZIP");
        Files.delete(file);
        awaitRows("acme.jar 1.0.0 GONE");
    }

    @Test
    void another_plugin_under_the_same_name_takes_the_place_of_the_one_before() throws IOException {
        scene.watch();
        drop("acme", "1.0.0", "it.jar");
        awaitRows("it.jar 1.0.0 LIVE");

        drop("other", "1.0.0", "it.jar");

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(scene.live).extracting(LivePlugin::id).containsExactly("other"));
        awaitRows("it.jar 1.0.0 LIVE");
    }

    @Test
    @Tag("slow")
    void other_bytes_of_the_same_version_are_refused() throws IOException {
        scene.watch();
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");
        List<LivePlugin> before = List.copyOf(scene.live);

        write(PluginJar.of("acme").entry("note.txt", "built again"), "acme.jar");

        awaitRows("acme.jar 1.0.0 LIVE", "acme.jar 1.0.0 REFUSED DUPLICATE_ID");
        assertThat(scene.live).isEqualTo(before);
        write(PluginJar.of("acme").entry("note.txt", "and again"), "another.jar");
        awaitRows(
                "acme.jar 1.0.0 LIVE", "acme.jar 1.0.0 REFUSED DUPLICATE_ID", "another.jar 1.0.0 REFUSED DUPLICATE_ID");
        Files.delete(scene.file("acme.jar"));
        awaitRows("acme.jar 1.0.0 GONE", "another.jar 1.0.0 LIVE");
    }

    @Test
    void a_snapshot_replaces_itself() throws IOException {
        scene.watch();
        drop("acme", "1.0.0-SNAPSHOT", "acme.jar");
        awaitRows("acme.jar 1.0.0-SNAPSHOT LIVE");
        LivePlugin before = scene.live.getFirst();

        write(PluginJar.of("acme").version("1.0.0-SNAPSHOT").entry("note.txt", "built again"), "acme.jar");

        await().atMost(SOON).until(() -> scene.gone.contains(before));
        awaitRows("acme.jar 1.0.0-SNAPSHOT LIVE");
    }

    @Test
    @Tag("slow")
    void a_file_that_was_only_touched_or_renamed_goes_on_without_a_new_start() throws IOException {
        scene.watch();
        byte[] bytes = PluginJar.of("acme").bytes();
        Path file = write(bytes, "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");
        List<LivePlugin> before = List.copyOf(scene.live);

        Files.copy(file, scene.file("copy.jar"));
        awaitRows("acme.jar 1.0.0 LIVE", "copy.jar 1.0.0 REFUSED DUPLICATE_FILE");
        write(bytes, "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE", "copy.jar 1.0.0 REFUSED DUPLICATE_FILE");
        Files.delete(file);
        awaitRows("copy.jar 1.0.0 LIVE");
        Files.move(scene.file("copy.jar"), scene.file("new.jar"));
        awaitRows("new.jar 1.0.0 LIVE");

        assertThat(scene.live).isEqualTo(before);
        assertThat(scene.gone).isEmpty();
    }

    @Test
    void the_one_before_serves_on_where_the_newcomer_fails() throws IOException {
        scene.unreachable.add("1.1.0");
        scene.watch();
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");

        drop("acme", "1.1.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE", "acme.jar 1.1.0 FAILED TAKEOVER_FAILED");
        write(
                PluginJar.of("acme")
                        .version("1.2.0")
                        .acme("public final class Acme implements GatewayPlugin {"
                                + " public Acme() { throw new StackOverflowError(); } }"),
                "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE", "acme.jar 1.2.0 FAILED START_THREW");
        drop("acme", "1.3.0", "acme.jar");

        awaitRows("acme.jar 1.3.0 LIVE");
    }

    @Test
    void a_name_that_was_taken_is_tried_again_when_another_plugin_has_gone() throws IOException {
        scene.taken.add("acme");
        scene.watch();
        Path other = drop("other", "1.0.0", "other.jar");
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 REFUSED NAME_TAKEN", "other.jar 1.0.0 LIVE");

        scene.taken.clear();
        Files.delete(other);

        awaitRows("acme.jar 1.0.0 LIVE", "other.jar 1.0.0 GONE");
    }

    @Test
    void a_type_that_a_plugin_has_or_is_about_to_have_is_no_others_until_that_one_goes() throws IOException {
        write(offeringType("zoe"), "a.jar");
        write(offeringType("adam"), "z.jar");
        scene.watch();
        awaitRows("a.jar 1.0.0 REFUSED NAME_TAKEN", "z.jar 1.0.0 LIVE");
        assertThat(scene.state("a.jar").reason())
                .isEqualTo("plugin 'adam' offers the provider type 'tone' already: remove one of the two");

        Files.delete(scene.file("z.jar"));

        awaitRows("a.jar 1.0.0 LIVE", "z.jar 1.0.0 GONE");
    }

    /** The first says that it has a type, and does not start; the second has it. */
    private void writeLiarAndSecond() throws IOException {
        write(PluginJar.of("adam").manifest("Plugin-Types", "tone"), "liar.jar");
        write(offeringType("zoe"), "zoe.jar");
    }

    @Test
    void a_type_is_free_where_the_plugin_that_says_it_has_it_does_not_start() throws IOException {
        writeLiarAndSecond();

        scene.watch();

        awaitRows("liar.jar 1.0.0 FAILED OFFER_INVALID", "zoe.jar 1.0.0 LIVE");
    }

    @Test
    void the_start_is_not_over_before_who_came_second_to_a_type_has_been_started() throws IOException {
        writeLiarAndSecond();

        scene.boot();

        assertThat(scene.state("zoe.jar").state()).isEqualTo(PluginFile.State.LIVE);
    }

    @Test
    void nor_is_it_taken_by_a_version_that_could_not_take_over() throws IOException {
        scene.unreachable.add("2.0.0");
        scene.watch();
        drop("adam", "1.0.0", "adam-1.jar");
        awaitRows("adam-1.jar 1.0.0 LIVE");

        write(offeringType("adam").version("2.0.0"), "adam-2.jar");
        write(offeringType("zoe"), "zoe.jar");

        awaitRows("adam-1.jar 1.0.0 LIVE", "adam-2.jar 2.0.0 FAILED TAKEOVER_FAILED", "zoe.jar 1.0.0 LIVE");
    }

    @Test
    void where_the_highest_version_wants_what_another_plugin_has_the_next_one_serves() throws IOException {
        write(offeringType("adam"), "adam.jar");
        write(PluginJar.of("zoe"), "zoe-1.jar");
        write(offeringType("zoe").version("2.0.0"), "zoe-2.jar");

        scene.watch();

        awaitRows("adam.jar 1.0.0 LIVE", "zoe-1.jar 1.0.0 LIVE", "zoe-2.jar 2.0.0 REFUSED NAME_TAKEN");
    }

    private static PluginJar offeringType(String id) {
        return PluginJar.of(id).manifest("Plugin-Types", "tone").acme("""
                public final class Acme implements GatewayPlugin {
                    @Override
                    public List<ProviderType> providerTypes(PluginContext context) {
                        return List.of(new ProviderType() {
                            @Override
                            public String name() {
                                return "tone";
                            }

                            @Override
                            public ProviderInstance open(ProviderConfig config, ProviderContext opened) {
                                throw new IllegalStateException("nobody asks for it");
                            }
                        });
                    }
                }
                """);
    }

    @Test
    void settings_that_change_start_a_plugin_anew_and_it_serves_on_with_the_old_where_they_are_wrong()
            throws IOException {
        scene.settings.put("acme", Settings.of(Map.of("greeting", "Hi")));
        PluginFolder folder = scene.watch();
        write(PluginJar.of("acme").entry("META-INF/mcp-gateway/settings.schema.json", """
                        {"type": "object", "properties": {"greeting": {"type": "string"}}}
                        """), "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");
        LivePlugin before = scene.live.getFirst();

        folder.reconfigure(Map.of("acme", Settings.of(Map.of("greeting", "Hello"))));
        await().atMost(SOON).until(() -> scene.gone.contains(before));
        awaitRows("acme.jar 1.0.0 LIVE");

        folder.reconfigure(Map.of("acme", Settings.of(Map.of("greeting", 5))));
        awaitRows("acme.jar 1.0.0 LIVE SETTINGS_INVALID");
        assertThat(folder.files().getFirst().reason()).contains("serves on with its earlier settings", "/greeting");
        folder.reconfigure(new HashMap<>());
        awaitRows("acme.jar 1.0.0 LIVE");
    }

    @Test
    void a_jar_whose_settings_were_wrong_is_tried_again_when_they_are_mended() {
        scene.settings.put("acme", Settings.of(Map.of("greeting", "Hi")));
        PluginFolder folder = scene.watch();
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 FAILED SETTINGS_UNKNOWN");

        folder.reconfigure(Map.of());

        awaitRows("acme.jar 1.0.0 LIVE");
    }

    @Test
    @Tag("slow")
    void a_folder_that_is_missing_is_awaited_and_one_that_goes_away_closes_nothing() throws IOException {
        Files.delete(scene.plugins);
        scene.watch();
        Files.createDirectory(
                scene.plugins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");

        Files.move(scene.plugins, root.resolve("elsewhere"));
        await().pollDelay(Duration.ofSeconds(3)).atMost(SOON).until(() -> true); // longer than files need to be gone
        assertThat(scene.rows()).containsExactly("acme.jar 1.0.0 LIVE");
        Files.createDirectory(
                scene.plugins, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        drop("other", "1.0.0", "other.jar");

        awaitRows("acme.jar 1.0.0 GONE", "other.jar 1.0.0 LIVE");
    }

    @Test
    @Tag("slow")
    void where_everyone_may_write_nothing_new_is_taken_and_what_is_live_stays() throws IOException {
        scene.watch();
        drop("acme", "1.0.0", "acme.jar");
        awaitRows("acme.jar 1.0.0 LIVE");

        Files.setPosixFilePermissions(scene.plugins, PosixFilePermissions.fromString("rwxrwxrwx"));
        drop("planted", "1.0.0", "planted.jar");

        awaitRows("acme.jar 1.0.0 LIVE", "acme.jar - REFUSED WRITABLE_BY_ALL", "planted.jar - REFUSED WRITABLE_BY_ALL");
        Files.setPosixFilePermissions(scene.plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
        awaitRows("acme.jar 1.0.0 LIVE", "planted.jar 1.0.0 LIVE");
    }

    private Path drop(String id, String version, String name) {
        return write(PluginJar.of(id).version(version), name);
    }

    private Path write(PluginJar jar, String name) {
        return write(jar.bytes(), name);
    }

    /** As {@code mv} does; a moment ago, so that it has to settle. */
    private Path write(byte[] jar, String name) {
        try {
            Path elsewhere = Files.write(root.resolve(name + ".part"), jar);
            return Files.move(elsewhere, scene.file(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void awaitRows(String... rows) {
        await().atMost(SOON).untilAsserted(() -> assertThat(scene.rows()).containsExactly(rows));
    }
}
