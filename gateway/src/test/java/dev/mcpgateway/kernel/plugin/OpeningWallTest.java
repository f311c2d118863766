// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A provider in a jar that fails or hangs when it is opened. */
@Timeout(60)
class OpeningWallTest {

    @TempDir
    Path folder;

    private final FakeProviderContext kernel = new FakeProviderContext();
    Scene scene;

    @BeforeEach
    void set() throws IOException {
        scene = new Scene(folder);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void an_open_that_throws_the_same_each_time_is_in_the_log_with_its_stack_once() {
        PluginJar.of("acme").acme("""
                        public final class Acme implements GatewayPlugin {
                            static int opened;
                            @Override public List<ProviderOffer> providers(PluginContext plugin) {
                                return List.of(new ProviderOffer("acme", context -> {
                                    throw new java.io.IOException(opened++ < 5 ? "secret" : "another");
                                }));
                            }
                        }
                        """).writeTo(scene.file("acme.jar"));
        scene.boot();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            assertThatThrownBy(() -> scene.open(kernel))
                    .isInstanceOf(ProviderException.class)
                    .satisfies(thrown -> texts.add(String.valueOf(thrown.getMessage())));
        }
        assertThat(texts).allMatch(text -> text.matches("failed \\(ref [0-9a-f]{6}\\)"));
        assertThat(texts.subList(0, 5)).containsOnly(texts.getFirst());
        assertThat(texts.getLast()).isNotEqualTo(texts.getFirst());
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.message().startsWith("opening provider 'acme' failed"))
                .hasSize(6)
                .filteredOn(line -> !line.thrown().isEmpty())
                .hasSize(2);
        assertThat(scene.state("acme.jar").reason()).isEmpty(); // the one who opens it knows whether that still stands
    }

    @Test
    void a_thread_that_an_open_keeps_is_named_when_the_plugin_is_closed() throws Exception {
        PluginJar.of("acme").acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderOffer> providers(PluginContext plugin) {
                                return List.of(new ProviderOffer("acme", context -> {
                                    long end = System.nanoTime() + 20_000_000_000L;
                                    while (System.nanoTime() - end < 0) { Thread.onSpinWait(); Thread.yield(); }
                                    return null;
                                }));
                            }
                        }
                        """).writeTo(scene.file("acme.jar"));
        PluginFolder plugins = scene.boot();
        Thread opening = Thread.ofPlatform().daemon().name("opening-acme").start(() -> {
            try {
                scene.open(kernel);
            } catch (Exception expected) {
                // when the test is over
            }
        });
        await().until(() -> opening.getContextClassLoader() != getClass().getClassLoader());
        plugins.close();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(LoggedLines.all())
                        .anyMatch(line -> line.message().contains("these threads of it still run: opening-acme")));
    }
}
