// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong when a plugin starts. */
@Timeout(60)
class StartTest {

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
    void a_dependency_that_was_not_packed_is_named() {
        PluginJar.of("poor")
                .source("lib.Missing", "package lib; public class Missing {}")
                .leaveOut("lib.Missing")
                .acme("public final class Acme implements GatewayPlugin { Object needed = new lib.Missing(); }")
                .writeTo(scene.file("poor.jar"));

        assertThat(scene.expect("poor.jar", State.FAILED, "DEPENDENCY_MISSING").reason())
                .contains("lib.Missing", "pack the dependency");
    }

    @Test
    void a_super_class_that_was_not_packed_is_named() {
        PluginJar.of("orphan")
                .source("lib.Parent", "package lib; public class Parent {}")
                .leaveOut("lib.Parent")
                .acme("public final class Acme extends lib.Parent implements GatewayPlugin {}")
                .writeTo(scene.file("orphan.jar"));

        assertThat(scene.expect("orphan.jar", State.FAILED, "DEPENDENCY_MISSING")
                        .reason())
                .contains("lib.Parent");
    }

    @Test
    void a_class_in_the_jar_that_was_compiled_for_a_newer_Java_is_refused() {
        PluginJar.of("mixed")
                .source("lib.Newer", "package lib; public class Newer {}")
                .acme("public final class Acme implements GatewayPlugin { Object needed = new lib.Newer(); }")
                .patch("lib.Newer", classFile -> {
                    classFile[7]++;
                    return classFile;
                })
                .writeTo(scene.file("mixed.jar"));

        assertThat(scene.expect("mixed.jar", State.REFUSED, "JAVA_TOO_OLD").reason())
                .contains("--release " + Runtime.version().feature());
    }

    @Test
    void a_class_file_full_of_rubbish_is_told_apart() {
        PluginJar.of("rubbish")
                .source("lib.Rubbish", "package lib; public class Rubbish {}")
                .acme("public final class Acme implements GatewayPlugin { Object needed = new lib.Rubbish(); }")
                .patch("lib.Rubbish", classFile -> {
                    Arrays.fill(classFile, 20, classFile.length, (byte) 0x55);
                    return classFile;
                })
                .writeTo(scene.file("rubbish.jar"));

        scene.expect("rubbish.jar", State.FAILED, "BROKEN_CLASSES");
    }

    @Test
    void a_static_initialiser_that_throws_fails_the_start_with_its_own_words() {
        PluginJar.of("statics").acme("""
                        public final class Acme implements GatewayPlugin {
                            static final int PORT = Integer.parseInt("eighty");
                        }
                        """).writeTo(scene.file("statics.jar"));

        PluginFile file = scene.expect("statics.jar", State.FAILED, "START_THREW");
        assertThat(file.reason()).contains("static initialiser", "eighty");
        assertThat(referenceIn(file.reason())).isNotEmpty();
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.thrown()).contains("NumberFormatException", "Acme.<clinit>"));
    }

    @Test
    @Tag("slow")
    void a_constructor_that_throws_fails_the_start_with_its_own_words() {
        PluginJar.of("thrower").acme("""
                        public final class Acme implements GatewayPlugin {
                            public Acme() { throw new IllegalStateException("no\\nkey \\u0007 found"); }
                        }
                        """).writeTo(scene.file("thrower.jar"));

        assertThat(scene.expect("thrower.jar", State.FAILED, "START_THREW").reason())
                .contains("its constructor threw: no key   found");
    }

    @Test
    void errors_in_a_constructor_are_no_different() {
        Map<String, String> bodies = Map.of(
                "deep",
                "public Acme() { this(0); } private Acme(int n) { deeper(n); }"
                        + " int deeper(int n) { return deeper(n + 1) + 1; }",
                "large",
                "public Acme() { throw new OutOfMemoryError(\"Requested array size exceeds VM limit\"); }",
                "dead",
                "public Acme() { throw new ThreadDeath(); }",
                "mute",
                "public Acme() { throw new RuntimeException() {"
                        + " @Override public String getMessage() { throw new Error(); } }; }");
        bodies.forEach((id, body) -> PluginJar.of(id)
                .acme("public final class Acme implements GatewayPlugin {" + body + "}")
                .writeTo(scene.file(id + ".jar")));

        bodies.keySet().forEach(id -> scene.expect(id + ".jar", State.FAILED, "START_THREW"));
    }

    @Test
    @Tag("slow")
    void a_constructor_that_hangs_is_given_up_at_the_limit_and_shown_where() {
        scene.limit = Duration.ofSeconds(4);
        PluginJar.of("sleeper").acme("""
                        public final class Acme implements GatewayPlugin {
                            public Acme() {
                                while (true) {
                                    try { Thread.sleep(1000); } catch (InterruptedException e) { /* on and on */ }
                                }
                            }
                        }
                        """).writeTo(scene.file("sleeper.jar"));
        long begin = System.nanoTime();

        PluginFile file = scene.expect("sleeper.jar", State.FAILED, "START_TIMEOUT");

        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(12));
        assertThat(file.reason()).contains("within 4 s");
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.thrown()).contains("Acme.<init>"));
    }

    @Test
    @Tag("slow")
    void a_constructor_that_spins_is_given_up_at_the_limit() {
        scene.limit = Duration.ofSeconds(4);
        PluginJar.of("spinner").acme("""
                        public final class Acme implements GatewayPlugin {
                            public Acme() {
                                long end = System.nanoTime() + 12_000_000_000L;
                                while (System.nanoTime() < end) { Thread.onSpinWait(); }
                            }
                        }
                        """).writeTo(scene.file("spinner.jar"));

        scene.expect("spinner.jar", State.FAILED, "START_TIMEOUT");
    }

    @Test
    void a_class_that_is_no_plugin_is_told_apart() {
        PluginJar.of("stranger").acme("public final class Acme {}").writeTo(scene.file("stranger.jar"));

        assertThat(scene.expect("stranger.jar", State.FAILED, "NOT_A_PLUGIN").reason())
                .contains("acme.Acme", "GatewayPlugin");
    }

    @Test
    void a_class_that_cannot_be_made_is_told_what_it_lacks() {
        Map<String, String> classes = Map.of(
                "arguments", "public final class Acme implements GatewayPlugin { public Acme(String needed) {} }",
                "shy", "public final class Acme implements GatewayPlugin { Acme() {} }",
                "inner", "final class Acme implements GatewayPlugin { public Acme() {} }",
                "unfinished", "public abstract class Acme implements GatewayPlugin {}",
                "face", "public interface Acme extends GatewayPlugin {}");
        classes.forEach((id, text) -> PluginJar.of(id).acme(text).writeTo(scene.file(id + ".jar")));

        classes.keySet()
                .forEach(id -> assertThat(scene.expect(id + ".jar", State.FAILED, "NO_CONSTRUCTOR")
                                .reason())
                        .contains("public constructor without parameters"));
    }

    @Test
    void offers_that_cannot_be_used_are_told_apart() {
        Map<String, String> bodies = Map.of(
                "none", "@Override public List<ProviderOffer> providers(PluginContext c) { return null; }",
                "hole",
                        "@Override public List<ProviderOffer> providers(PluginContext c) {"
                                + " List<ProviderOffer> l = new ArrayList<>(); l.add(null); return l; }",
                "twice",
                        "@Override public List<ProviderOffer> providers(PluginContext c) {"
                                + " return List.of(new ProviderOffer(\"a\", x -> null), new ProviderOffer(\"a\", x -> null)); }",
                "unnamed",
                        "@Override public List<ProviderType> providerTypes(PluginContext c) { return List.of("
                                + "new ProviderType() { public String name() { return null; }"
                                + " public Provider open(ProviderConfig p, ProviderContext x) { return null; } }); }");
        bodies.forEach((id, body) -> PluginJar.of(id)
                .acme("public final class Acme implements GatewayPlugin {" + body + "}")
                .writeTo(scene.file(id + ".jar")));
        PluginJar.of("badname").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderOffer> providers(PluginContext c) {
                                return List.of(new ProviderOffer("No Name", x -> null));
                            }
                        }
                        """).writeTo(scene.file("badname.jar"));

        scene.expect("none.jar", State.FAILED, "OFFER_INVALID");
        scene.expect("hole.jar", State.FAILED, "OFFER_INVALID");
        scene.expect("twice.jar", State.FAILED, "OFFER_INVALID");
        scene.expect("unnamed.jar", State.FAILED, "OFFER_INVALID");
        assertThat(scene.expect("badname.jar", State.FAILED, "START_THREW").reason())
                .contains("No Name");
    }

    @Test
    void a_plugin_that_failed_after_it_was_made_is_closed() {
        PluginJar.of("opener").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderOffer> providers(PluginContext c) { return null; }
                            @Override public void close() { System.setProperty("acme.closed", "yes"); }
                        }
                        """).writeTo(scene.file("opener.jar"));

        scene.expect("opener.jar", State.FAILED, "OFFER_INVALID");
        assertThat(System.clearProperty("acme.closed")).isEqualTo("yes");
    }

    @Test
    @Tag("slow")
    void sixty_four_plugins_load_at_the_same_time() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            ids.add("many-" + i);
            PluginJar.of("many-" + i).writeTo(scene.file("many-" + i + ".jar"));
        }

        scene.boot();

        ids.forEach(id -> scene.expectLive(id + ".jar"));
        assertThat(scene.live).extracting(LivePlugin::id).contains(ids.toArray(new String[0]));
    }

    private static String referenceIn(String reason) {
        return reason.replaceFirst(".*ref ([0-9a-f]{6}).*", "$1");
    }
}
