// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HelloGo.SUPERVISED;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostilePlugin;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Neighbour;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.testing.PluginJar;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;

/** What the deeds of plugins cost a provider process beside them, in figures; one gateway for all, and one for redact. */
@Tag("chaos")
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PluginNeighboursTest {

    private static final String ECHO = "healthy.echo.v1";
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final String LARGE = "{\"message\":\"" + "x".repeat(70_000) + "\"}";
    private static final String ONES = Json.filled("{\"values\":[", "1", "]}", 10 * 1024 * 1024 - 100);
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int PERMITS = 15;

    /** A little longer than it is looked at. */
    private static final int DEED_MILLIS = 8_000;

    private static final Duration LONG = Duration.ofSeconds(7);

    private final Installation installation = installation();
    private Gateway gateway;
    private Client client;

    @BeforeAll
    void start() {
        Neighbour.printHead();
        HostilePlugin.blocking("loading").dropInto(installation.pluginsDir());
        HostilePlugin.talking("insisting").dropInto(installation.pluginsDir());
        HostilePlugin.talking("wavering").dropInto(installation.pluginsDir());
        HostilePlugin.neverAnswering("mute").dropInto(installation.pluginsDir());
        HostilePlugin.dear("dear").dropInto(installation.pluginsDir());
        gateway = installation.start();
        client = gateway.client()
                .ready(
                        ECHO,
                        "hostile.spin.v1",
                        "loading.load.v1",
                        "insisting.up.v1",
                        "wavering.up.v1",
                        "mute.never.v1",
                        "dear.take.v1");
    }

    @AfterAll
    void end() {
        try (installation) {
            gateway.close();
        }
    }

    @Test
    void calls_that_compute() throws Exception {
        computing(Neighbour.of(gateway, ECHO, LARGE).beside(CORES + " calls that compute, 70 KB echoes"), client);
    }

    @Test
    void calls_that_compute_where_a_plugin_changes_what_is_answered() throws Exception {
        try (Installation redacting = installation()) {
            redacting
                    .plugin(Checkout.pluginJar("redact"))
                    .pluginSetting("redact: {patterns: [{pattern: 'sk-[a-z0-9]+'}]}");
            try (Gateway second = redacting.start()) {
                Client its = second.client().ready(ECHO, "hostile.spin.v1");
                computing(Neighbour.of(second, ECHO, LARGE).beside("the same, with redact"), its);
            }
        }
    }

    private static void computing(Neighbour.Row row, Client client) throws Exception {
        row.computingOn(CORES)
                .lasting(LONG) // such calls take long, and there are few of them
                .named("hostile", " of its 15 threads in calls that are over")
                .measure(() -> calls(client, CORES, "hostile.spin.v1"));
    }

    @Test
    void class_initialisers_that_hang() throws Exception {
        Neighbour.of(gateway, ECHO, HI)
                .beside("class initialisers that hang, all permits kept")
                .named("loading", "15 threads")
                .measure(() -> calls(client, PERMITS, "loading.load.v1"));
    }

    @Test
    void values_that_take_long_to_check() throws Exception {
        Neighbour.of(gateway, ECHO, HI)
                .beside("10 MB against a schema of 20 alternatives")
                .computingOn(CORES)
                .named("dear", "timed out after 2.5 s")
                .measure(() -> Load.begin(client, CORES, "dear.take.v1", ONES));
    }

    @Test
    void a_provider_that_says_up_all_the_time() throws Exception {
        talking("up() in a loop", "insisting", "up.v1");
    }

    @Test
    void a_provider_that_says_up_and_down_in_turn() throws Exception {
        talking("up() and down() in turn", "wavering", "turns.v1");
    }

    private void talking(String what, String provider, String tool) throws Exception {
        Neighbour.of(gateway, ECHO, HI)
                .beside(what)
                .computingOn(1)
                .named(provider, "says up, down or changed")
                .measure(() -> calls(client, 1, provider + "." + tool));
    }

    @Test
    void stages_that_are_never_completed() throws Exception {
        Neighbour.of(gateway, ECHO, HI)
                .beside("stages that are never completed")
                .named("mute", "timed out after 2.5 s")
                .measure(() -> Load.begin(client, PERMITS, "mute.never.v1", LARGE));
    }

    @Test
    void an_opening_that_hangs() throws Exception {
        opening(
                "an open that hangs",
                HostilePlugin.opening("hanging", "Thread.sleep(60_000);"),
                "took longer than 10 s",
                Duration.ofSeconds(12));
    }

    @Test
    void an_opening_that_throws() throws Exception {
        opening(
                "an open that throws",
                HostilePlugin.opening("throwing", "throw new IllegalStateException(\"no\");"),
                "cannot be opened",
                Duration.ofSeconds(5));
    }

    /** The jar is dropped in, and deleted again. */
    private void opening(String what, PluginJar jar, String text, Duration howLong) throws Exception {
        String id = jar.fileName().replace(".jar", "");
        Neighbour.of(gateway, ECHO, HI)
                .beside(what)
                .lasting(howLong)
                .named(id, text)
                .measure(() -> {
                    jar.dropInto(installation.pluginsDir());
                    return () -> Files.delete(installation.pluginsDir().resolve(jar.fileName()));
                });
    }

    /** So many at once; they end by themselves. */
    private static AutoCloseable calls(Client client, int count, String tool) {
        List<Reply> replies = IntStream.range(0, count)
                .mapToObj(each -> client.call(tool, "{\"millis\":" + DEED_MILLIS + "}"))
                .toList();
        return () -> replies.forEach(Reply::message);
    }

    private static Installation installation() {
        Installation installation = Installation.create().grpc("healthy", SUPERVISED);
        HostilePlugin.blocking("hostile").dropInto(installation.pluginsDir());
        return installation;
    }
}
