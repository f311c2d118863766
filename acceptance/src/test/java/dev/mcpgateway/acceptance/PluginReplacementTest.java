// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** A plugin is replaced while it is called, in every way that people replace files: no call fails, and the right version answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PluginReplacementTest {

    private static final int ROUNDS = 30;
    private static final int LANES = 2;
    private static final Duration AWHILE = Duration.ofMillis(1_500);

    /** One gateway for all at the same time: that none of it disturbs another is the promise. */
    private final DropFolder folder = DropFolder.open();

    @AfterAll
    void everything_was_answered() {
        folder.close();
    }

    @TestBesideOthers
    void thirty_versions_follow_each_other_under_load_without_a_failed_call() throws Exception {
        folder.rename("rounds.jar", saying("rounds", "1.0.0"));
        folder.awaitSaid("rounds", "1.0.0");
        long begin = System.nanoTime();
        uninterrupted("rounds", () -> {
            for (int round = 1; round <= ROUNDS; round++) {
                folder.rename("rounds.jar", saying("rounds", "1.0." + round));
                folder.awaitSaid("rounds", "1.0." + round);
            }
        });
        System.out.printf("%d replacements, %d ms each%n", ROUNDS, (System.nanoTime() - begin) / 1_000_000 / ROUNDS);
    }

    @TestBesideOthers
    void an_overwritten_file_is_served_from_its_old_version_until_the_new_one_is_live() throws Exception {
        folder.rename("overwritten.jar", saying("overwritten", "1.0.0"));
        folder.awaitSaid("overwritten", "1.0.0");
        uninterrupted("overwritten", () -> {
            folder.copy("overwritten.jar", saying("overwritten", "1.0.1"));
            folder.awaitSaid("overwritten", "1.0.1");
            folder.copySlowly(
                    "overwritten.jar", saying("overwritten", "1.0.2"), Duration.ofMillis(400), Duration.ofMillis(400));
            folder.awaitSaid("overwritten", "1.0.2");
            folder.awaitListed("overwritten.jar", "overwritten", "1.0.2", "LIVE");
        });
    }

    @TestBesideOthers
    void a_file_that_is_overwritten_with_garbage_shows_it_beside_the_plugin_that_serves_on() throws Exception {
        folder.rename("spoilt.jar", saying("spoilt", "1.0.0"));
        folder.awaitSaid("spoilt", "1.0.0");
        uninterrupted("spoilt", () -> {
            byte[] good = saying("spoilt", "1.0.1");
            byte[] holed = good.clone();
            Arrays.fill(holed, good.length / 3, good.length / 3 + 200, (byte) 0);
            folder.copy("spoilt.jar", holed);
            folder.awaitLogged("spoilt.jar", "REFUSED", "DAMAGED");
            folder.awaitListed("spoilt.jar", "1.0.0", "LIVE");
            folder.awaitListed("spoilt.jar", "REFUSED", "DAMAGED");
            DropFolder.pause(AWHILE);
            assertThat(folder.said("spoilt")).isEqualTo("1.0.0");
        });
        long told = folder.toolsChanged();
        folder.delete("spoilt.jar");
        folder.awaitUnknown("spoilt.say.v1");
        await().until(() -> folder.toolsChanged() > told);
        await().atMost(DropFolder.EVENTUALLY)
                .untilAsserted(() -> assertThat(folder.listed("spoilt.jar"))
                        .noneMatch(line -> line.contains("LIVE") || line.contains("DAMAGED")));
    }

    @TestBesideOthers
    void a_file_that_is_scribbled_over_and_truncated_while_it_is_called_hurts_nobody() throws Exception {
        folder.rename("scribbled.jar", saying("scribbled", "1.0.0"));
        folder.awaitSaid("scribbled", "1.0.0");
        uninterrupted("scribbled", () -> {
            Random random = new Random(11);
            long size = Files.size(folder.path("scribbled.jar"));
            for (int i = 0; i < 100; i++) {
                byte[] bytes = new byte[64];
                random.nextBytes(bytes);
                folder.scribble("scribbled.jar", random.nextLong(size), bytes);
                DropFolder.pause(Duration.ofMillis(5));
            }
            folder.copy("scribbled.jar", new byte[0]);
            folder.awaitLogged("scribbled.jar", "REFUSED", "EMPTY");
            assertThat(folder.said("scribbled")).isEqualTo("1.0.0");
            folder.copy("scribbled.jar", saying("scribbled", "1.0.1"));
            folder.awaitSaid("scribbled", "1.0.1");
        });
    }

    @TestBesideOthers
    void a_file_of_the_same_size_and_time_stamp_that_is_renamed_over_is_seen() throws Exception {
        byte[] one = PluginJar.withManifest(saying("stamped", "1.0.0"), Map.of());
        byte[] two = PluginJar.withManifest(saying("stamped", "1.0.1"), Map.of());
        assertThat(two).hasSameSizeAs(one);
        FileTime lastYear = FileTime.from(Instant.parse("2025-01-01T00:00:00Z"));
        Files.write(folder.path(".stamped"), one);
        Files.setLastModifiedTime(folder.path(".stamped"), lastYear);
        Files.move(folder.path(".stamped"), folder.path("stamped.jar"));
        folder.awaitSaid("stamped", "1.0.0");
        uninterrupted("stamped", () -> {
            // as a build with reproducible time stamps does; a rename makes it another file
            Files.write(folder.path(".stamped"), two);
            Files.setLastModifiedTime(folder.path(".stamped"), lastYear);
            Files.move(folder.path(".stamped"), folder.path("stamped.jar"), StandardCopyOption.ATOMIC_MOVE);
            folder.awaitSaid("stamped", "1.0.1");
        });
    }

    @TestBesideOthers
    void a_touched_file_is_left_alone() throws Exception {
        folder.rename("touched.jar", PluginJar.withProvider("touched", """
                        final class Source implements BlockingProvider {
                            private final String started = UUID.randomUUID().toString();
                            @Override public Capabilities capabilities(CallContext context) {
                                return Capabilities.of(Tool.named("say.v1").build());
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text(started);
                            }
                        }
                        """).bytes());
        folder.awaitCallable("touched.say.v1");
        String started = folder.said("touched");
        uninterrupted("touched", () -> {
            Files.setLastModifiedTime(folder.path("touched.jar"), FileTime.from(Instant.now()));
            DropFolder.pause(Duration.ofSeconds(3)); // more than one scan
            assertThat(folder.said("touched")).as("the same instance").isEqualTo(started);
            folder.copy("touched.jar", Files.readAllBytes(folder.path("touched.jar")));
            DropFolder.pause(Duration.ofSeconds(1));
            assertThat(folder.said("touched")).as("the same instance").isEqualTo(started);
            folder.awaitListed("touched.jar", "touched", "1.0.0", "LIVE");
        });
    }

    @TestBesideOthers
    void a_lower_version_is_taken_when_the_higher_one_is_deleted() throws Exception {
        folder.rename("high.jar", saying("ladder", "1.10.0"));
        folder.awaitSaid("ladder", "1.10.0");
        uninterrupted("ladder", () -> {
            folder.rename("low.jar", saying("ladder", "1.9.0"));
            folder.awaitLogged("low.jar", "REFUSED", "LOWER_VERSION");
            folder.awaitListed("low.jar", "ladder", "1.9.0", "REFUSED", "LOWER_VERSION");
            assertThat(folder.said("ladder")).isEqualTo("1.10.0");
            folder.delete("high.jar");
            folder.awaitSaid("ladder", "1.9.0");
            folder.awaitLogged("low.jar", "LIVE", "");
        });
    }

    @TestBesideOthers
    void a_higher_version_under_another_name_takes_over_and_hands_back_when_it_is_deleted() throws Exception {
        folder.rename("steps-1.jar", saying("steps", "1.0.0"));
        folder.awaitSaid("steps", "1.0.0");
        uninterrupted("steps", () -> {
            folder.rename("steps-2.jar", saying("steps", "2.0.0"));
            folder.awaitSaid("steps", "2.0.0");
            folder.awaitListed("steps-1.jar", "REFUSED", "LOWER_VERSION");
            folder.delete("steps-2.jar");
            folder.awaitSaid("steps", "1.0.0");
            folder.rename("steps-1.jar", saying("steps", "3.0.0"));
            folder.awaitSaid("steps", "3.0.0");
        });
    }

    @TestBesideOthers
    void a_file_that_is_overwritten_with_a_lower_version_is_a_downgrade() throws Exception {
        folder.rename("downgraded.jar", saying("downgraded", "2.0.0"));
        folder.awaitSaid("downgraded", "2.0.0");
        uninterrupted("downgraded", () -> {
            folder.copy("downgraded.jar", saying("downgraded", "1.0.0"));
            folder.awaitSaid("downgraded", "1.0.0");
            folder.awaitListed("downgraded.jar", "downgraded", "1.0.0", "LIVE");
        });
    }

    @TestBesideOthers
    void another_build_of_the_version_that_serves_is_turned_away() throws Exception {
        folder.rename("build-1.jar", saying("build", "1.0.0"));
        folder.awaitSaid("build", "1.0.0");
        byte[] other = PluginJar.withTool("build", "say.v1", "return ToolResult.text(\"another build\");")
                .bytes();
        uninterrupted("build", () -> {
            folder.rename("build-2.jar", other);
            folder.awaitLogged("build-2.jar", "REFUSED", "DUPLICATE_ID");
            folder.awaitListed("build-1.jar", "LIVE");
            assertThat(folder.said("build")).isEqualTo("1.0.0");
            folder.delete("build-2.jar");

            folder.copy("build-1.jar", other);
            folder.awaitLogged("build-1.jar", "REFUSED", "DUPLICATE_ID");
            folder.awaitListed("build-1.jar", "1.0.0", "LIVE");
            folder.awaitListed("build-1.jar", "REFUSED", "DUPLICATE_ID");
            assertThat(folder.said("build")).isEqualTo("1.0.0");
        });
        folder.delete("build-1.jar");
        folder.awaitUnknown("build.say.v1");
        folder.rename("build-3.jar", other);
        folder.awaitSaid("build", "another build");
    }

    @TestBesideOthers
    void a_snapshot_replaces_itself() throws Exception {
        folder.rename("snap.jar", snapshot("one"));
        folder.awaitSaid("snap", "one");
        uninterrupted("snap", () -> {
            folder.rename("snap.jar", snapshot("two"));
            folder.awaitSaid("snap", "two");
            folder.copy("snap.jar", snapshot("three"));
            folder.awaitSaid("snap", "three");
            folder.copy("snap.jar", snapshot("one"));
            folder.awaitSaid("snap", "one");
            folder.rename("snap.jar", saying("snap", "1.0.0")); // the release is higher than its snapshots
            folder.awaitSaid("snap", "1.0.0");
        });
    }

    @TestBesideOthers
    void a_copy_under_another_name_takes_the_place_of_the_first_when_that_is_deleted() throws Exception {
        byte[] jar = saying("twin", "1.0.0");
        folder.rename("twin-1.jar", jar);
        folder.awaitSaid("twin", "1.0.0");
        uninterrupted("twin", () -> {
            folder.copy("twin-2.jar", jar);
            folder.awaitLogged("twin-2.jar", "REFUSED", "DUPLICATE_FILE");
            folder.delete("twin-1.jar");
            folder.awaitListed("twin-2.jar", "twin", "1.0.0", "LIVE");
            DropFolder.pause(AWHILE);
            assertThat(folder.said("twin")).isEqualTo("1.0.0");
        });
    }

    @TestBesideOthers
    void a_file_that_is_renamed_within_the_folder_serves_on() throws Exception {
        folder.rename("before.jar", saying("moved", "1.0.0"));
        folder.awaitSaid("moved", "1.0.0");
        uninterrupted("moved", () -> {
            Files.move(folder.path("before.jar"), folder.path("after.jar"));
            folder.awaitListed("after.jar", "moved", "1.0.0", "LIVE");
            assertThat(folder.listed("before.jar")).noneMatch(line -> line.contains("LIVE"));
        });
    }

    @TestBesideOthers
    void a_provider_name_that_is_taken_keeps_the_newcomer_out_until_it_is_free() throws Exception {
        folder.rename("holder.jar", offering("holder", "1.0.0", "clash", "holder"));
        folder.awaitSaid("clash", "holder");
        uninterrupted("clash", () -> {
            folder.rename("newcomer.jar", offering("newcomer", "1.0.0", "clash", "newcomer"));
            folder.awaitLogged("newcomer.jar", "REFUSED", "NAME_TAKEN");
            assertThat(folder.said("clash")).isEqualTo("holder");
        });
        folder.delete("holder.jar");
        folder.awaitSaid("clash", "newcomer");
        folder.awaitLogged("newcomer.jar", "LIVE", "");
    }

    @TestBesideOthers
    void a_newer_version_that_wants_the_name_of_another_plugin_is_turned_away_and_the_old_one_serves_on()
            throws Exception {
        folder.rename("owner.jar", offering("owner", "1.0.0", "owned", "owner"));
        folder.rename("greedy.jar", offering("greedy", "1.0.0", "modest", "greedy"));
        folder.awaitSaid("owned", "owner");
        folder.awaitSaid("modest", "greedy");
        uninterrupted("modest", () -> {
            folder.rename("greedy.jar", offering("greedy", "1.0.1", "owned", "greedy"));
            folder.awaitLogged("greedy.jar", "REFUSED", "NAME_TAKEN");
            folder.awaitListed("greedy.jar", "1.0.0", "LIVE");
            assertThat(folder.said("modest")).isEqualTo("greedy");
            assertThat(folder.said("owned")).isEqualTo("owner");
        });
    }

    @TestBesideOthers
    void what_was_turned_away_is_not_tried_again_because_something_else_changes() throws Exception {
        folder.rename("landlord.jar", offering("landlord", "1.0.0", "flat", "landlord"));
        folder.rename("tenant.jar", offering("tenant", "1.0.0", "room", "tenant"));
        folder.awaitSaid("flat", "landlord");
        folder.awaitSaid("room", "tenant");
        folder.rename("tenant.jar", offering("tenant", "1.0.1", "flat", "tenant"));
        folder.rename("subtenant.jar", offering("subtenant", "1.0.0", "flat", "subtenant"));
        folder.rename("bankrupt.jar", failing("bankrupt", "1.0.0", "throw new Error();", ""));
        await().atMost(DropFolder.EVENTUALLY)
                .untilAsserted(() -> assertThat(List.of("tenant.jar", "subtenant.jar"))
                        .allSatisfy(file -> assertThat(turnedAway(file)).isNotEmpty()));
        for (int i = 0; i < 5; i++) {
            folder.rename("neighbour.jar", saying("neighbour", "1.0." + i));
            folder.awaitSaid("neighbour", "1.0." + i);
        }
        assertThat(turnedAway("tenant.jar")).hasSize(1);
        assertThat(turnedAway("subtenant.jar")).hasSize(1);
        assertThat(turnedAway("bankrupt.jar")).hasSizeLessThanOrEqualTo(1);
        assertThat(folder.said("room")).isEqualTo("tenant");
    }

    private List<String> turnedAway(String file) {
        return folder.history(file).stream()
                .filter(state -> state.startsWith("REFUSED") || state.startsWith("FAILED"))
                .toList();
    }

    @TestBesideOthers
    void a_newer_version_may_rename_its_provider() throws Exception {
        folder.rename("renamer.jar", offering("renamer", "1.0.0", "maiden", "1.0.0"));
        folder.awaitSaid("maiden", "1.0.0");
        long told = folder.toolsChanged();
        folder.rename("renamer.jar", offering("renamer", "1.0.1", "married", "1.0.1"));
        folder.awaitSaid("married", "1.0.1");
        folder.awaitUnknown("maiden.say.v1");
        await().until(() -> folder.toolsChanged() > told);
        assertThat(folder.client().toolNames()).contains("married.say.v1").doesNotContain("maiden.say.v1");
    }

    @TestBesideOthers
    void a_newer_version_that_cannot_list_or_open_does_not_take_over_and_a_mended_one_does() throws Exception {
        Map<String, byte[]> failing = Map.of(
                "mute", failing("mute", "1.0.1", "", "throw new IllegalStateException(\"no list\");"),
                "shut", failing("shut", "1.0.1", "throw new Error(\"cannot open\");", ""),
                "slow", failing("slow", "1.0.1", "", "Thread.sleep(60_000);"));
        for (String id : failing.keySet()) {
            folder.rename(id + ".jar", saying(id, "1.0.0"));
            folder.awaitSaid(id, "1.0.0");
        }
        uninterrupted(failing.keySet(), () -> {
            failing.forEach((id, jar) -> folder.rename(id + ".jar", jar));
            for (String id : failing.keySet()) {
                folder.awaitLogged(id + ".jar", "FAILED", "TAKEOVER_FAILED");
                folder.awaitListed(id + ".jar", "1.0.0", "LIVE");
                folder.awaitListed(id + ".jar", "1.0.1", "FAILED", "TAKEOVER_FAILED");
                assertThat(folder.said(id)).isEqualTo("1.0.0");
                folder.rename(id + ".jar", saying(id, "1.0.2"));
                folder.awaitSaid(id, "1.0.2");
            }
        });
    }

    @TestBesideOthers
    void a_newer_version_that_cannot_start_leaves_the_old_one_serving() throws Exception {
        folder.rename("brittle.jar", saying("brittle", "1.0.0"));
        folder.awaitSaid("brittle", "1.0.0");
        uninterrupted("brittle", () -> {
            folder.rename(
                    "brittle.jar",
                    PluginJar.of("brittle").acme("""
                                    public final class Acme implements GatewayPlugin {
                                        static final int NUMBER = Integer.parseInt("x");
                                    }
                                    """).version("1.0.1").bytes());
            folder.awaitLogged("brittle.jar", "FAILED", "START_THREW");
            folder.awaitListed("brittle.jar", "1.0.0", "LIVE");
            assertThat(folder.said("brittle")).isEqualTo("1.0.0");
            folder.rename("brittle.jar", saying("brittle", "1.0.2"));
            folder.awaitSaid("brittle", "1.0.2");
        });
    }

    @TestBesideOthers
    void a_call_that_is_under_way_is_finished_by_the_version_that_began_it() throws Exception {
        folder.rename("working.jar", working("1.0.0"));
        folder.awaitCallable("working.work.v1");
        folder.unnoticed(() -> {
            List<Reply> begun = IntStream.range(0, 10)
                    .mapToObj(i -> folder.client().call("working.work.v1", "{\"millis\":1500}"))
                    .toList();
            folder.rename("working.jar", working("1.0.1"));
            await().atMost(DropFolder.SOON)
                    .until(() ->
                            folder.client().call("working.work.v1", "{}").text().equals("1.0.1"));
            assertThat(begun).allSatisfy(reply -> assertThat(reply.text()).isEqualTo("1.0.0"));
        });
    }

    @TestBesideOthers
    void a_schema_of_a_new_version_is_in_force_from_its_first_call() throws Exception {
        folder.rename("strict.jar", requiring("a", "1.0.0"));
        folder.awaitCallable("strict.open.v1");
        folder.unnoticed(() -> {
            assertThat(folder.client().call("strict.say.v1", "{\"a\":1}").text())
                    .isEqualTo("1.0.0");
            folder.rename("strict.jar", requiring("b", "1.0.1"));
            await().atMost(DropFolder.EVENTUALLY)
                    .until(() ->
                            folder.client().call("strict.open.v1", "{}").text().equals("1.0.1"));
            Reply old = folder.client().call("strict.say.v1", "{\"a\":1}");
            assertThat(old.isError()).isTrue();
            assertThat(old.text()).contains("b");
            assertThat(folder.client().call("strict.say.v1", "{\"b\":1}").text())
                    .isEqualTo("1.0.1");
            assertThat(folder.client().tools())
                    .filteredOn(tool -> tool.path("name").asString().equals("strict.say.v1"))
                    .singleElement()
                    .satisfies(tool -> assertThat(
                                    tool.path("inputSchema").path("required").toString())
                            .isEqualTo("[\"b\"]"));
        });
    }

    /** A plugin with a tool that requires this argument, under a schema with the same identifier in all versions. */
    private static byte[] requiring(String argument, String version) {
        return PluginJar.withProvider("strict", """
                        final class Source implements BlockingProvider {
                            @Override public Capabilities capabilities(CallContext context) {
                                Json schema = Json.of(Map.of(
                                        "$id", "https://example.com/strict", "type", "object", "required", List.of("%s")));
                                return Capabilities.of(
                                        Tool.named("say.v1").inputSchema(schema).build(), Tool.named("open.v1").build());
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text("%s");
                            }
                        }
                        """.formatted(argument, version))
                .version(version)
                .bytes();
    }

    @TestBesideOthers
    void many_files_that_change_at_once_each_end_with_the_version_that_was_written_last() throws Exception {
        byte[] first = saying("crowd-0", "1.0.0");
        folder.unnoticed(() -> {
            Random random = new Random(7);
            for (int id = 0; id < 5; id++) {
                folder.rename("crowd-" + id + ".jar", id == 0 ? first : saying("crowd-" + id, "1.0.0"));
            }
            byte[][][] jars = new byte[5][10][];
            for (int id = 0; id < 5; id++) {
                for (int version = 0; version < 10; version++) {
                    jars[id][version] = saying("crowd-" + id, "1.1." + version);
                }
            }
            for (int change = 0; change < 60; change++) {
                int id = random.nextInt(5);
                String file = "crowd-" + id + ".jar";
                switch (random.nextInt(3)) {
                    case 0 -> Files.deleteIfExists(folder.path(file));
                    case 1 -> folder.copy(file, jars[id][random.nextInt(10)]);
                    default -> folder.rename(file, jars[id][random.nextInt(10)]);
                }
                DropFolder.pause(Duration.ofMillis(random.nextInt(150)));
            }
            for (int id = 0; id < 5; id++) {
                folder.rename("crowd-" + id + ".jar", jars[id][id]);
            }
            for (int id = 0; id < 5; id++) {
                folder.awaitSaid("crowd-" + id, "1.1." + id);
            }
        });
    }

    /** Here and first, since it waits for as long as all the others take. */
    @Order(1)
    @TestBesideOthers
    void a_client_that_does_not_list_again_keeps_nothing_of_a_removed_plugin_in_memory() {
        try (DropFolder own = DropFolder.open()) {
            own.rename("forgotten.jar", saying("forgotten", "1.0.0"));
            own.awaitSaid("forgotten", "1.0.0");
            own.rename("replaced.jar", saying("replaced", "1.0.0"));
            own.awaitSaid("replaced", "1.0.0");
            assertThat(own.client().toolNames()).contains("forgotten.say.v1", "replaced.say.v1");
            assertThat(own.client().resources()).isEmpty();
            assertThat(own.client().prompts()).isEmpty();
            own.delete("forgotten.jar");
            own.rename("replaced.jar", saying("replaced", "1.0.1"));
            own.awaitLogged("forgotten.jar", "GONE", "");
            own.awaitLogged("replaced.jar", "GONE", "");
            DropFolder.pause(Duration.ofSeconds(53)); // the third look, 50 s after the end, decides
            assertThat(own.history("forgotten.jar")).noneMatch(state -> state.startsWith("LEAKED"));
            assertThat(own.history("replaced.jar")).noneMatch(state -> state.startsWith("LEAKED"));
        }
    }

    private void uninterrupted(String provider, DropFolder.Harm harm) throws Exception {
        uninterrupted(Set.of(provider), harm);
    }

    /** Calls these all the time, and asserts that no call failed, nor any of the healthy plugin's. */
    private void uninterrupted(Set<String> providers, DropFolder.Harm harm) throws Exception {
        folder.unnoticed(() -> {
            List<Load> loads = providers.stream()
                    .map(provider -> Load.begin(folder.client(), LANES, provider + ".say.v1", "{}"))
                    .toList();
            try {
                loads.forEach(load -> load.awaitSuccess(Duration.ofSeconds(15)));
                harm.happen();
                loads.forEach(load -> load.awaitSuccess(Duration.ofSeconds(15)));
            } finally {
                loads.forEach(Load::close);
            }
            loads.forEach(load -> assertThat(load.failures())
                    .as("failed calls of " + providers)
                    .isEmpty());
        });
    }

    private static byte[] snapshot(String said) {
        return PluginJar.withTool("snap", "say.v1", "return ToolResult.text(\"" + said + "\");")
                .version("1.0.0-SNAPSHOT")
                .bytes();
    }

    /** A plugin whose provider has another name than the plugin. */
    private static byte[] offering(String id, String version, String provider, String said) {
        return PluginJar.withTool(provider, "say.v1", "return ToolResult.text(\"" + said + "\");")
                .manifest("Plugin-Id", id)
                .version(version)
                .bytes();
    }

    /** A plugin that runs this when its provider is opened, and this when it is to list. */
    private static byte[] failing(String id, String version, String open, String list) {
        return PluginJar.withProvider(id, """
                        final class Source implements BlockingProvider {
                            Source(ProviderContext context) {
                                if (System.nanoTime() != 0) {
                                    %s
                                }
                            }
                            @Override public Capabilities capabilities(CallContext context) throws Exception {
                                if (System.nanoTime() != 0) {
                                    %s
                                }
                                return Capabilities.of(Tool.named("say.v1").build());
                            }
                            @Override public ToolResult callTool(String tool, Json arguments, CallContext context) {
                                return ToolResult.text("%s");
                            }
                        }
                        """.formatted(open, list, version))
                .version(version)
                .bytes();
    }

    /** A tool that takes its time and needs a class at the end that was not loaded before. */
    private static byte[] working(String version) {
        return PluginJar.withTool("working", "work.v1", """
                        Object millis = arguments.object().get("millis");
                        if (millis instanceof Number number) {
                            Thread.sleep(number.longValue());
                            return ToolResult.text(Late.said());
                        }
                        return ToolResult.text("%s");
                        """.formatted(version))
                .acme("Late", """
                        class Late {
                            static String said() {
                                return "%s";
                            }
                        }
                        """.formatted(version))
                .version(version)
                .entry("unused", version.getBytes(UTF_8))
                .bytes();
    }
}
