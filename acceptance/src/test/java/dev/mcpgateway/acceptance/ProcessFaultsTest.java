// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Seed;
import dev.mcpgateway.acceptance.kit.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals at bad moments. More rounds with {@code -Dacceptance.rounds=50}. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ProcessFaultsTest {

    private static final int ROUNDS = Size.of(2, 10);

    private record Sent(Reply reply, long nanos) {}

    @Test
    void a_termination_under_two_hundred_calls_a_second_answers_what_was_in_flight() {
        Random random = Seed.random("termination under load");
        for (int round = 0; round < ROUNDS; round++) {
            terminateUnderLoad(Duration.ofMillis(300 + random.nextInt(500)));
        }
    }

    private static void terminateUnderLoad(Duration when) {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            List<Sent> calls = new ArrayList<>();
            long start = System.nanoTime();
            var load = clock.scheduleAtFixedRate(
                    () -> {
                        long now = System.nanoTime();
                        synchronized (calls) {
                            calls.add(new Sent(
                                    client.call("hello-go.echo.v1", "{\"message\":\"" + calls.size() + "\"}"), now));
                        }
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> System.nanoTime() - start > when.toNanos());

            gateway.expectAbruptEnd(); // of what is sent from now on
            long terminated = System.nanoTime();
            gateway.terminate();
            int exit = gateway.awaitExit(Duration.ofSeconds(10));
            long took = System.nanoTime() - terminated;
            load.cancel(false);
            clock.shutdownNow();
            gateway.close(); // all that it has written has been read

            // What it had read it has answered: everything up to some call, and nothing after that.
            List<Sent> sent;
            synchronized (calls) {
                sent = List.copyOf(calls);
            }
            int answered =
                    (int) sent.stream().takeWhile(call -> call.reply.isHere()).count();
            for (int i = 0; i < answered; i++) {
                assertThat(sent.get(i).reply.text()).isEqualTo("{\"message\":\"" + i + "\"}");
            }
            assertThat(sent.subList(answered, sent.size()))
                    .as("calls not answered, of " + sent.size())
                    .noneMatch(call -> call.reply.isHere())
                    .noneMatch(call -> call.nanos < terminated - 1_000_000_000);
            System.out.printf(
                    "TERM after %d calls, %d answered: exit %d after %d ms%n",
                    sent.size(), answered, exit, took / 1_000_000);
            assertThat(exit).isZero();
        }
    }

    @Test
    void a_start_after_a_kill_at_any_point_of_a_start_is_clean() {
        Random random = Seed.random("kill during start");
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            for (int round = 0; round < ROUNDS * 2; round++) {
                long delay = random.nextInt(1_000);
                long start = System.nanoTime();
                Gateway killed = installation.start();
                killed.client().startInitialize(Client.NEWEST);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(5))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> System.nanoTime() - start > delay * 1_000_000);
                killed.kill();
                killed.close();
                installation.awaitNoProcess(Duration.ofSeconds(6));

                try (Gateway next = installation.start()) {
                    next.client().ready("hello-go.echo.v1", "hello-go.sum.v1");
                    assertThat(next.log().lines("level", "ERROR")).isEmpty();
                    assertThat(runFiles(installation))
                            .as("of the killed one nothing is left")
                            .hasSize(1);
                }
                assertThat(runFiles(installation)).isEmpty();
            }
        }
    }

    private static List<String> runFiles(Installation installation) {
        return names(installation.workDir().resolve("run")).stream()
                .filter(name -> name.endsWith(".json"))
                .toList();
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
