// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Control;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.KillLoop;
import dev.mcpgateway.acceptance.kit.Load;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** hello-go killed with SIGKILL while it is called: {@link Gateway} asserts that each call is answered once. */
class ProviderKilledTest {

    private static final int CALLS_IN_FLIGHT = 10;
    private static final String HI = "{\"message\":\"Hi\"}";
    /** Calls succeed again 1 s after the provider is back; asserted threefold. */
    private static final Duration SERVES_AGAIN = Duration.ofSeconds(10);
    /** A lost provider is dialled every 500 ms. */
    private static final Duration MORE_THAN_ONE_ATTEMPT = Duration.ofMillis(750);

    @Test
    void calls_succeed_again_within_a_second_of_the_provider_being_back() throws Exception {
        try (HelloGo victim = HelloGo.onTcp();
                Installation installation =
                        Installation.create().grpc("victim", victim.entry()).grpc("healthy", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("victim.echo.v1", "victim.sum.v1", "healthy.echo.v1", "healthy.sum.v1");
            try (Control control = Control.ofHelloGo(client, "healthy");
                    Load load = Load.begin(client, CALLS_IN_FLIGHT, "victim.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                List<Duration> pauses = new ArrayList<>();
                KillLoop.of(30).run(Duration.ofMillis(10), Duration.ofMillis(100), round -> {
                    victim.kill();
                    victim.restart();
                    pauses.add(load.awaitSuccess(SERVES_AGAIN));
                });
                load.close();
                pauses.sort(Duration::compareTo);
                System.out.println("served again after the provider was back, in order: " + pauses);
                assertThat(pauses.get(pauses.size() / 2)).as("the median").isLessThan(MORE_THAN_ONE_ATTEMPT);
                control.assertUnharmed();
                assertFailuresArePlain(load);
            }
            assertThat(client.hasNext()).as("a second answer to a request").isFalse();
        }
    }

    @Test
    void a_supervised_provider_is_started_again_and_serves() throws Exception {
        try (Installation installation = Installation.create();
                Gateway gateway = startWith(installation, victimOf(installation))) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("victim.echo.v1", "victim.sum.v1", "healthy.echo.v1", "healthy.sum.v1");
            try (Control control = Control.ofHelloGo(client, "healthy");
                    Load load = Load.begin(client, CALLS_IN_FLIGHT, "victim.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(15));
                KillLoop.of(3).run(Duration.ofMillis(100), Duration.ofMillis(500), round -> {
                    ProcessHandle victim = victims(installation, gateway).getFirst();
                    victim.destroyForcibly();
                    victim.onExit().join();
                    // At once after the first death, then with a back-off that begins at 0.5 s and doubles.
                    await("started again")
                            .atMost(Duration.ofSeconds(15))
                            .until(() -> !victims(installation, gateway).isEmpty());
                    System.out.printf(
                            "round %d: served again %d ms after it was started%n",
                            round, load.awaitSuccess(SERVES_AGAIN).toMillis());
                });
                load.close();
                control.assertUnharmed();
                assertFailuresArePlain(load);
            }
            assertThat(client.hasNext()).as("a second answer to a request").isFalse();
        }
    }

    private static void assertFailuresArePlain(Load load) {
        System.out.println("succeeded: " + load.succeeded() + ", failed: " + load.failures());
        assertThat(load.failures().keySet()).allMatch(text -> text.startsWith("provider 'victim' is unavailable: "));
    }

    private static Gateway startWith(Installation installation, Path victim) {
        return installation
                .grpc("victim", "command: [" + victim + "]")
                .grpc("healthy", HelloGo.SUPERVISED)
                .start();
    }

    /** A hello-go that can be told from the other by its program. */
    private static Path victimOf(Installation installation) {
        try {
            return Files.copy(Checkout.helloGo(), victimIn(installation), StandardCopyOption.COPY_ATTRIBUTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path victimIn(Installation installation) {
        return installation.folder().resolve("victim");
    }

    private static List<ProcessHandle> victims(Installation installation, Gateway gateway) {
        String program = victimIn(installation).toString();
        return ProcessHandle.of(gateway.pid())
                .orElseThrow()
                .children()
                .filter(child -> child.info().command().filter(program::equals).isPresent())
                .toList();
    }
}
