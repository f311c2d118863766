// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.ChaosTable.figure;
import static dev.mcpgateway.acceptance.kit.ChaosTable.millis;
import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.CallFigures;
import dev.mcpgateway.acceptance.kit.ChaosTable;
import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.KillLoop;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How much faults cost, in figures: {@code make chaos}. What must hold on any machine is asserted, what depends on the
 * machine stands in the table beside its target. {@code -Dacceptance.rounds=N} shortens the loops.
 */
@Tag("chaos")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ChaosTest {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 500);
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final Duration PHASE = Duration.ofSeconds(15);
    private static final Duration SERVES_AGAIN = Duration.ofSeconds(1);

    @BeforeAll
    static void printHead() {
        ChaosTable.printHead();
    }

    @Test
    void a_frozen_and_a_flooding_provider_beside_a_healthy_one() throws IOException {
        try (HelloGo frozen = HelloGo.onTcp();
                Installation installation = Installation.create()) {
            Path begin = installation.folder().resolve("begin");
            installation
                    .grpc("healthy", HelloGo.SUPERVISED)
                    .grpc("frozen", frozen.entry())
                    .grpc("flooding", "command: [/bin/sh, -c, \"" + flood(begin) + "\"]");
            changing().dropInto(installation.pluginsDir());
            installation.environment("MCP_GATEWAY_LOG_LEVEL", "info");
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.ready("healthy.echo.v1", "frozen.echo.v1", "flooding.echo.v1", "changing.begin");
                CallFigures.of(client, "healthy.echo.v1", HI, Duration.ofSeconds(3)); // to warm up
                CallFigures quiet = CallFigures.of(client, "healthy.echo.v1", HI, PHASE);
                Files.createFile(begin);
                int lines = floodOf(gateway);
                figure(
                        "stderr lines of the flooding provider in 1 s",
                        ">= 1000",
                        Integer.toString(lines),
                        lines >= 1_000);
                assertThat(client.call("changing.begin", "{}").isError()).isFalse();
                frozen.freeze();
                try (Load load = Load.begin(client, 10, "frozen.echo.v1", HI)) {
                    CallFigures harmed = CallFigures.of(client, "healthy.echo.v1", HI, PHASE);
                    frozen.thaw();
                    load.close();
                    figure(
                            "calls of a healthy provider that fail beside both",
                            "0",
                            harmed.failures().size() + " of " + harmed.took().size(),
                            harmed.failures().isEmpty());
                    figure("their p99, quiet", "", millis(quiet.p99()), true);
                    figure("their p99 beside both", "", millis(harmed.p99()), true);
                    double ratio = (double) harmed.p99().toNanos() / quiet.p99().toNanos();
                    figure("the second to the first", "<= 2", "%.2f".formatted(ratio), ratio <= 2);
                    assertThat(harmed.failures()).isEmpty();
                    assertThat(quiet.failures()).isEmpty();
                }
            }
        }
    }

    @Test
    void kills_under_sixty_four_callers() throws Exception {
        try (HelloGo victim = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("victim", victim.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.ready("victim.echo.v1");
            List<Duration> pauses = new ArrayList<>();
            long answered;
            try (Load load = Load.begin(client, 64, "victim.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                KillLoop.of(ROUNDS).run(Duration.ofMillis(5), Duration.ofMillis(60), round -> {
                    victim.kill();
                    victim.restart();
                    pauses.add(load.awaitSuccess(Duration.ofSeconds(15)));
                });
                load.close(); // fails where a call is not answered
                answered = load.succeeded()
                        + load.failures().values().stream()
                                .mapToLong(Long::longValue)
                                .sum();
                assertThat(load.failures().keySet())
                        .allMatch(text -> text.startsWith("provider 'victim' is unavailable: "));
            }
            boolean twice = client.hasNext();
            pauses.sort(Duration::compareTo);
            long late = pauses.stream()
                    .filter(each -> each.compareTo(SERVES_AGAIN) > 0)
                    .count();
            figure("kills with SIGKILL under 64 callers", "500", Integer.toString(ROUNDS), ROUNDS >= 500);
            figure("calls answered in that time", "", "%,d".formatted(answered), true);
            figure("calls not answered", "0", "0", true);
            figure("calls answered twice", "0", twice ? "some" : "0", !twice);
            figure(
                    "first success after the port is open again, the middle",
                    "",
                    millis(pauses.get(pauses.size() / 2)),
                    true);
            figure("the longest", "<= 1000 ms", millis(pauses.getLast()), late == 0);
            figure("later than 1 s", "0", Long.toString(late), late == 0);
            assertThat(twice).isFalse();
        }
    }

    @Test
    void time_outs_are_on_time() {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = Installation.create().grpc("hung", hung.entry(), "connections: 50");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.ready("hung.hang.v1");
            List<Reply> replies = new ArrayList<>();
            long otherwise = 0;
            for (int round = 0; round <= 20; round++) { // the first opens the connections, and is not counted
                List<Reply> these = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    these.add(client.call("hung.hang.v1", "{}"));
                }
                these.forEach(Reply::message);
                assertThat(these).allMatch(Reply::isError);
                List<Reply> timedOut = these.stream()
                        .filter(each -> each.text().equals("provider 'hung' timed out after 2.5 s"))
                        .toList();
                these.stream()
                        .filter(each -> !timedOut.contains(each))
                        .forEach(each -> System.out.println(each.took() + ": " + each.text()));
                System.out.println("round " + round + ", the last: "
                        + these.stream()
                                .map(Reply::took)
                                .max(Duration::compareTo)
                                .orElseThrow());
                if (round > 0) {
                    replies.addAll(timedOut);
                    otherwise += these.size() - timedOut.size();
                }
            }
            List<Duration> took = replies.stream().map(Reply::took).sorted().toList();
            long onTime = took.stream()
                    .filter(each -> each.compareTo(Duration.ofMillis(2_500)) >= 0
                            && each.compareTo(Duration.ofMillis(2_600)) <= 0)
                    .count();
            double share = 100.0 * onTime / took.size();
            figure("calls that time out", "", Integer.toString(took.size()), true);
            figure("of them answered between 2.5 s and 2.6 s", ">= 99.9 %", "%.1f %%".formatted(share), share >= 99.9);
            figure("failed for another reason, and not counted", "0", Long.toString(otherwise), otherwise == 0);
            figure("the first", "", millis(took.getFirst()), true);
            figure("the last", "", millis(took.getLast()), true);
            assertThat(took.getFirst()).isGreaterThanOrEqualTo(Duration.ofMillis(2_500));
        }
    }

    /** hello-go, and beside it more than a thousand lines a second, from the file's appearance until it ends. */
    private static String flood(Path begin) {
        String lines = "x\\\\n".repeat(25);
        return "p=$$; while kill -0 $p 2>/dev/null; do [ -e " + begin + " ] && printf '" + lines
                + "' >&2; sleep 0.01; done & exec "
                + Checkout.helloGo();
    }

    private static int floodOf(Gateway gateway) {
        gateway.log().await(line -> line.path("logger").asString().equals("provider.flooding"));
        int before = gateway.log().lines("logger", "provider.flooding").size();
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() < end) {
            gateway.client().ping().message();
        }
        return gateway.log().lines("logger", "provider.flooding").size() - before;
    }

    /** Offers another list ten times a second, from the call of {@code begin} on. */
    private static PluginJar changing() {
        return PluginJar.withProvider("changing", """
                final class Source implements Provider {
                    private final ProviderContext context;
                    private volatile int version;
                    Source(ProviderContext context) {
                        this.context = context;
                    }
                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext call) {
                        return CompletableFuture.completedFuture(Capabilities.of(
                                Tool.named("begin").build(), Tool.named("tool" + version).build()));
                    }
                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                        context.executor().execute(() -> {
                            try {
                                for (int i = 0; i < 300; i++) {
                                    version++;
                                    context.changed();
                                    Thread.sleep(100);
                                }
                            } catch (InterruptedException end) {
                                Thread.currentThread().interrupt();
                            }
                        });
                        return CompletableFuture.completedFuture(ToolResult.text("begun"));
                    }
                }
                """);
    }
}
