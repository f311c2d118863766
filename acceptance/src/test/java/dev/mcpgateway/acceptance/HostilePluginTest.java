// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HelloGo.SUPERVISED;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostilePlugin;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.acceptance.kit.Vitals;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A plugin that keeps threads, in every way there is, beside a provider process that must notice nothing. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HostilePluginTest {

    private static final String REDACT = "redact: {patterns: [{pattern: 'sk-[a-z0-9]+'}]}";
    private static final Duration SOON = Duration.ofSeconds(20);
    /** Larger than what is judged on the thread that brings it. */
    private static final String LARGE = "{\"message\":\"" + "x".repeat(70_000) + "\"}";

    @ParameterizedTest
    @CsvSource({"spin.v1, false", "spin.v1, true", "load.v1, false", "load.v1, true", "task.v1, false"})
    void calls_that_compute_or_load_for_ever_cost_no_other_provider(String deed, boolean isRedacted) {
        int cores = Runtime.getRuntime().availableProcessors();
        try (Installation installation = installation(HostilePlugin.blocking("hostile"))) {
            if (isRedacted) {
                installation.plugin(Checkout.pluginJar("redact")).pluginSetting(REDACT);
            }
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("healthy.echo.v1", "hostile.spin.v1");
                assertEchoes(client, LARGE);
                List<Reply> kept;
                try (Control control = Control.ofHelloGo(client, "healthy")) {
                    kept = IntStream.range(0, cores + 1)
                            .mapToObj(each -> client.call("hostile." + deed, "{\"millis\":8000}"))
                            .toList();
                    for (int i = 0; i < 5; i++) {
                        assertEchoes(client, LARGE);
                    }
                    control.assertUnharmed();
                }
                if (!deed.equals("task.v1")) {
                    assertThat(kept)
                            .allSatisfy(reply ->
                                    assertThat(reply.text()).isEqualTo("provider 'hostile' timed out after 2.5 s"));
                    gateway.log()
                            .await(line -> warning(line).startsWith("provider 'hostile' keeps ")
                                    && warning(line).contains(" of its 15 threads"));
                }
            }
        }
    }

    @TestBesideOthers
    void with_all_its_threads_kept_a_provider_says_so_and_comes_back_with_one_of_them() {
        try (Installation installation = installation(HostilePlugin.blocking("hostile"));
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("healthy.echo.v1", "hostile.deaf.v1");
            List<Reply> kept = IntStream.range(0, 15)
                    .mapToObj(each -> client.call("hostile.deaf.v1", "{\"millis\":12000}"))
                    .toList();
            assertThat(kept).allSatisfy(reply -> assertThat(reply.isError()).isTrue());

            String stuck = "provider 'hostile' is stuck: all its 15 threads are in calls that are over (e.g. of"
                    + " 'hostile.deaf.v1') and do not heed interrupts: mend or replace its plugin";
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(client.call("hostile.hi.v1", "{}").text())
                                    .isEqualTo(stuck));
            await().untilAsserted(() ->
                    assertThat(client.toolNames()).contains("healthy.echo.v1").doesNotContain("hostile.hi.v1"));
            await().untilAsserted(() -> assertThat(listed(installation, "hostile "))
                    .contains("ERROR")
                    .contains("is stuck: all its 15 threads are in calls that are over (e.g. of 'hostile.deaf.v1')"));

            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(client.call("hostile.hi.v1", "{}").text())
                                    .isEqualTo("done"));
        }
    }

    @Test
    void fifteen_calls_that_each_hand_a_part_to_their_executor_all_end() {
        try (Installation installation = installation(HostilePlugin.blocking("hostile"));
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hostile.part.v1");

            List<Reply> replies = IntStream.range(0, 15)
                    .mapToObj(each -> client.call("hostile.part.v1", "{}"))
                    .toList();

            assertThat(replies).allSatisfy(reply -> assertThat(reply.text()).isEqualTo("done"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_interceptor_that_keeps_sixteen_threads_is_refused_by_name_or_passed_by(boolean failsOpen) {
        try (Installation installation = installation(HostilePlugin.intercepting("nosy", failsOpen));
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("healthy.echo.v1", "good.take.v1");
            List<Reply> kept = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                kept.add(client.call("good.take.v1", "{\"spin\":8000}"));
            }
            assertThat(kept).allSatisfy(reply -> {
                assertThat(reply.text())
                        .isEqualTo("timed out after 2.5 s: it was still with interceptor 'spinning' of plugin 'nosy'");
                assertThat(reply.took()).isLessThan(LATEST.plus(LATEST));
            });

            Reply next = client.call("healthy.echo.v1", "{\"message\":\"Hi\"}");

            if (failsOpen) {
                assertThat(next.text()).isEqualTo("{\"message\":\"Hi\"}");
            } else {
                assertThat(next.text())
                        .isEqualTo("call of 'healthy.echo.v1' was refused: interceptor 'spinning' of plugin 'nosy' is"
                                + " stuck: 16 of its threads are in calls that are over");
            }
            gateway.log().await(line -> warning(line).startsWith("interceptor 'spinning' of plugin 'nosy' is stuck"));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(client.call("healthy.echo.v1", "{\"message\":\"Hi\"}")
                                    .text())
                            .isEqualTo("{\"message\":\"Hi\"}"));
        }
    }

    @TestBesideOthers
    void what_a_provider_never_answers_keeps_no_arguments_and_is_refused_past_ten_times_its_permits() {
        try (Installation installation = installation(HostilePlugin.neverAnswering("mute"));
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("mute.never.v1", "healthy.echo.v1");
            assertEchoes(client, LARGE);
            long before = Vitals.of(gateway.pid()).heapBytes();
            String large = "{\"text\":\"" + "x".repeat(300_000) + "\"}";

            List<Reply> all = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                List<Reply> some = IntStream.range(0, 15)
                        .mapToObj(each -> client.call("mute.never.v1", large))
                        .toList();
                some.forEach(Reply::took);
                all.addAll(some);
            }

            assertThat(all)
                    .allSatisfy(reply -> assertThat(reply.text()).isEqualTo("provider 'mute' timed out after 2.5 s"));
            String kept =
                    "provider 'mute' has not ended 150 calls that are over: no more are made until some of them have ended";
            for (int i = 0; i < 20 && !client.call("mute.hi.v1", "{}").text().equals(kept); i++) {
                // On a busy machine the time of some was over before the provider had them: it keeps what it has had.
                assertThat(client.call("mute.never.v1", large).text()).startsWith("provider 'mute' ");
            }
            assertThat(client.call("mute.hi.v1", "{}").text()).isEqualTo(kept);
            assertThat(Vitals.of(gateway.pid()).heapBytes() - before)
                    .as("bytes that 150 calls of 300 KB leave")
                    .isLessThan(10_000_000);
            assertEchoes(client, LARGE);
        }
    }

    private static Installation installation(PluginJar hostile) {
        Installation installation = Installation.create().grpc("healthy", SUPERVISED);
        hostile.dropInto(installation.pluginsDir());
        PluginJar.withTool("good", "take.v1", "return ToolResult.text(\"taken\");")
                .dropInto(installation.pluginsDir());
        return installation;
    }

    private static void assertEchoes(Client client, String large) {
        Reply reply = client.call("healthy.echo.v1", large);
        assertThat(reply.text()).isEqualTo(large);
        assertThat(reply.took()).isLessThan(LATEST);
    }

    /** What {@code plugins}, run beside the gateway, says of a provider or a file. */
    private static String listed(Installation installation, String start) {
        return installation
                .runBeside("plugins")
                .stdout()
                .lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElse("");
    }

    private static String warning(JsonNode line) {
        return line.path("level").asString("").equalsIgnoreCase("warn")
                ? line.path("message").asString("")
                : "";
    }
}
