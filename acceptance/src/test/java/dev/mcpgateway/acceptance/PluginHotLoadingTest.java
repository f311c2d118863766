// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.SOON;
import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** Jars are dropped while the gateway serves, in every way that people copy files; it goes on, whatever is in them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PluginHotLoadingTest {

    private static final Duration OVER_A_LOOK = Duration.ofMillis(300);
    private static final Duration OVER_THE_STABLE_AGE = Duration.ofMillis(2_300);

    /** One gateway for all at the same time: that none of it disturbs another is the promise. */
    private final DropFolder folder = DropFolder.open();

    @AfterAll
    void everything_was_answered() {
        folder.close();
    }

    @TestBesideOthers
    void a_slow_copy_is_taken_when_it_is_complete() throws Exception {
        byte[] jar = saying("slow", "1.0.0");
        folder.unnoticed(() -> {
            folder.copySlowly("slow.jar", jar, OVER_A_LOOK, OVER_A_LOOK, OVER_THE_STABLE_AGE, OVER_A_LOOK);
            long begin = System.nanoTime();
            folder.awaitSaid("slow", "1.0.0");
            assertThat(since(begin)).isLessThan(SOON.multipliedBy(2));
            assertNeverLoadedByHalf("slow.jar");
        });
    }

    @TestBesideOthers
    void a_preallocated_copy_is_never_loaded_with_holes_in_it() throws Exception {
        byte[] jar = saying("holes", "1.0.0");
        folder.unnoticed(() -> {
            folder.fillFromTheEnd("holes.jar", jar, OVER_A_LOOK, OVER_THE_STABLE_AGE, OVER_A_LOOK);
            folder.awaitSaid("holes", "1.0.0");
            assertNeverLoadedByHalf("holes.jar");
        });
    }

    @TestBesideOthers
    void files_that_are_no_sound_jar_are_turned_away_once_and_taken_when_they_are_mended() throws Exception {
        Map<String, String> codes = new LinkedHashMap<>();
        byte[] good = saying("mended", "1.0.0");
        Path outside = folder.installation().folder().resolve("outside.jar");
        Files.write(outside, saying("outside", "1.0.0"));
        folder.unnoticed(() -> {
            folder.copy("r-empty.jar", new byte[0]);
            codes.put("r-empty.jar", "EMPTY");
            folder.copy("r-text.jar", "this is no zip file\n".getBytes(UTF_8));
            codes.put("r-text.jar", "NOT_A_ZIP");
            folder.rename("r-cut.jar", Arrays.copyOf(good, good.length / 2));
            codes.put("r-cut.jar", "DAMAGED");
            folder.rename(
                    "r-escaping.jar",
                    PluginJar.withTool("escaping", "say.v1", "return ToolResult.text(\"out\");")
                            .entry("../escaped.txt", "out".getBytes(UTF_8))
                            .bytes());
            codes.put("r-escaping.jar", "UNSAFE_ENTRY");
            folder.rename(
                    "r-bomb.jar",
                    PluginJar.withTool("bomb", "say.v1", "return ToolResult.text(\"boom\");")
                            .entry("zeros", new byte[200 << 20])
                            .bytes());
            codes.put("r-bomb.jar", "TOO_LARGE");
            Files.createSymbolicLink(folder.path("r-link.jar"), outside);
            codes.put("r-link.jar", "LINK_LEAVES_FOLDER");
            Files.createSymbolicLink(folder.path("r-dangling.jar"), Path.of("nowhere.jar"));
            codes.put("r-dangling.jar", "LINK_LEAVES_FOLDER");
            makeFifo(folder.path("r-fifo.jar"));
            codes.put("r-fifo.jar", "NOT_A_FILE");
            Files.createDirectory(folder.path("r-folder.jar"));
            codes.put("r-folder.jar", "NOT_A_FILE");
            codes.forEach((file, code) -> folder.awaitLogged(file, "REFUSED", code));
            folder.awaitListed("r-cut.jar", "REFUSED", "DAMAGED");
            folder.awaitListed("r-fifo.jar", "REFUSED", "NOT_A_FILE");

            folder.copy("r-cut.jar", good);
            folder.awaitSaid("mended", "1.0.0");
            folder.delete("r-fifo.jar");
            folder.rename("r-fifo.jar", saying("after-fifo", "1.0.0"));
            folder.awaitSaid("after-fifo", "1.0.0");
        });
        assertThat(folder.client().toolNames()).doesNotContain("escaping.say.v1", "bomb.say.v1", "outside.say.v1");
        codes.forEach((file, code) ->
                assertThat(folder.history(file)).as("said once of " + file).containsOnlyOnce("REFUSED " + code));
        try (var all = Files.walk(folder.installation().folder())) {
            assertThat(all.map(path -> path.getFileName().toString())).doesNotContain("escaped.txt");
        }
        for (String file : codes.keySet()) {
            folder.delete(file);
        }
        await("files that are gone are not listed")
                .untilAsserted(() -> assertThat(folder.listed("r-bomb.jar")).isEmpty());
    }

    @TestBesideOthers
    void links_that_stay_within_the_folder_are_followed_and_may_be_turned_over() throws Exception {
        Path versions = Files.createDirectory(folder.path("versions"));
        Files.write(versions.resolve("one"), saying("linked", "1.0.0"));
        Files.write(versions.resolve("two"), saying("linked", "1.0.1"));
        folder.unnoticed(() -> {
            Files.createSymbolicLink(folder.path("linked.jar"), Path.of("versions/one"));
            folder.awaitSaid("linked", "1.0.0");
            Files.createSymbolicLink(folder.path(".next"), Path.of("versions/two"));
            Files.move(folder.path(".next"), folder.path("linked.jar"), StandardCopyOption.ATOMIC_MOVE);
            folder.awaitSaid("linked", "1.0.1");
        });
    }

    @TestBesideOthers
    void manifests_that_do_not_name_a_fitting_plugin_are_turned_away() throws Exception {
        Map<String, String> codes = new LinkedHashMap<>();
        folder.unnoticed(() -> {
            folder.rename("m-none.jar", withoutManifest(plugin("m-none").bytes()));
            codes.put("m-none.jar", "MANIFEST_MISSING");
            folder.rename(
                    "m-no-version.jar",
                    plugin("m-no-version").without("Plugin-Version").bytes());
            codes.put("m-no-version.jar", "MANIFEST_KEY_MISSING");
            folder.rename(
                    "m-too-new.jar",
                    plugin("m-too-new").manifest("Plugin-Requires", ">=99.0.0").bytes());
            codes.put("m-too-new.jar", "API_VERSION");
            folder.rename(
                    "m-greedy.jar",
                    plugin("m-greedy")
                            .libraryOf(dev.mcpgateway.api.GatewayPlugin.class)
                            .bytes());
            codes.put("m-greedy.jar", "API_BUNDLED");
            folder.rename(
                    "m-future.jar",
                    plugin("m-future")
                            .patch("acme.Acme", classFile -> {
                                classFile[7] = 99; // the low byte of the major version
                                return classFile;
                            })
                            .bytes());
            codes.put("m-future.jar", "JAVA_TOO_OLD");
            codes.forEach((file, code) -> folder.awaitLogged(file, "REFUSED", code));
        });
    }

    @TestBesideOthers
    void a_start_that_hangs_is_given_up_while_others_come_go_and_fail_meanwhile() throws Exception {
        folder.unnoticed(() -> {
            folder.rename(
                    "s-hanging.jar",
                    starting("s-hanging", "new java.util.concurrent.CountDownLatch(1).await();")
                            .bytes());
            folder.rename(
                    "s-lacking.jar",
                    starting("s-lacking", "slacking.Missing.touch();")
                            .source(
                                    "slacking.Missing",
                                    "package slacking; public class Missing { public static void touch() {} }")
                            .leaveOut("slacking.Missing")
                            .bytes());
            folder.rename(
                    "s-error.jar",
                    starting("s-error", "throw new StackOverflowError(\"down\");")
                            .bytes());
            folder.rename("s-static.jar", PluginJar.of("s-static").acme("""
                                    public final class Acme implements GatewayPlugin {
                                        static final int NUMBER = Integer.parseInt("x");
                                    }
                                    """).bytes());
            folder.rename("s-meanwhile.jar", saying("s-meanwhile", "1.0.0"));
            folder.awaitSaid("s-meanwhile", "1.0.0");
            folder.awaitLogged("s-lacking.jar", "FAILED", "DEPENDENCY_MISSING");
            folder.awaitLogged("s-error.jar", "FAILED", "START_THREW");
            folder.awaitLogged("s-static.jar", "FAILED", "START_THREW");
            folder.rename("s-meanwhile.jar", saying("s-meanwhile", "1.0.1"));
            folder.awaitSaid("s-meanwhile", "1.0.1");
            folder.delete("s-meanwhile.jar");
            folder.awaitUnknown("s-meanwhile.say.v1");
            assertThat(folder.history("s-hanging.jar")).as("still starting").doesNotContain("FAILED START_TIMEOUT");
            folder.awaitLogged("s-hanging.jar", "FAILED", "START_TIMEOUT");
            folder.awaitListed("s-hanging.jar", "s-hanging", "FAILED", "START_TIMEOUT");

            folder.rename("s-hanging.jar", saying("s-hanging", "1.0.1"));
            folder.awaitSaid("s-hanging", "1.0.1");
        });
    }

    @TestBesideOthers
    void a_jar_whose_start_hangs_may_be_deleted_before_it_is_given_up() throws Exception {
        folder.unnoticed(() -> {
            folder.rename(
                    "s-doomed.jar",
                    starting("s-doomed", "new java.util.concurrent.CountDownLatch(1).await();")
                            .bytes());
            DropFolder.pause(Duration.ofSeconds(1));
            folder.delete("s-doomed.jar");
            folder.rename("s-after.jar", saying("s-doomed", "1.0.1"));
            folder.awaitSaid("s-doomed", "1.0.1");
        });
    }

    @TestBesideOthers
    void a_dropped_plugin_that_throws_or_hangs_when_it_is_called_harms_its_own_calls_only() throws Exception {
        folder.unnoticed(() -> {
            folder.rename(
                    "c-throwing.jar",
                    PluginJar.withTool("c-throwing", "fail.v1", "throw new StackOverflowError(\"hunter2\");")
                            .bytes());
            folder.rename(
                    "c-hanging.jar",
                    PluginJar.withAsynchronousTool("c-hanging", "hang.v1", """
                                    try {
                                        new CountDownLatch(1).await();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    return null;
                                    """).bytes());
            Client client = folder.client();
            await().until(() -> client.toolNames().containsAll(List.of("c-throwing.fail.v1", "c-hanging.hang.v1")));
            Reply hung = client.call("c-hanging.hang.v1", "{}");
            Reply failed = client.call("c-throwing.fail.v1", "{}");
            assertThat(failed.isError()).isTrue();
            assertThat(failed.text()).contains("tool failed (ref ").doesNotContain("hunter2");
            assertThat(hung.text()).isEqualTo("provider 'c-hanging' timed out after 2.5 s");
            folder.delete("c-hanging.jar");
            folder.awaitUnknown("c-hanging.hang.v1");
        });
    }

    @TestBesideOthers
    void a_dropped_plugin_with_libraries_of_its_own_shares_only_the_API() throws Exception {
        byte[] jar = PluginJar.withTool("heavy", "look.v1", """
                        ClassLoader mine = Source.class.getClassLoader();
                        return ToolResult.text(
                                (tools.jackson.databind.ObjectMapper.class.getClassLoader() == mine)
                                        + " " + (Provider.class.getClassLoader() == mine));
                        """)
                .libraryOf(tools.jackson.databind.ObjectMapper.class)
                .libraryOf(tools.jackson.core.JsonParser.class)
                .libraryOf(com.fasterxml.jackson.annotation.JsonProperty.class)
                .bytes();
        folder.unnoticed(() -> {
            folder.rename("heavy.jar", jar);
            folder.awaitCallable("heavy.look.v1");
            assertThat(folder.client().call("heavy.look.v1", "{}").text()).isEqualTo("true false");
        });
    }

    @TestBesideOthers
    void files_that_are_not_named_like_jars_are_not_loaded_and_become_plugins_by_a_rename() throws Exception {
        folder.unnoticed(() -> {
            folder.copy("upper.jar.part", saying("upper", "1.0.0"));
            folder.copy("upper.jar.bak", saying("upper", "1.0.0"));
            folder.copy(".upper.jar", saying("upper", "1.0.0"));
            DropFolder.pause(Duration.ofSeconds(3)); // more than one scan
            assertThat(folder.client().toolNames()).doesNotContain("upper.say.v1");
            Files.move(folder.path("upper.jar.part"), folder.path("upper.jar"));
            folder.awaitSaid("upper", "1.0.0");
        });
    }

    @TestBesideOthers
    void file_names_that_are_awkward_are_no_way_around_anything() throws Exception {
        folder.unnoticed(() -> {
            folder.rename("with space.jar", saying("spaced", "1.0.0"));
            folder.rename("zażółć-ü-漢.jar", saying("accented", "1.0.0"));
            folder.rename("new\nline.jar", saying("lined", "1.0.0"));
            folder.rename("%00&#;'\"`$(touch x).jar", saying("quoted", "1.0.0"));
            folder.rename("n".repeat(250 - ".part".length() - 1) + ".jar", saying("long-named", "1.0.0"));
            for (String id : List.of("spaced", "accented", "lined", "quoted", "long-named")) {
                folder.awaitSaid(id, "1.0.0");
            }
            assertThat(folder.installation().runBeside("plugins").exitCode()).isZero();
        });
    }

    private void assertNeverLoadedByHalf(String file) {
        folder.awaitLogged(file, "LIVE", "");
        assertThat(folder.history(file)).noneMatch(state -> state.startsWith("FAILED"));
    }

    private static PluginJar plugin(String id) {
        return PluginJar.withTool(id, "echo.v1", "return ToolResult.of(arguments);");
    }

    /** A plugin whose constructor runs this. */
    private static PluginJar starting(String id, String body) {
        return PluginJar.of(id).acme("""
                public final class Acme implements GatewayPlugin {
                    public Acme() throws Exception {
                        if (System.nanoTime() != 0) {
                            %s
                        }
                    }
                }
                """.formatted(body));
    }

    private static byte[] withoutManifest(byte[] jar) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.getName().endsWith("MANIFEST.MF")) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
        }
        return bytes.toByteArray();
    }

    private static void makeFifo(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
