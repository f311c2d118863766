package dev.mcpgateway.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.DoomedClient;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However a session ends: what was asked is answered, and nothing is left behind. */
@Tag("alone")
class EndTest {

    private static final Duration WITHOUT_CALLS = Duration.ofSeconds(2);
    private static final Duration WITH_CALLS = Duration.ofMillis(3_500);

    @Test
    @Tag("ST-10")
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
    @Tag("ST-10")
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
    @Tag("ST-10")
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
    @Tag("ST-19")
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

    @Test
    @Tag("ST-19")
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
    @Tag("ST-19")
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
