// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.ToolNames;
import dev.mcpgateway.kernel.exchange.AnswerSink;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.exchange.Exchanges;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.Workers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

/** A fault of the gateway's own costs one request, which is answered, wherever it comes up. */
class SessionTest {

    private static final Supplier<Catalog> BUG = () -> {
        throw new IllegalStateException("a bug");
    };

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final CompletableFuture<Void> started = new CompletableFuture<>();
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private Runnable reserving = () -> {};
    private Conversation session = session(BUG, new Calls(BUG, hold(), deadlines, workers, 1_024));

    @ParameterizedTest
    @ValueSource(strings = {"tools/list", "tools/call", "resources/read", "prompts/get", "completion/complete"})
    void what_goes_wrong_on_the_reading_thread_is_answered(String method) {
        started.complete(null);
        initialize();

        ask(7, method);

        await().untilAsserted(() -> assertThat(answers).hasSize(1));
        assertInternalError(answers.getFirst());
        ask(8, "ping");
        assertThat(answers.getLast()).contains("\"id\":8").contains("\"result\"");
    }

    @Test
    void what_goes_wrong_after_a_wait_is_answered() {
        initialize();
        ask(7, "tools/call");
        assertThat(answers).isEmpty();

        started.complete(null);

        await().untilAsserted(() -> assertThat(answers).hasSize(1));
        assertInternalError(answers.getFirst());
    }

    @Test
    void a_message_that_turns_out_to_be_none_is_answered_also_where_its_time_is_just_over() {
        initialize();
        Exchange exchange = Exchanges.arrived(deadlines, new Answers());
        Conversation.Expected expected = session.expect(id(7), "tools/call", exchange);
        exchange.context().cancel(); // whoever does so has not come to answer it yet

        requireNonNull(expected).refused(new Incoming.Refused(Optional.of(id(7)), -32600, "no message"));

        assertThat(answers).singleElement().asString().contains("no message");
    }

    @Test
    void what_goes_wrong_when_an_answer_is_written_is_answered() throws Exception {
        started.complete(null);
        Path nowhere = Path.of("/dev/null"); // and never written to: this provider has no process
        try (LiveCatalog catalog = new LiveCatalog(() -> {});
                Providers providers = new Providers(
                        List.of(),
                        deadlines,
                        new RunFile(nowhere, nowhere, nowhere),
                        new ShutdownUrgency(),
                        catalog::rebuild,
                        news -> {})) {
            providers.join("plugin", List.of(new ProviderOffer("acme", context -> new Hello())), List.of());
            providers.allPluginsJoined();
            providers.firstDiscovery().orTimeout(20, TimeUnit.SECONDS).join();
            await().until(() -> catalog.get().resources().size() == 1);
            Calls calls = new Calls(catalog, hold(), deadlines, workers, 1_024);
            session = session(catalog, calls);
            initialize();
            reserving = () -> {
                throw new IllegalStateException("a bug");
            };

            ask(7, "resources/read");

            await().untilAsserted(() -> assertThat(answers).hasSize(1));
            assertInternalError(answers.getFirst());
        }
    }

    private static final class Hello implements Provider {

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            return CompletableFuture.completedFuture(Capabilities.builder()
                    .resources(List.of(Resource.at("a://b", "b").build()))
                    .build());
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            throw new AssertionError("it has none");
        }

        @Override
        public CompletionStage<ResourceResult> readResource(String uri, CallContext call) {
            return CompletableFuture.completedFuture(ResourceResult.of(ResourceContents.text(uri, "hello")));
        }
    }

    private Conversation session(Supplier<Catalog> catalog, Calls calls) {
        return new Sessions(new Protocol(catalog, calls, hold(), hold(), ToolNames.AUTO, "1")).open(message -> true);
    }

    private StartupBarrier hold() {
        return new StartupBarrier(started, deadlines, workers);
    }

    @AfterEach
    void close() {
        workers.close();
        deadlines.close();
    }

    private static RequestId id(int id) {
        return RequestId.of(JsonNodeFactory.instance.numberNode(id));
    }

    private static void assertInternalError(String answer) {
        assertThat(answer)
                .contains("\"id\":7")
                .contains("-32603")
                .contains("internal error: see the gateway's log for ref ")
                .doesNotContain("a bug");
    }

    private void initialize() {
        ask(1, "initialize");
        assertThat(answers).hasSize(1);
        answers.clear();
    }

    private void ask(int id, String method) {
        String line =
                "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":{\"name\":\"a\",\"uri\":\"a://b\",\"ref\":{\"type\":\"ref/prompt\",\"name\":\"a\"},\"argument\":{\"name\":\"b\",\"value\":\"\"}}}"
                        .formatted(id, method);
        Incoming.Request request = (Incoming.Request) Incoming.read(line.getBytes(UTF_8));
        Runnable work = session.request(request, Exchanges.arrived(deadlines, new Answers()));
        if (work != null) {
            work.run();
        }
    }

    private final class Answers implements AnswerSink {

        @Override
        public void put(Utf8Writer message) {
            answers.add(new String(message.buffer(), 0, message.length(), UTF_8));
        }

        @Override
        public Optional<String> reserve(long size) {
            reserving.run();
            return Optional.empty();
        }

        @Override
        public void release(long size) {}
    }
}
