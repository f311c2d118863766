// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.settings.Settings;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a jar says of itself, who else says it, and whether it may be loaded at all. */
@Timeout(60)
class InspectionTest {

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
    void a_jar_without_a_manifest_is_refused() throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(scene.file("bare.jar")))) {
            zip.putNextEntry(new ZipEntry("a.txt"));
        }
        DroppedFilesTest.old(scene.file("bare.jar"));

        scene.expect("bare.jar", State.REFUSED, "MANIFEST_MISSING");
    }

    @Test
    void each_missing_key_of_the_manifest_is_named() {
        List<String> keys = List.of("Plugin-Id", "Plugin-Version", "Plugin-Class", "Plugin-Requires");
        keys.forEach(key -> PluginJar.of("p").without(key).writeTo(scene.file(key + ".jar")));

        for (String key : keys) {
            assertThat(scene.expect(key + ".jar", State.REFUSED, "MANIFEST_KEY_MISSING")
                            .reason())
                    .contains("has no " + key);
        }
    }

    @Test
    void a_malformed_key_of_the_manifest_is_named_with_its_value() {
        Map<String, String> wrong = Map.of(
                "Plugin-Id", "Hello World",
                "Plugin-Version", "1.0",
                "Plugin-Requires", "[1.0,2.0)",
                "Class-Path", "lib/other.jar");
        wrong.forEach((key, value) -> PluginJar.of("p").manifest(key, value).writeTo(scene.file(key + ".jar")));

        wrong.forEach((key, value) -> assertThat(scene.expect(key + ".jar", State.REFUSED, "MANIFEST_KEY_INVALID")
                        .reason())
                .contains(key, value));
    }

    @Test
    void a_plugin_for_another_API_is_refused_naming_both_versions() {
        PluginJar.of("tomorrow").manifest("Plugin-Requires", ">=9.0.0").writeTo(scene.file("tomorrow.jar"));
        PluginJar.of("bare").manifest("Plugin-Requires", "0.1.0").writeTo(scene.file("bare.jar"));

        PluginFile file = scene.expect("tomorrow.jar", State.REFUSED, "API_VERSION");
        assertThat(file.reason()).contains(">=9.0.0", "0.1.0");
        assertThat(file.id()).contains("tomorrow");
        assertThat(file.version()).contains("1.0.0");
        scene.expectLive("bare.jar");
    }

    @Test
    void a_plugin_compiled_for_a_newer_Java_is_refused_naming_both_versions() {
        int needed = Runtime.version().feature() + 1;
        PluginJar.of("future")
                .patch("acme.Acme", classFile -> {
                    classFile[7] = (byte) (needed + 44);
                    return classFile;
                })
                .writeTo(scene.file("future.jar"));

        assertThat(scene.expect("future.jar", State.REFUSED, "JAVA_TOO_OLD").reason())
                .contains("Java " + needed, "Java " + Runtime.version().feature());
    }

    @Test
    void a_plugin_that_brings_its_own_copy_of_the_API_is_refused() {
        PluginJar.of("greedy").entry("dev/mcpgateway/api/Json.class", "x").writeTo(scene.file("greedy.jar"));
        PluginJar.of("sly")
                .entry("META-INF/versions/25/dev/mcpgateway/api/Json.class", "x")
                .writeTo(scene.file("sly.jar"));

        scene.expect("greedy.jar", State.REFUSED, "API_BUNDLED");
        scene.expect("sly.jar", State.REFUSED, "API_BUNDLED");
    }

    @Test
    void a_class_that_is_not_in_the_jar_is_named() {
        PluginJar.of("lost").manifest("Plugin-Class", "acme.Lost").writeTo(scene.file("lost.jar"));

        assertThat(scene.expect("lost.jar", State.REFUSED, "CLASS_MISSING").reason())
                .contains("acme.Lost");
    }

    @Test
    void the_higher_of_two_versions_wins() {
        PluginJar.of("twin").version("1.9.0").writeTo(scene.file("a.jar"));
        PluginJar.of("twin").version("1.10.0").writeTo(scene.file("b.jar"));
        PluginJar.of("twin").version("1.10.0-SNAPSHOT").writeTo(scene.file("c.jar"));

        assertThat(scene.expect("a.jar", State.REFUSED, "LOWER_VERSION").reason())
                .contains("1.9.0", "1.10.0", "b.jar");
        scene.expectLive("b.jar");
        scene.expect("c.jar", State.REFUSED, "LOWER_VERSION");
    }

    @Test
    void two_different_builds_of_one_version_are_both_refused() {
        PluginJar.of("twin").writeTo(scene.file("a.jar"));
        PluginJar.of("twin").entry("more.txt", "more").writeTo(scene.file("b.jar"));

        assertThat(scene.expect("a.jar", State.REFUSED, "DUPLICATE_ID").reason())
                .contains("b.jar");
        assertThat(scene.expect("b.jar", State.REFUSED, "DUPLICATE_ID").reason())
                .contains("a.jar");
        assertThat(scene.live).isEmpty();
    }

    @Test
    void of_two_copies_of_one_file_one_is_live() {
        PluginJar.of("twin").writeTo(scene.file("a.jar"));
        PluginJar.of("twin").writeTo(scene.file("b.jar"));

        scene.expectLive("a.jar");
        scene.expect("b.jar", State.REFUSED, "DUPLICATE_FILE");
    }

    @Test
    void only_jars_on_the_list_are_loaded_where_there_is_a_list() throws Exception {
        Path known = PluginJar.of("known").writeTo(scene.file("known.jar"));
        PluginJar.of("unknown").writeTo(scene.file("unknown.jar"));
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(known));
        scene.allowed.add(HexFormat.of().withUpperCase().formatHex(sha256));

        scene.expectLive("known.jar");
        assertThat(scene.expect("unknown.jar", State.REFUSED, "NOT_ALLOWED").reason())
                .containsPattern("[0-9a-f]{64}");
    }

    @Test
    void nothing_is_loaded_from_a_folder_that_everyone_may_write_to() throws IOException {
        PluginJar.of("p").writeTo(scene.file("p.jar"));
        Files.setPosixFilePermissions(scene.plugins, PosixFilePermissions.fromString("rwxrwxrwx"));

        scene.expect("p.jar", State.REFUSED, "WRITABLE_BY_ALL");
        assertThat(scene.live).isEmpty();
    }

    @Test
    void a_folder_that_its_group_may_write_to_gets_a_warning() throws IOException {
        PluginJar.of("p").writeTo(scene.file("p.jar"));
        Files.setPosixFilePermissions(scene.plugins, PosixFilePermissions.fromString("rwxrwxr-x"));

        scene.expectLive("p.jar");
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).contains("the group", "chmod g-w"));
    }

    @Test
    void a_folder_that_is_not_there_means_no_plugins_and_a_warning() throws IOException {
        Files.delete(scene.plugins);

        assertThat(scene.boot().files()).isEmpty();
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).contains("does not exist"));
    }

    @Test
    void settings_for_a_plugin_that_takes_none_stop_it() {
        PluginJar.of("plain").writeTo(scene.file("plain.jar"));
        scene.settings.put("plain", Settings.of(Map.of("colour", "red")));

        scene.expect("plain.jar", State.FAILED, "SETTINGS_UNKNOWN");
    }

    @Test
    void settings_that_violate_the_schema_in_the_jar_stop_the_plugin_and_say_where() {
        withSchema("strict").writeTo(scene.file("strict.jar"));
        scene.settings.put("strict", Settings.of(Map.of("port", "eighty")));

        assertThat(scene.expect("strict.jar", State.FAILED, "SETTINGS_INVALID").reason())
                .contains("plugins.strict", "/port");
    }

    @Test
    void settings_that_are_required_are_missed_where_there_is_no_entry() {
        withSchema("strict").writeTo(scene.file("strict.jar"));

        scene.expect("strict.jar", State.FAILED, "SETTINGS_INVALID");
    }

    @Test
    void a_schema_that_cannot_be_used_is_the_plugins_fault() {
        PluginJar.of("odd")
                .entry("META-INF/mcp-gateway/settings.schema.json", "{\"type\":")
                .writeTo(scene.file("odd.jar"));

        scene.expect("odd.jar", State.FAILED, "SETTINGS_SCHEMA");
    }

    @Test
    void a_plugin_sees_its_settings_as_plain_values() {
        withSchema("reader").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override
                            public List<ProviderOffer> providers(PluginContext context) {
                                if (!context.settings().equals(Map.of("port", 80L))) {
                                    throw new IllegalStateException("" + context.settings());
                                }
                                return List.of();
                            }
                        }
                        """).writeTo(scene.file("reader.jar"));
        scene.settings.put("reader", Settings.of(Map.of("port", 80)));

        scene.expectLive("reader.jar");
    }

    @Test
    void settings_of_a_provider_are_judged_by_the_schema_of_its_type() {
        PluginJar.of("typed")
                .entry("META-INF/mcp-gateway/types/strict.settings.schema.json", """
                        {"type": "object", "additionalProperties": false, "properties": {"port": {"type": "integer"}}}
                        """)
                .acme("""
                        public final class Acme implements GatewayPlugin {
                            record Type(String name) implements ProviderType {
                                @Override public Provider open(ProviderConfig config, ProviderContext context) {
                                    throw new IllegalArgumentException("opened");
                                }
                            }
                            @Override public List<ProviderType> providerTypes(PluginContext context) {
                                return List.of(new Type("strict"), new Type("plain"));
                            }
                        }
                        """)
                .writeTo(scene.file("typed.jar"));
        scene.boot();
        scene.expectLive("typed.jar");
        ProviderType strict = scene.live.getFirst().providerTypes().get(0);
        ProviderType plain = scene.live.getFirst().providerTypes().get(1);

        assertThat(refusal(strict, Map.of("port", 80))).isEqualTo("opened");
        assertThat(refusal(plain, Map.of())).isEqualTo("opened");
        assertThat(refusal(strict, Map.of("port", "eighty"))).contains("provider 'acme'", "/port");
        assertThat(refusal(plain, Map.of("port", 80))).contains("provider 'acme'", "takes no settings");
    }

    private static String refusal(ProviderType type, Map<String, Object> settings) {
        Throwable thrown = catchThrowable(() -> type.open(new FakeConfig("acme", settings), new FakeProviderContext()));
        assertThat(thrown).isExactlyInstanceOf(IllegalArgumentException.class);
        return String.valueOf(thrown.getMessage());
    }

    @Test
    void inspection_alone_says_the_same_without_loading_or_writing_anything() throws IOException {
        PluginJar.of("good").acme("""
                        public final class Acme implements GatewayPlugin {
                            static { System.setProperty("acme.was.loaded", "true"); }
                        }
                        """).writeTo(scene.file("good.jar"));
        PluginJar.of("old").version("1.0.0").writeTo(scene.file("old-1.jar"));
        PluginJar.of("old").version("2.0.0").writeTo(scene.file("old-2.jar"));
        PluginJar.of("lost").manifest("Plugin-Class", "acme.Lost").writeTo(scene.file("lost.jar"));
        DroppedFilesTest.old(Files.createFile(scene.file("empty.jar")));

        assertThat(PluginFolder.inspect(scene.plugins, List.of(), Map.of()).files())
                .extracting(file -> file.file().getFileName() + " " + file.state() + " " + file.code())
                .containsExactly(
                        "empty.jar REFUSED EMPTY",
                        "good.jar INSPECTED ",
                        "lost.jar REFUSED CLASS_MISSING",
                        "old-1.jar REFUSED LOWER_VERSION",
                        "old-2.jar INSPECTED ");
        assertThat(System.getProperty("acme.was.loaded")).isNull();
        assertThat(scene.work).doesNotExist();
    }

    private static PluginJar withSchema(String id) {
        return PluginJar.of(id).entry("META-INF/mcp-gateway/settings.schema.json", """
                {"type": "object", "required": ["port"], "additionalProperties": false,
                 "properties": {"port": {"type": "integer"}}}
                """);
    }
}
