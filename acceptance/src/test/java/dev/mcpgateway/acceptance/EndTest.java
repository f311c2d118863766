// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.DoomedClient;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Scripts;
import dev.mcpgateway.acceptance.kit.Signal;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a session ends: what was asked is answered, and nothing is left behind. */
@Tag("alone")
class EndTest {

    private static final Duration WITHOUT_CALLS = Duration.ofSeconds(2);
    /** Nobody waits for as long by himself; {@code make chaos} has the figures. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private static final Duration WITH_CALLS = Duration.ofMillis(3_500);

    /** Held by those who have less room than threefold: no other waits or starts beside them. */
    private static final String CLOCK = "clock";

    @TestBesideOthers
    @ResourceLock(value = CLOCK, mode = ResourceAccessMode.READ)
    void calls_that_hang_at_the_end_of_input_are_answered_before_the_exit() {
        try (HelloGo hung = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hung", hung.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hung.echo.v1");
            hung.freeze();

            List<Reply> replies = calls(client, "hung.echo.v1", 10);
            long end = System.nanoTime();
            client.closeInput();

            assertThat(gateway.awaitExit(WITH_CALLS.multipliedBy(3))).isZero();
            print("end of input with 10 hung calls", end);
            assertThat(replies).allSatisfy(reply -> assertThat(reply.text()).contains("timed out after 2.5 s"));
        }
    }

    @Test
    void a_hundred_calls_in_flight_at_the_end_of_input_get_a_hundred_right_answers() {
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hello-go", hello.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            hello.freeze();

            List<Reply> replies = calls(client, "hello-go.echo.v1", 100);
            client.ping().result();
            client.closeInput();
            hello.thaw();

            assertEchoed(replies);
            assertThat(gateway.awaitExit(WITH_CALLS.multipliedBy(3))).isZero();
        }
    }

    @Test
    @ResourceLock(CLOCK)
    void what_was_piped_in_before_any_provider_was_up_is_answered_too() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            Reply initialize = client.startInitialize(Client.NEWEST);
            List<Reply> replies = calls(client, "hello-go.echo.v1", 5);
            client.closeInput();

            assertThat(initialize.result().path("protocolVersion").asString()).isEqualTo(Client.NEWEST);
            for (Reply reply : replies) {
                // A call waits for the provider, but no longer than 2.5 s.
                if (reply.message().has("error")) {
                    assertThat(reply.took()).isGreaterThan(Duration.ofMillis(2_400));
                    assertThat(reply.errorText()).contains("provider 'hello-go' is not connected yet");
                } else {
                    assertThat(reply.text()).isEqualTo("{\"message\":\"" + replies.indexOf(reply) + "\"}");
                }
            }
        }
    }

    @Test
    void nothing_outlives_a_client_that_was_killed() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED)) {
            DoomedClient client = DoomedClient.launch(installation, "hello-go.echo.v1");
            assertThat(installation.processes()).as("client, gateway, provider").hasSize(3);

            long killed = System.nanoTime();
            client.kill();
            installation.awaitNoProcess(WITHOUT_CALLS.multipliedBy(3));
            print("client killed, nothing in flight", killed);
        }
    }

    @TestBesideOthers
    @ResourceLock(value = CLOCK, mode = ResourceAccessMode.READ)
    void nothing_outlives_a_client_that_was_killed_with_calls_in_flight() {
        try (HelloGo hung = HelloGo.onTcp();
                Installation installation = Installation.create()
                        .grpc("hello-go", HelloGo.SUPERVISED)
                        .grpc("hung", hung.entry())) {
            DoomedClient client = DoomedClient.launch(installation, "hung.echo.v1");
            hung.freeze();
            client.call(100, "hung.echo.v1", "{\"message\":\"anyone?\"}");
            assertThat(installation.processes()).as("client, gateway, provider").hasSize(3);

            long killed = System.nanoTime();
            client.kill();
            installation.awaitNoProcess(WITH_CALLS.multipliedBy(3));
            print("client killed, 100 in flight", killed);
        }
    }

    @Test
    void a_client_that_closes_both_ends_is_not_waited_for() {
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("hello-go", hello.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready("hello-go.echo.v1");
            hello.freeze();
            calls(client, "hello-go.echo.v1", 100);
            client.ping().result();
            gateway.expectAbruptEnd();

            long closed = System.nanoTime();
            client.closeInput();
            client.closeOutput();
            hello.thaw();
            gateway.awaitExit(WITH_CALLS.multipliedBy(3));
            print("both pipes closed, 100 in flight", closed);
        }
    }

    @Test
    void nothing_outlives_a_gateway_that_was_killed() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            gateway.client().ready("hello-go.echo.v1");
            assertThat(installation.processes()).as("gateway and provider").hasSize(2);

            long killed = System.nanoTime();
            gateway.kill();
            installation.awaitNoProcess(WITHOUT_CALLS.multipliedBy(3));
            print("gateway killed, nothing in flight", killed);
        }
    }

    @Test
    void nothing_outlives_a_gateway_that_was_killed_with_calls_in_flight() {
        try (Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            calls(gateway.client().ready("hello-go.echo.v1"), "hello-go.echo.v1", 100);

            long killed = System.nanoTime();
            gateway.kill();
            installation.awaitNoProcess(WITH_CALLS.multipliedBy(3));
            print("gateway killed, 100 in flight", killed);
        }
    }

    // a client's ladder: the end of input, SIGTERM 2 s later, SIGKILL 2 s after that

    @ParameterizedTest
    @CsvSource({
        "nobody, 3_500",
        "hello-go, 3_500",
        "trap '' TERM; while :; do sleep 0.1; done, 3_500",
        "kill -STOP $$; cat, 3_500",
        "trap '' TERM; (trap '' TERM; sleep 1000 &); while :; do sleep 0.1; done, 3_500",
    })
    @ResourceLock(CLOCK)
    void within_two_seconds_of_the_end_of_input_nothing_is_left(String provider, String latest) {
        try (Installation installation = Installation.create()) {
            if (provider.equals("hello-go")) {
                installation.grpc("hello-go", HelloGo.SUPERVISED);
            } else if (!provider.equals("nobody")) {
                installation.grpc("deaf", shell(provider));
            }
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                int processes = provider.equals("nobody") ? 1 : 2;
                await().until(() -> installation.processes().size() >= processes);

                long end = System.nanoTime();
                client.closeInput();

                installation.awaitNoProcess(Duration.ofMillis(Long.parseLong(latest.replace("_", ""))));
                print("end of input with " + provider, end);
            }
        }
    }

    @TestBesideOthers
    @ResourceLock(value = CLOCK, mode = ResourceAccessMode.READ)
    void a_SIGTERM_after_the_end_of_input_ends_also_what_is_owed_an_answer() {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = withADeafChildAnd(hung);
                Gateway gateway = installation.start()) {
            beginACallOfSixtySeconds(gateway, hung);
            gateway.client().closeInput();
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            assertThat(gateway.isAlive()).as("it waits for the answer").isTrue();

            long terminated = System.nanoTime();
            gateway.terminate();

            installation.awaitNoProcess(LONG);
            print("SIGTERM after the end of input, with a call of 60 s and a deaf child", terminated);
            assertThat(gateway.awaitExit(LONG)).isZero();
        }
    }

    @Test
    void the_second_signal_ends_it_at_once_and_its_children_too() {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = withADeafChildAnd(hung).mayLeaveSockets();
                Gateway gateway = installation.start()) {
            beginACallOfSixtySeconds(gateway, hung);
            gateway.terminate();
            await().pollDelay(Duration.ofMillis(300)).until(gateway::isAlive);

            long terminated = System.nanoTime();
            gateway.terminate();

            assertThat(gateway.awaitExit(LONG)).isEqualTo(128 + 15);
            installation.awaitNoProcess(LONG);
            print("the second SIGTERM", terminated);
        }
    }

    @Test
    void a_Ctrl_C_on_the_group_reaches_no_provider_and_ends_no_call() throws IOException {
        try (Installation installation = Installation.create()) {
            Path interrupted = installation.folder().resolve("interrupted");
            leadsAGroup(installation)
                    .grpc("hello-go", HelloGo.SUPERVISED)
                    .grpc("other", shell("trap 'touch " + interrupted + "' INT; while :; do sleep 0.1; done"));
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("hello-go.echo.v1");
                assertThat(Signal.INT.sendToGroup(gateway.pid())).isTrue();

                assertThat(gateway.awaitExit(WITH_CALLS.multipliedBy(3))).isZero();
                assertThat(interrupted).doesNotExist();
                assertThat(client.hasNext()).isFalse();
            }
        }
    }

    @TestBesideOthers
    @ResourceLock(value = CLOCK, mode = ResourceAccessMode.READ)
    void of_a_group_that_is_killed_what_heeds_its_input_goes_and_the_next_start_ends_the_rest() throws IOException {
        try (Installation installation = Installation.create()) {
            leadsAGroup(installation)
                    .mayLeaveSockets()
                    .grpc("hello-go", HelloGo.SUPERVISED)
                    .grpc("deaf", shell("trap '' TERM; while :; do sleep 0.1; done"));
            try (Gateway gateway = installation.start()) {
                gateway.client().ready("hello-go.echo.v1");
                gateway.expectAbruptEnd();
                long killed = System.nanoTime();
                assertThat(Signal.KILL.sendToGroup(gateway.pid())).isTrue();
                await().atMost(LONG).until(() -> running(installation, "hello-go") == 0);
                print("the group killed, until hello-go was gone", killed);
                assertThat(running(
                                installation,
                                Path.of("/bin/sh").toRealPath().getFileName().toString()))
                        .as("the deaf one")
                        .isEqualTo(1);
            }
            installation.withoutProviders();
            try (Gateway next = installation.start()) {
                next.client().initialize();
                await().until(() -> running(
                                installation,
                                Path.of("/bin/sh").toRealPath().getFileName().toString())
                        == 0);
            }
        }
    }

    @Test
    void interceptors_have_time_for_their_last_words() {
        PluginJar jar = PluginJar.of("slow").acme("""
                        public final class Acme implements GatewayPlugin {
                            private static final System.Logger LOG = System.getLogger("slow");
                            @Override
                            public List<InterceptorOffer> interceptors(PluginContext context) {
                                return List.of(InterceptorOffer.observing("watching", () -> new CallObserver() {
                                    @Override
                                    public void close() {
                                        try {
                                            Thread.sleep(500);
                                        } catch (InterruptedException e) {
                                            LOG.log(System.Logger.Level.WARNING, "interrupted");
                                        }
                                        LOG.log(System.Logger.Level.WARNING, "last words of the observer");
                                    }
                                }));
                            }

                            @Override
                            public void close() {
                                LOG.log(System.Logger.Level.WARNING, "last words of the plugin");
                            }
                        }
                        """);
        try (Installation installation = Installation.create()) {
            jar.dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.tools();
                client.closeInput();

                assertThat(gateway.awaitExit(LONG)).isZero();
                gateway.log().awaitEnd();
                assertThat(gateway.log().lines().stream()
                                .map(line -> line.path("message").asString(""))
                                .filter(text -> text.contains("last words") || text.contains("interrupted")))
                        .containsExactly("last words of the observer", "last words of the plugin");
            }
        }
    }

    private static Installation withADeafChildAnd(HostileProvider hung) {
        return Installation.create()
                .grpc("hung", hung.entry(), "timeout: 60s")
                .grpc("deaf", shell("trap '' TERM; while :; do sleep 0.1; done"));
    }

    private static void beginACallOfSixtySeconds(Gateway gateway, HostileProvider hung) {
        gateway.client().ready("hung.hang.v1").call("hung.hang.v1", "{}");
        await().until(() -> hung.running() == 1);
        gateway.expectAbruptEnd();
    }

    private static String shell(String script) {
        return "command: [/bin/sh, -c, \"" + script + "\"]";
    }

    private static Installation leadsAGroup(Installation installation) throws IOException {
        return installation.launcher(Scripts.write(
                installation.folder().resolve("launcher"), "exec setsid " + Scripts.launcher() + " \"$@\""));
    }

    private static long running(Installation installation, String program) {
        return installation.processes().stream()
                .filter(each -> each.info().command().orElse("").endsWith("/" + program))
                .count();
    }

    private static List<Reply> calls(Client client, String tool, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> client.call(tool, "{\"message\":\"" + i + "\"}"))
                .toList();
    }

    private static void assertEchoed(List<Reply> replies) {
        for (int i = 0; i < replies.size(); i++) {
            assertThat(replies.get(i).text()).isEqualTo("{\"message\":\"" + i + "\"}");
        }
    }

    private static void print(String what, long since) {
        System.out.printf("%s: %d ms until nothing was left%n", what, (System.nanoTime() - since) / 1_000_000);
    }
}
