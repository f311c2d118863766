// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Jars are deleted while their plugins serve: what was begun is finished, and nothing of the plugin stays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PluginRemovalTest {

    /** The classes of a plugin that has ended are looked for 5 s and 25 s later. */
    private static final Duration LOOKED_FOR = Duration.ofSeconds(60);

    /** One gateway for all at the same time: that none of it disturbs another is the promise. */
    private final DropFolder folder = DropFolder.open();

    @AfterAll
    void everything_was_answered() {
        folder.gateway()
                .expectAbruptEnd(); // a thread that never ends is left, on purpose; what is unanswered was asserted
        folder.close();
    }

    @TestBesideOthers
    void calls_that_are_under_way_are_finished_and_later_ones_name_an_unknown_tool() throws Exception {
        folder.rename("leaving.jar", working("leaving"));
        folder.awaitCallable("leaving.work.v1");
        long told = folder.toolsChanged();
        folder.unnoticed(() -> {
            List<Reply> begun = IntStream.range(0, 10)
                    .mapToObj(i -> folder.client().call("leaving.work.v1", "{\"millis\":2000}"))
                    .toList();
            folder.delete("leaving.jar");
            folder.awaitUnknown("leaving.work.v1");
            Reply later = folder.client().call("leaving.work.v1", "{}");
            assertThat(later.errorCode()).isEqualTo(-32602);
            assertThat(later.errorText()).contains("unknown tool");
            await().until(() -> folder.toolsChanged() > told);
            assertThat(folder.client().toolNames()).doesNotContain("leaving.work.v1");
            folder.awaitLogged("leaving.jar", "DRAINING", "");
            assertThat(begun).allSatisfy(reply -> assertThat(reply.text()).isEqualTo("done"));
            folder.awaitLogged("leaving.jar", "GONE", "");
        });
    }

    @TestBesideOthers
    void a_plugin_whose_close_throws_or_hangs_goes_all_the_same() throws Exception {
        folder.unnoticed(() -> {
            folder.rename("bad-end.jar", ending("bad-end", "throw new Error(\"no end\");"));
            folder.rename("no-end.jar", ending("no-end", hanging(8)));
            folder.awaitCallable("bad-end.say.v1");
            folder.awaitCallable("no-end.say.v1");
            folder.delete("bad-end.jar");
            folder.delete("no-end.jar");
            folder.awaitUnknown("bad-end.say.v1");
            folder.awaitUnknown("no-end.say.v1");
            folder.awaitLogged("bad-end.jar", "GONE", "");
            folder.rename("bad-end.jar", saying("bad-end", "1.0.1"));
            folder.awaitSaid("bad-end", "1.0.1");
            folder.rename("no-end.jar", saying("no-end", "1.0.1"));
            folder.awaitSaid("no-end", "1.0.1");
        });
    }

    @TestBesideOthers
    void a_replaced_plugin_whose_close_hangs_does_not_hold_up_its_successor() throws Exception {
        folder.rename("clinging.jar", ending("clinging", hanging(8)));
        folder.awaitCallable("clinging.say.v1");
        folder.unnoticed(() -> {
            folder.rename("clinging.jar", saying("clinging", "1.0.1"));
            folder.awaitSaid("clinging", "1.0.1");
            folder.rename("clinging.jar", saying("clinging", "1.0.2"));
            folder.awaitSaid("clinging", "1.0.2");
        });
    }

    @TestBesideOthers
    void the_same_jar_may_go_and_come_again_many_times() throws Exception {
        byte[] jar = saying("again", "1.0.0");
        folder.unnoticed(() -> {
            for (int round = 0; round < 5; round++) {
                folder.rename("again.jar", jar);
                folder.awaitSaid("again", "1.0.0");
                folder.delete("again.jar");
                folder.awaitUnknown("again.say.v1");
            }
            folder.rename("again.jar", jar);
            folder.delete("again.jar");
            folder.rename("again.jar", jar);
            folder.awaitSaid("again", "1.0.0");
        });
    }

    @TestBesideOthers
    void a_plugin_that_cannot_start_and_stays_in_memory_is_told_of() throws Exception {
        byte[] jar = PluginJar.of("stillborn").acme("""
                        public final class Acme implements GatewayPlugin {
                            public Acme() {
                                Thread ghost = new Thread(() -> {
                                    while (true) {
                                        try {
                                            Thread.sleep(1_000);
                                        } catch (InterruptedException goOn) {
                                        }
                                    }
                                }, "ghost-of-stillborn");
                                ghost.setDaemon(true);
                                ghost.start();
                                throw new IllegalStateException("no");
                            }
                        }
                        """).bytes();
        folder.unnoticed(() -> {
            folder.rename("stillborn.jar", jar);
            folder.awaitLogged("stillborn.jar", "FAILED", "");
            await("it is told as leaked")
                    .atMost(LOOKED_FOR)
                    .untilAsserted(
                            () -> assertThat(folder.gateway().log().lines("level", "WARN"))
                                    .anyMatch(
                                            line -> line.path("message")
                                                    .asString("")
                                                    .matches(
                                                            "plugin stillborn in stillborn.jar did not start, and .* ghost-of-stillborn.*")));
        });
    }

    @TestBesideOthers
    void a_thread_that_never_ends_is_named_and_harms_nothing() throws Exception {
        byte[] jar = PluginJar.withProvider("haunted", """
                        final class Source implements BlockingProvider {
                            Source(ProviderContext context) {
                                Thread ghost = new Thread(() -> {
                                    while (true) {
                                        try {
                                            Thread.sleep(1_000);
                                        } catch (InterruptedException goOn) {
                                        }
                                    }
                                }, "ghost-of-haunted");
                                ghost.setDaemon(true);
                                ghost.start();
                            }
                            @Override public Capabilities capabilities(CallContext context) {
                                return Capabilities.of(Tool.named("say.v1").build());
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text("boo");
                            }
                        }
                        """).bytes();
        folder.unnoticed(() -> {
            folder.rename("haunted.jar", jar);
            folder.awaitCallable("haunted.say.v1");
            folder.delete("haunted.jar");
            folder.awaitUnknown("haunted.say.v1");
            await("it is told as leaked")
                    .atMost(LOOKED_FOR)
                    .untilAsserted(
                            () -> assertThat(folder.history("haunted.jar")).anyMatch(PluginRemovalTest::isLeak));
            assertThat(folder.gateway().log().states())
                    .anyMatch(line -> line.path("state").asString("").equals("LEAKED")
                            && line.path("message").asString("").contains("ghost-of-haunted"));
            folder.awaitListed("haunted.jar", "haunted", "LEAKED");
            assertThat(leaked()).as("and of the others nothing is left").containsOnly("haunted 1.0.0");
            folder.rename("haunted.jar", saying("haunted", "1.0.1"));
            folder.awaitSaid("haunted", "1.0.1");
            assertThat(folder.awaitLogged("haunted.jar", "LEAKED", "")
                            .path("level")
                            .asString(""))
                    .isEqualTo("WARN");
        });
    }

    private static boolean isLeak(String state) {
        return state.startsWith("LEAKED");
    }

    private List<String> leaked() {
        return folder.gateway().log().states().stream()
                .filter(line -> line.path("state").asString("").equals("LEAKED"))
                .map(line -> line.path("id").asString("") + " "
                        + line.path("version").asString(""))
                .toList();
    }

    @TestBesideOthers
    void closes_that_hang_take_nothing_away_from_those_who_come() throws Exception {
        folder.unnoticed(() -> {
            for (int i = 0; i < 8; i++) {
                folder.rename("stubborn-" + i + ".jar", ending("stubborn-" + i, hanging(8)));
            }
            for (int i = 0; i < 8; i++) {
                folder.awaitCallable("stubborn-" + i + ".say.v1");
                folder.delete("stubborn-" + i + ".jar");
            }
            for (int i = 0; i < 8; i++) {
                folder.awaitUnknown("stubborn-" + i + ".say.v1");
            }
            folder.rename("newcomer.jar", saying("newcomer", "1.0.0"));
            folder.awaitSaid("newcomer", "1.0.0");
            folder.rename("newcomer.jar", saying("newcomer", "1.0.1"));
            folder.awaitSaid("newcomer", "1.0.1");
        });
    }

    @Test
    void a_close_that_hangs_does_not_keep_the_gateway_from_ending() {
        try (DropFolder own = DropFolder.open()) {
            own.rename("no-end.jar", ending("no-end", hanging(60)));
            own.awaitCallable("no-end.say.v1");
            own.delete("no-end.jar");
            own.awaitUnknown("no-end.say.v1");
            own.client().closeInput();
            long begin = System.nanoTime();
            int code = own.gateway().awaitExit(Duration.ofSeconds(30));
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            System.out.printf("end of input with a close that hangs → exit %d ms%n", took.toMillis());
            assertThat(code).isZero();
            assertThat(took).isLessThan(Duration.ofMillis(3 * 3_500));
        }
    }

    private static String hanging(int seconds) {
        return """
                long end = System.nanoTime() + %d * 1_000_000_000L;
                while (System.nanoTime() < end) {
                    try {
                        Thread.sleep(1_000);
                    } catch (InterruptedException goOn) {
                    }
                }
                """.formatted(seconds);
    }

    @TestBesideOthers
    void a_provider_that_is_left_half_listed_is_no_trouble_when_its_jar_is_deleted() throws Exception {
        byte[] jar = PluginJar.withProvider("dreamer", """
                        final class Source implements BlockingProvider {
                            @Override public Capabilities capabilities(CallContext context) throws Exception {
                                Thread.sleep(60_000);
                                return Capabilities.of();
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text("never");
                            }
                        }
                        """).bytes();
        folder.unnoticed(() -> {
            folder.rename("dreamer.jar", jar);
            folder.awaitListed("dreamer.jar", "dreamer");
            folder.delete("dreamer.jar");
            folder.rename("dreamer-2.jar", saying("dreamer", "0.9.0"));
            folder.awaitSaid("dreamer", "0.9.0");
        });
    }

    /** A tool that takes its time. */
    private static byte[] working(String id) {
        return PluginJar.withTool(id, "work.v1", """
                        if (arguments.object().get("millis") instanceof Number millis) {
                            Thread.sleep(millis.longValue());
                        }
                        return Late.said();
                        """).acme("Late", """
                        class Late {
                            static ToolResult said() {
                                return ToolResult.text("done");
                            }
                        }
                        """).bytes();
    }

    /** A plugin whose close, and that of its provider, runs this. */
    private static byte[] ending(String id, String body) {
        return PluginJar.of(id).acme("""
                        final class Source implements BlockingProvider {
                            @Override public Capabilities capabilities(CallContext context) {
                                return Capabilities.of(Tool.named("say.v1").build());
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text("here");
                            }
                            @Override public void close() {
                                %1$s
                            }
                        }

                        public final class Acme implements GatewayPlugin {
                            @Override public List<ProviderOffer> providers(PluginContext context) {
                                return List.of(new ProviderOffer("%2$s", opened -> new Source()));
                            }
                            @Override public void close() {
                                %1$s
                            }
                        }
                        """.formatted(body, id)).bytes();
    }
}
