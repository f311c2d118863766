// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.ChaosTable.figure;
import static dev.mcpgateway.acceptance.kit.ChaosTable.millis;
import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From the end of input to no process left, in figures: {@code make chaos}. */
@Tag("chaos")
class EndChaosTest {

    private static final int ROUNDS = Math.min(20, Integer.getInteger("acceptance.rounds", 20));
    private static final String DEAF = "command: [/bin/sh, -c, \"trap '' TERM; while :; do sleep 0.1; done\"]";

    @Test
    void with_no_provider() {
        row("the end of input until no process is left, idle", Duration.ofMillis(500), Optional.empty(), false);
    }

    @Test
    void with_a_provider_that_heeds_its_input() {
        row(
                "likewise, with a child that heeds its input",
                Duration.ofSeconds(1),
                Optional.of(HelloGo.SUPERVISED),
                false);
    }

    @Test
    void with_a_provider_that_heeds_nothing() {
        row("likewise, with a child that ignores everything", Duration.ofSeconds(2), Optional.of(DEAF), false);
    }

    @Test
    void with_a_call_under_way_and_a_signal() {
        row("SIGTERM after the end of input, a call of 60 s under way", Duration.ofSeconds(1), Optional.empty(), true);
    }

    private static void row(String what, Duration target, Optional<String> child, boolean isCalled) {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            took.add(once(child, isCalled));
        }
        List<Duration> sorted = took.stream().sorted().toList();
        Duration most = sorted.getLast();
        figure(
                what + ": the median and the most of " + ROUNDS,
                "<= " + target.toMillis() + " ms",
                millis(sorted.get(ROUNDS / 2)) + ", " + millis(most),
                most.compareTo(target) <= 0);
    }

    private static Duration once(Optional<String> child, boolean isCalled) {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = Installation.create()) {
            child.ifPresent(entry -> installation.grpc("child", entry));
            if (isCalled) {
                installation.grpc("hung", hung.entry(), "timeout: 60s");
            }
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.tools();
                int processes = child.isPresent() ? 2 : 1;
                await().until(() -> installation.processes().size() == processes);
                if (isCalled) {
                    client.ready("hung.hang.v1").call("hung.hang.v1", "{}");
                    await().until(() -> hung.running() == 1);
                    gateway.expectAbruptEnd();
                }
                long begin = System.nanoTime();
                client.closeInput();
                if (isCalled) {
                    await().pollDelay(Duration.ofMillis(300)).until(gateway::isAlive);
                    begin = System.nanoTime();
                    gateway.terminate();
                }
                installation.awaitNoProcess(Duration.ofSeconds(10));
                return Duration.ofNanos(System.nanoTime() - begin);
            }
        }
    }
}
