// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import dev.mcpgateway.testing.FakeCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcProviderTest {

    private final TestService service = new TestService();

    @TempDir
    Path folder;

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(strings = {"tcp", "unix"})
    void a_provider_is_discovered_and_called(String over) throws Exception {
        try (TestServer server = over.equals("unix")
                        ? TestServer.startOnUnixSocket(folder.resolve("0.sock"), service)
                        : TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            assertThat(opened.capabilities().version()).isEqualTo("1.2.3");
            assertThat(opened.capabilities().tools()).extracting(Tool::name).containsExactly("echo.v1");
            ToolResult result = opened.call("echo.v1", "{\"n\": 1.0, \"e\":1e2,\"z\":-0}");
            assertThat(result.json().map(Opened::text)).contains("{\"n\": 1.0, \"e\":1e2,\"z\":-0}");
            assertThat(result.isError()).isFalse();
            await().until(() -> opened.context.reports().contains("up"));
        }
    }

    @Test
    void an_IPv6_address_is_dialled() throws Exception {
        try (TestServer server = TestServer.start(
                        new java.net.InetSocketAddress(java.net.InetAddress.getByName("::1"), 0), service);
                Opened opened = new Opened(server.address().replace("localhost", "[::1]"))) {
            assertThat(opened.capabilities().version()).isEqualTo("1.2.3");
        }
    }

    @Test
    void arguments_in_a_direct_or_read_only_buffer_arrive() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            ByteBuffer direct = ByteBuffer.allocateDirect(7)
                    .put(new byte[] {'{', '"', 'a', '"', ':', '1', '}'})
                    .flip();
            for (ByteBuffer buffer : new ByteBuffer[] {direct, direct.asReadOnlyBuffer()}) {
                ToolResult result =
                        Opened.get(opened.provider.callTool("echo.v1", Json.ofUtf8(buffer), FakeCall.inNoHurry()));
                assertThat(result.json().map(Opened::text)).contains("{\"a\":1}");
            }
        }
    }

    @Test
    void a_resource_is_read_and_a_prompt_is_filled_in() throws Exception {
        service.read = request -> ReadResourceResponse.newBuilder()
                .addContents(dev.mcpgateway.provider.v1.ResourceContents.newBuilder()
                        .setUri(request.getUri())
                        .setMimeType("text/plain")
                        .setText("Hello, MCP"))
                .build();
        service.prompt = request -> GetPromptResponse.newBuilder()
                .addMessages(dev.mcpgateway.provider.v1.PromptMessage.newBuilder()
                        .setRole("user")
                        .setContent(dev.mcpgateway.provider.v1.Content.newBuilder()
                                .setText(request.getArguments().getValue().toStringUtf8())))
                .build();
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            assertThat(Opened.get(opened.provider.readResource("hello://greeting", FakeCall.inNoHurry()))
                            .contents())
                    .containsExactly(ResourceContents.text("hello://greeting", "Hello, MCP")
                            .withMimeType("text/plain"));
            assertThat(Opened.get(opened.provider.getPrompt(
                                    "hello-plan", Json.of(Map.of("name", "Alice")), FakeCall.inNoHurry()))
                            .messages())
                    .containsExactly(PromptMessage.user("{\"name\":\"Alice\"}"));
        }
    }

    @Test
    void a_call_carries_its_correlation_id_and_what_is_left_of_its_time() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            FakeCall call = FakeCall.within(Duration.ofMillis(2_500));
            Opened.get(opened.start("echo.v1", "{}", call));
            Metadata headers = server.calls().getLast();
            assertThat(headers.get(Call.CORRELATION_ID)).isEqualTo(call.correlationId());
            assertThat(service.deadline())
                    .hasValueSatisfying(
                            left -> assertThat(left).isBetween(Duration.ofMillis(500), Duration.ofMillis(2_500)));
            Opened.get(opened.start("echo.v1", "{}", FakeCall.within(Duration.ofMinutes(5))));
            assertThat(service.deadline())
                    .hasValueSatisfying(
                            left -> assertThat(left).isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5)));
        }
    }

    @Test
    void every_method_is_told_its_correlation_id() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            List<FakeCall> calls =
                    List.of(FakeCall.inNoHurry(), FakeCall.inNoHurry(), FakeCall.inNoHurry(), FakeCall.inNoHurry());
            Opened.get(opened.provider.capabilities(calls.get(0)));
            Opened.get(opened.start("echo.v1", "{}", calls.get(1)));
            assertThat(opened.provider.readResource("x://y", calls.get(2)).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5));
            assertThat(opened.provider
                            .getPrompt("x", Json.of(Map.of()), calls.get(3))
                            .toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(5));
            assertThat(server.calls())
                    .extracting(headers -> headers.get(Call.CORRELATION_ID))
                    .containsExactlyElementsOf(
                            calls.stream().map(FakeCall::correlationId).toList());
        }
    }

    @Test
    void a_call_whose_time_is_up_is_not_sent() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            assertThatExceptionOfType(ProviderException.class)
                    .isThrownBy(() -> Opened.get(opened.start("echo.v1", "{}", FakeCall.within(Duration.ZERO))))
                    .withMessage("timed out");
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void a_cancellation_reaches_the_provider() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            FakeCall call = FakeCall.inNoHurry();
            CompletionStage<ToolResult> stage = opened.start("hold.v1", "{}", call);
            await().until(() -> service.held() == 1);
            call.cancel();
            await().atMost(Duration.ofSeconds(10)).until(() -> service.cancelled() == 1);
            assertThat(stage.toCompletableFuture()).failsWithin(Duration.ofSeconds(1));
            assertThat(opened.call("echo.v1", "{}").isError()).isFalse();
            assertThat(server.connectionsSoFar()).isEqualTo(1);
        }
    }

    @Test
    void a_call_that_was_cancelled_before_it_began_is_cancelled_at_once() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            FakeCall call = FakeCall.inNoHurry();
            call.cancel();
            assertThat(opened.start("hold.v1", "{}", call).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(1));
        }
    }

    @Test
    void ten_MiB_go_both_ways() throws Exception {
        String payload = "{\"s\":\"" + "x".repeat(10 * 1024 * 1024 - 8) + "\"}";
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            assertThat(opened.call("echo.v1", payload).json().map(Opened::text)).contains(payload);
        }
    }

    @Test
    void an_answer_over_the_message_limit_is_refused_with_both_sizes() throws Exception {
        service.invoke = request ->
                answerOfSize(Integer.parseInt(request.getPayload().getValue().toStringUtf8()));
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            assertThat(opened.call("echo.v1", "10551296").json()).isPresent();
            refused(
                    Code.RESOURCE_EXHAUSTED,
                    "returned a message of 10551297 bytes, more than the limit of 10551296 bytes",
                    opened.start("echo.v1", "10551297"));
            assertThat(opened.call("echo.v1", "100").json()).isPresent();
        }
    }

    @Test
    void arguments_over_the_message_limit_are_not_sent() throws Exception {
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            refused(
                    Code.RESOURCE_EXHAUSTED,
                    "was not called: the call has 10551315 bytes, more than the limit of 10551296 bytes",
                    opened.start("echo.v1", " ".repeat(10 * 1024 * 1024 + 64 * 1024)));
            assertThat(server.calls()).isEmpty();
        }
    }

    @Test
    void a_status_of_the_provider_is_passed_on_in_its_words() throws Exception {
        service.invoke = request -> {
            throw Status.fromCodeValue(
                            Integer.parseInt(request.getPayload().getValue().toStringUtf8()))
                    .withDescription("because\nof that")
                    .asRuntimeException();
        };
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            refused(Code.NOT_FOUND, "answered NOT_FOUND: because\nof that", opened.start("x", "5"));
            refused(Code.RESOURCE_EXHAUSTED, "answered RESOURCE_EXHAUSTED: because\nof that", opened.start("x", "8"));
            refused(Code.UNAVAILABLE, "is unavailable: because\nof that", opened.start("x", "14"));
            refused(Code.UNIMPLEMENTED, "does not implement Invoke (provider.v1)", opened.start("x", "12"));
        }
    }

    @Test
    void a_provider_that_throws_and_one_that_answers_nothing_fail_that_call_only() throws Exception {
        service.invoke = request -> {
            throw new IllegalStateException("secret");
        };
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            refused(Code.INTERNAL, "answered UNKNOWN", opened.start("echo.v1", "{}"));
            service.invoke = request -> InvokeResponse.getDefaultInstance();
            refused(Code.DATA_LOSS, "returned neither a result nor content", opened.start("echo.v1", "{}"));
            assertThat(opened.capabilities().version()).isEqualTo("1.2.3");
        }
    }

    static void refused(Code code, String text, CompletionStage<?> stage) {
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> Opened.get(stage))
                .withMessage(text)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    /** A message that takes this many bytes on the wire, exactly. */
    private static InvokeResponse answerOfSize(int bytes) {
        InvokeResponse empty = InvokeResponse.newBuilder()
                .setResult(TestService.json(" ".repeat(bytes)))
                .build();
        int over = empty.getSerializedSize() - bytes;
        return InvokeResponse.newBuilder()
                .setResult(TestService.json(" ".repeat(bytes - over)))
                .build();
    }
}
