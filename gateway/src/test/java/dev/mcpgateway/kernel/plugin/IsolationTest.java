// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin sees of the world: the JDK, the API and itself. */
@Timeout(60)
class IsolationTest {

    /** A provider whose only tool answers with the text that {@code answer} yields. */
    private static final String ASKED = """
            public final class Acme implements GatewayPlugin {
                @Override
                public List<ProviderOffer> providers(PluginContext plugin) {
                    return List.of(new ProviderOffer("acme", context -> new BlockingProvider() {
                        @Override public Capabilities capabilities(CallContext call) { return Capabilities.of(); }
                        @Override public ToolResult callTool(String tool, Json arguments, CallContext call)
                                throws Exception {
                            return ToolResult.text("" + answer(tool, plugin));
                        }
                    }));
                }
                static Object find(String name) {
                    try {
                        return Class.forName(name).getField("WHOSE").get(null);
                    } catch (ClassNotFoundException e) {
                        return "not there";
                    } catch (ReflectiveOperationException e) {
                        return e;
                    }
                }
                static Object answer(String tool, PluginContext plugin) throws Exception {
                    ANSWER
                }
            }
            """;

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
    void a_plugin_uses_its_own_classes_where_the_kernel_has_others_of_the_same_name() throws Exception {
        PluginJar jar = PluginJar.of("acme").acme(ASKED.replace("ANSWER", "return find(tool);"));
        for (String name : new String[] {
            "tools.jackson.databind.JsonNode", "io.grpc.Channel", "org.apache.logging.log4j.Logger", "org.pf4j.Plugin"
        }) {
            int dot = name.lastIndexOf('.');
            jar.source(
                    name,
                    "package " + name.substring(0, dot) + "; public class " + name.substring(dot + 1)
                            + " { public static final String WHOSE = \"the plugin's\"; }");
        }
        jar.writeTo(scene.file("acme.jar"));
        scene.boot();
        Provider provider = scene.open(new FakeProviderContext());

        assertThat(ask(provider, "tools.jackson.databind.JsonNode")).isEqualTo("the plugin's");
        assertThat(ask(provider, "io.grpc.Channel")).isEqualTo("the plugin's");
        assertThat(ask(provider, "org.apache.logging.log4j.Logger")).isEqualTo("the plugin's");
        assertThat(ask(provider, "org.pf4j.Plugin")).isEqualTo("the plugin's");
    }

    @Test
    void a_plugin_does_not_see_the_kernel_and_its_libraries() throws Exception {
        PluginJar.of("acme").acme(ASKED.replace("ANSWER", "return find(tool);")).writeTo(scene.file("acme.jar"));
        scene.boot();
        Provider provider = scene.open(new FakeProviderContext());

        assertThat(ask(provider, "dev.mcpgateway.kernel.plugin.PluginFolder")).isEqualTo("not there");
        assertThat(ask(provider, "tools.jackson.databind.JsonNode")).isEqualTo("not there");
        assertThat(ask(provider, "org.pf4j.Plugin")).isEqualTo("not there");
        assertThat(ask(provider, "org.jspecify.annotations.NullMarked")).isEqualTo("not there");
    }

    @Test
    void the_API_is_the_same_for_all() throws Exception {
        PluginJar.of("acme")
                .acme(ASKED.replace("ANSWER", "return System.identityHashCode(GatewayPlugin.class);"))
                .writeTo(scene.file("acme.jar"));
        scene.boot();

        assertThat(ask(scene.open(new FakeProviderContext()), "x"))
                .isEqualTo("" + System.identityHashCode(GatewayPlugin.class));
    }

    @Test
    void every_call_and_every_thread_has_the_plugins_class_loader() throws Exception {
        PluginJar.of("acme").acme(ASKED.replace("ANSWER", """
                        ClassLoader own = Acme.class.getClassLoader();
                        Callable<Object> loader = () -> Thread.currentThread().getContextClassLoader();
                        FutureTask<Object> made = new FutureTask<>(loader);
                        plugin.threadFactory().newThread(made).start();
                        return (loader.call() == own) + " " + (plugin.executor().submit(loader).get() == own)
                                + " " + (plugin.scheduler().submit(loader).get() == own) + " " + (made.get() == own);
                        """)).writeTo(scene.file("acme.jar"));
        scene.boot();
        ClassLoader before = Thread.currentThread().getContextClassLoader();

        assertThat(ask(scene.open(new FakeProviderContext()), "x")).isEqualTo("true true true true");
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void resources_come_from_the_plugins_own_jar_only() throws Exception {
        PluginJar.of("acme")
                .entry("words.txt", "mine")
                .acme(ASKED.replace("ANSWER", """
                        var in = Acme.class.getResourceAsStream("/" + tool);
                        return in == null ? "not there" : new String(in.readAllBytes());
                        """))
                .writeTo(scene.file("acme.jar"));
        scene.boot();
        Provider provider = scene.open(new FakeProviderContext());

        assertThat(ask(provider, "words.txt")).isEqualTo("mine");
        assertThat(ask(provider, "org/pf4j/Plugin.class")).isEqualTo("not there");
    }

    @Test
    void what_a_plugin_prints_goes_where_Main_has_put_standard_output() throws Exception {
        PluginJar.of("acme")
                .acme(ASKED.replace("ANSWER", "System.out.print(\"printed\"); return 1;"))
                .writeTo(scene.file("acme.jar"));
        scene.boot();
        PrintStream before = System.out;
        ByteArrayOutputStream elsewhere = new ByteArrayOutputStream();
        System.setOut(new PrintStream(elsewhere, true, StandardCharsets.UTF_8));
        try {
            ask(scene.open(new FakeProviderContext()), "x");
        } finally {
            System.setOut(before);
        }

        assertThat(elsewhere.toString(StandardCharsets.UTF_8)).isEqualTo("printed");
    }

    private static String ask(Provider provider, String tool) throws Exception {
        ToolResult result = provider.callTool(tool, Json.of(Map.of()), FakeCall.inNoHurry())
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return ((Content.Text) result.content().getFirst()).text();
    }
}
