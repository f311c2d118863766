// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of plugins, with the gateway's. */
@Timeout(60)
class ClosingTest {

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
    void a_plugin_is_closed_once_and_its_executors_end() {
        acme("""
                static PluginContext given;
                @Override public List<ProviderOffer> providers(PluginContext context) {
                    context.executor().submit(() -> { Thread.sleep(100_000); return null; });
                    context.scheduler().scheduleAtFixedRate(() -> {}, 0, 10, TimeUnit.MILLISECONDS);
                    context.threadFactory().newThread(() -> {
                        try { Thread.sleep(100_000); } catch (InterruptedException e) { /* ends */ }
                    }).start();
                    given = context;
                    return List.of();
                }
                @Override public void close() {
                    System.setProperty("acme.closed", System.getProperty("acme.closed", "") + "closed");
                }
                """);
        PluginFolder folder = scene.boot();
        assertThat(threads("plugin-acme-")).isNotEmpty();

        folder.close();
        folder.close();

        assertThat(System.clearProperty("acme.closed")).isEqualTo("closed");
        assertThat(folder.files()).extracting(PluginFile::state).containsExactly(State.GONE);
        assertThat(scene.gone).extracting(LivePlugin::id).containsExactly("acme");
        assertThat(LoggedLines.all()).noneMatch(line -> line.message().contains("still run"));
        await().until(() -> threads("plugin-acme-").isEmpty());
    }

    @Test
    void a_folder_that_is_closed_while_it_begins_to_be_watched_leaves_no_thread() {
        for (int i = 0; i < 50; i++) {
            PluginFolder folder = scene.boot();
            folder.watch();
            folder.close();
        }
        await().until(() -> threads("plugins-hint").isEmpty());
    }

    @Test
    void threads_that_survive_are_named_in_the_log() {
        acme("""
                public Acme() {
                    Thread stubborn = new Thread(() -> {
                        long end = System.nanoTime() + 4_000_000_000L;
                        while (System.nanoTime() < end) { Thread.onSpinWait(); }
                    }, "acme-stubborn");
                    stubborn.setDaemon(true);
                    stubborn.start();
                }
                """);
        PluginFolder folder = scene.boot();

        folder.close();

        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).contains("still run", "acme-stubborn", "close()"));
    }

    @Test
    @Tag("slow")
    void a_plugin_that_hangs_in_close_is_left_at_the_limit() {
        scene.limit = Duration.ofSeconds(4);
        acme("""
                @Override public void close() {
                    while (true) {
                        try { Thread.sleep(100_000); } catch (InterruptedException e) { /* on and on */ }
                    }
                }
                """);
        PluginJar.of("polite").writeTo(scene.file("polite.jar"));
        PluginFolder folder = scene.boot();
        long begin = System.nanoTime();

        folder.close();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(12));
        assertThat(folder.files()).extracting(PluginFile::state).containsOnly(State.GONE);
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).contains("still run", "plugin-acme-close"));
    }

    @Test
    void a_plugin_that_is_being_closed_when_the_gateway_ends_may_finish() throws Exception {
        acme("""
                static final class Last { static void act() { System.setProperty("acme.closed", "in order"); } }
                @Override public void close() {
                    System.setProperty("acme.closing", Thread.currentThread().getName());
                    try { Thread.sleep(500); } catch (InterruptedException e) { return; }
                    Last.act();
                }
                """);
        PluginFolder folder = scene.watch();
        Files.delete(scene.file("acme.jar"));
        await().until(() -> System.getProperty("acme.closing") != null);

        folder.close();

        assertThat(System.clearProperty("acme.closing")).isEqualTo("plugin-acme-close");
        assertThat(System.clearProperty("acme.closed")).isEqualTo("in order");
        assertThat(LoggedLines.all()).noneMatch(line -> line.message().contains("closing the plugin failed"));
    }

    @Test
    void a_plugin_is_closed_on_a_thread_of_its_own_though_nobody_waits_for_it() throws Exception {
        acme("""
                @Override public void close() {
                    System.setProperty("acme.closed", Thread.currentThread().getName());
                }
                """);
        for (int i = 0; i < 20; i++) {
            try (var jar = InspectedJar.of(scene.file("acme.jar"), Map.of(), (id, version) -> {})) {
                Cell cell = started(jar);

                Thread.currentThread().interrupt();
                try {
                    cell.close(System.nanoTime() + Duration.ofSeconds(5).toNanos());
                } catch (InterruptedException givenUp) {
                    // unless the plugin had been closed before anybody could wait
                } finally {
                    Thread.interrupted();
                }

                await().until(() -> System.getProperty("acme.closed") != null);
                assertThat(System.clearProperty("acme.closed")).isEqualTo("plugin-acme-close");
            }
        }
    }

    @Test
    void a_plugin_that_throws_in_close_is_reported() {
        acme("@Override public void close() { throw new StackOverflowError(); }");
        PluginFolder folder = scene.boot();

        folder.close();

        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).startsWith("closing the plugin failed (ref "));
    }

    @Test
    void what_escapes_from_a_plugins_own_thread_is_reported() {
        acme("""
                public Acme() {}
                @Override public List<ProviderOffer> providers(PluginContext context) {
                    context.threadFactory().newThread(() -> { throw new StackOverflowError(); }).start();
                    context.executor().execute(() -> { throw new IllegalStateException(); });
                    return List.of();
                }
                """);
        scene.boot();

        await().untilAsserted(() -> assertThat(LoggedLines.all())
                .filteredOn(line -> line.message().startsWith("its thread plugin-acme-"))
                .hasSize(2));
    }

    @Test
    void the_class_loader_of_a_closed_plugin_can_be_collected() throws Exception {
        PluginJar.of("acme").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderOffer> providers(PluginContext context) {
                                System.getProperties().put("acme.loader",
                                        new java.lang.ref.WeakReference<>(Acme.class.getClassLoader()));
                                return List.of(new ProviderOffer("acme", x -> new BlockingProvider() {
                                    @Override public Capabilities capabilities(CallContext c) { return Capabilities.of(); }
                                    @Override public ToolResult callTool(String t, Json a, CallContext c) {
                                        return ToolResult.text("x");
                                    }
                                }));
                            }
                        }
                        """).writeTo(scene.file("acme.jar"));
        PluginFolder folder = scene.boot();
        useProvider();
        WeakReference<?> loader =
                (WeakReference<?>) requireNonNull(System.getProperties().remove("acme.loader"));

        folder.close();
        scene.live.clear();
        scene.gone.clear();

        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return loader.get() == null;
        });
    }

    /** On a thread of its own, whose context loader stays the plugin's. */
    private Cell started(InspectedJar jar) throws Exception {
        FutureTask<Cell> start = new FutureTask<>(() -> Cell.start(jar, scene.file("acme.jar"), unstarted -> {}));
        Thread.ofPlatform().start(start);
        return start.get(10, TimeUnit.SECONDS);
    }

    private void useProvider() throws Exception {
        Provider provider = scene.open(new FakeProviderContext());
        provider.callTool("t", Json.of(Map.of()), FakeCall.inNoHurry())
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);
        provider.close();
    }

    private void acme(String body) {
        PluginJar.of("acme")
                .acme("public final class Acme implements GatewayPlugin {" + body + "}")
                .writeTo(scene.file("acme.jar"));
    }

    private static List<Thread> threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix) && thread.isAlive())
                .toList();
    }
}
