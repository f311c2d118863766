// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Ledger;
import dev.mcpgateway.acceptance.kit.Mutations;
import dev.mcpgateway.acceptance.kit.Seed;
import dev.mcpgateway.acceptance.kit.Size;
import dev.mcpgateway.acceptance.kit.Vitals;
import dev.mcpgateway.testing.PluginJar;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Valid requests, damaged at random, as fast as the gateway takes them: {@code -Dacceptance.fuzz=N} lines, the same ones
 * again with {@code -Dacceptance.seed=N}; with {@code -Dacceptance.batch=1} a failure shows the line it is about.
 */
class WireFuzzTest {

    private static final int LINES = Integer.getInteger("acceptance.fuzz", Size.of(40_000, 200_000));
    private static final int WARM_UP = 10_000;
    private static final int BATCH = Integer.getInteger("acceptance.batch", 500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void damaged_lines_are_each_answered_or_refused_once_and_leave_nothing_behind() {
        Mutations mutations = new Mutations(Seed.random("wire fuzz"));
        Ledger ledger = new Ledger();
        try (Installation installation = Installation.createWithoutPlugins()) {
            PluginJar.withAsynchronousTool(
                            "mirror", "echo.v1", "return CompletableFuture.completedFuture(ToolResult.of(arguments));")
                    .dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                gateway.client().ready("mirror.echo.v1");
                send(gateway.client(), mutations, ledger, 0, WARM_UP);
                Vitals before = gateway.vitals();

                long start = System.nanoTime();
                send(gateway.client(), mutations, ledger, WARM_UP, WARM_UP + LINES);
                double seconds = (System.nanoTime() - start) / 1e9;

                Vitals after = gateway.vitals();
                System.out.printf("%,d damaged lines in %.1f s: %s%n%s%n", LINES, seconds, ledger, mutations);
                System.out.printf("before %s%nafter  %s%n", before, after);
                ledger.balance();
                assertThat(after.heapBytes()).isLessThan(before.heapBytes() + (16 << 20));
                assertThat(after.threads()).isLessThan(before.threads() + 10);
                assertThat(after.descriptors()).isLessThan(before.descriptors() + 10);
                assertThat(gateway.log().lines("level", "ERROR"))
                        .as("bugs of ours")
                        .isEmpty();
            }
        }
    }

    /** Sends the lines of these numbers, so many at once, and waits for what is owed for them. */
    private static void send(Client client, Mutations mutations, Ledger ledger, int from, int to) {
        for (int first = from; first < to; first += BATCH) {
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            for (int number = first; number < first + BATCH; number++) {
                byte[] line = mutations.next(number);
                ledger.sent(line);
                batch.writeBytes(line);
                batch.write('\n');
            }
            client.send(batch.toByteArray());
            client.ping().message(PATIENCE);
            try {
                while (ledger.due() > 0 || client.hasNext()) {
                    ledger.received(client.next(PATIENCE));
                }
            } catch (AssertionError e) {
                throw new AssertionError(
                        e.getMessage() + ", for one of\n"
                                + batch.toString(UTF_8).replaceAll("(.)\\1{40,}", "$1…"),
                        e);
            }
        }
    }
}
