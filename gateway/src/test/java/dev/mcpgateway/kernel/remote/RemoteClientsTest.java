// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.api.transport.RequestHead.Verb;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.ToolNames;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.MemoryBudget;
import dev.mcpgateway.kernel.mcp.Protocol;
import dev.mcpgateway.kernel.mcp.RemoteSessions;
import dev.mcpgateway.kernel.mcp.Sessions;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.Workers;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of a transport are answered, with a whole kernel behind it and a transport of the test's. */
class RemoteClientsTest {

    private static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"t","version":"1"}}}""";
    private static final String CHANGED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final MemoryBudget budget = new MemoryBudget();
    private final StartupBarrier over = new StartupBarrier(CompletableFuture.completedFuture(null), deadlines, workers);
    private final LiveCatalog catalog = new LiveCatalog(this::listsChanged);
    private final Sessions sessions = new Sessions(new Protocol(
            catalog, new Calls(catalog, over, deadlines, workers, 1 << 20), over, over, ToolNames.DOTTED, "1"));
    private final RemoteSessions remote =
            new RemoteSessions(sessions, conversation -> new Intake(conversation, deadlines, workers, budget));
    private final BodyBudget bodies = new BodyBudget(1 << 20);
    private final RemoteClients clients = new RemoteClients(remote, bodies);
    private final List<CompletableFuture<ToolResult>> hanging = new CopyOnWriteArrayList<>();
    private Providers providers;

    @BeforeEach
    void start() throws Exception {
        Path nowhere = Path.of("/dev/null"); // and never written to: no provider here has a process
        providers = new Providers(
                List.of(),
                deadlines,
                new RunFile(nowhere, nowhere, nowhere),
                new ShutdownUrgency(),
                catalog::rebuild,
                news -> {});
        join("acme");
        providers.allPluginsJoined();
        await().until(() -> catalog.get().tools().size() == 2);
    }

    @AfterEach
    void close() {
        providers.close(() -> {});
        catalog.close();
        workers.close();
        deadlines.close();
    }

    @Test
    void a_session_begins_and_calls() {
        String id = session();
        assertThat(id).matches("[A-Za-z0-9_-]{22}").isNotEqualTo(session());

        assertThat(send(id, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"))
                .isEqualTo("ACCEPTED ");
        assertThat(send(id, call("7", "echoes", "hi"))).isEqualTo("""
                        OK {"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"{\\"text\\":\\"hi\\"}"}],\
                        "structuredContent":{"text":"hi"}}}""");
        assertThat(send(id, "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"nope\"}"))
                .startsWith("OK ")
                .contains("-32601");
    }

    @Test
    void what_begins_no_session_and_names_none_is_refused_or_needs_none() {
        assertThat(send("", call("1", "echoes", "hi")))
                .startsWith("INVALID ")
                .contains("\"id\":1", "-32600", "send initialize first");
        assertThat(send("", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"))
                .isEqualTo("ACCEPTED ");
        assertThat(send("", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}")).isEqualTo("ACCEPTED ");
        assertThat(send("", "{")).startsWith("INVALID ").contains("-32700").doesNotContain("\"id\"");
        assertThat(send("", "[" + INITIALIZE + "]"))
                .startsWith("INVALID ")
                .contains("-32600")
                .doesNotContain("\"id\":null");
        assertThat(send("", " ".repeat(70_000) + INITIALIZE)).startsWith("TOO_LARGE ");
        assertThat(remote.count()).isZero();
    }

    @Test
    void a_message_that_cannot_be_understood_is_refused_in_a_session_too() {
        String id = session();
        assertThat(send(id, "{")).startsWith("INVALID ").contains("-32700").doesNotContain("\"id\"");
        assertThat(send(id, "[]")).startsWith("INVALID ").contains("-32600").doesNotContain("\"id\"");
    }

    @Test
    void sessions_that_are_unknown_and_ended_are_answered_alike() {
        String ended = session();
        assertThat(ask(Verb.END, ended, "").status()).isEqualTo(ReplyStatus.ACCEPTED);
        String body = send(ended, call("1", "echoes", "hi"));

        assertThat(body).startsWith("UNKNOWN_SESSION ");
        assertThat(send("guessed", call("1", "echoes", "hi"))).isEqualTo(body);
        assertThat(ask(Verb.LISTEN, ended, "").text()).isEqualTo(body);
        assertThat(ask(Verb.END, ended, "").text()).isEqualTo(body);
        assertThat(ask(Verb.END, "guessed", "").text()).isEqualTo(body);
    }

    @Test
    void what_needs_a_session_and_has_none_is_not_allowed() {
        assertThat(ask(Verb.LISTEN, "", "").text()).startsWith("NOT_ALLOWED {");
        assertThat(ask(Verb.END, "", "").text()).startsWith("NOT_ALLOWED {");
        assertThat(ask(Verb.OTHER, "", "").text()).startsWith("NOT_ALLOWED {");
        String id = session();
        assertThat(begin(RequestHead.of(Verb.LISTEN, peer())
                                .header("Mcp-Session-Id", id)
                                .header("MCP-Protocol-Version", "2026-07-28")
                                .build())
                        .text())
                .startsWith("NOT_ALLOWED {");
    }

    @Test
    void versions_that_are_not_served_are_refused_and_those_that_are_agreed_on_are_not() {
        String id = session();
        for (String served : List.of("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")) {
            assertThat(sendAs(served, id).text()).startsWith("OK ");
        }
        for (String other : List.of("2026-07-28", "v999", "", "2025-11-25 ", "<script>")) {
            assertThat(sendAs(other, id).text())
                    .startsWith("INVALID ")
                    .contains("-32600")
                    .doesNotContain("-32020", "-32022");
        }
    }

    @Test
    void a_request_of_the_era_without_sessions_is_refused_in_a_way_that_sends_its_client_back() {
        String meta = "\"params\":{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}";
        String discover = "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"method\":\"server/discover\"," + meta + "}";
        String initialize = "{\"jsonrpc\":\"2.0\",\"id\":\"probe\",\"method\":\"initialize\"," + meta + "}";

        for (String session : List.of("", session())) {
            assertThat(send(session, discover)).startsWith("INVALID ").contains("\"id\":\"probe\"", "-32600");
            assertThat(send(session, initialize)).startsWith("INVALID ").contains("\"id\":\"probe\"", "-32600");
        }
        assertThat(remote.count()).isOne();
    }

    @Test
    void whoever_comes_by_way_of_a_proxy_is_refused() {
        Told told = begin(RequestHead.of(Verb.SEND, peer()).forwarded().build());

        assertThat(told.text()).startsWith("FORBIDDEN {").contains("proxy");
        assertThat(told.request).isEmpty();
    }

    @Test
    void equal_ids_are_nothing_to_each_other_and_a_cancellation_ends_the_first() {
        String id = session();
        Told first = ask(Verb.SEND, id, call("7", "hangs", ""));
        Told second = ask(Verb.SEND, id, call("7", "hangs", ""));
        await().until(() -> hanging.size() == 2);

        String cancelled = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}";
        assertThat(send(id, cancelled)).isEqualTo("ACCEPTED ");
        assertThat(first.text()).isEqualTo("ACCEPTED ");
        hanging.get(1).complete(ToolResult.of(Json.of(Map.of("n", 2))));
        assertThat(second.text()).startsWith("OK ").contains("\"id\":7"); // on a busy machine it has timed out
        assertThat(send(id, call("7", "echoes", "again"))).contains("again");
    }

    @Test
    void a_client_that_has_gone_does_not_cancel_and_nothing_of_it_is_kept() {
        String id = session();
        Told told = ask(Verb.SEND, id, call("1", "hangs", ""));
        await().until(() -> hanging.size() == 1);
        assertThat(bodies.held()).isPositive();

        told.request.orElseThrow().gone();
        told.request.orElseThrow().ended();
        assertThat(bodies.held()).isZero();
        assertThat(hanging.get(0)).isNotCancelled();
        hanging.get(0).complete(ToolResult.of(Json.of(Map.of("said", "late"))));
        await().during(Duration.ofMillis(100)).until(() -> told.answer.isEmpty() && bodies.held() == 0);
    }

    @Test
    void bodies_have_a_budget_of_all() {
        String second = session();
        Told large = begin(head(Verb.SEND, session()).build());
        assertThat(large.request.orElseThrow().reserve(1 << 20)).isTrue();
        Told other = begin(head(Verb.SEND, second).build());
        assertThat(other.request.orElseThrow().reserve(1)).isFalse();

        large.request.orElseThrow().ended();
        large.request.orElseThrow().ended();
        assertThat(other.request.orElseThrow().reserve(1)).isTrue();
        assertThat(other.request.orElseThrow().reserve(1)).isTrue();
        assertThat(bodies.held()).isOne();
    }

    @Test
    void a_change_is_told_to_the_newest_stream_and_once_where_there_was_none() {
        String id = session();
        send(id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        join("late");
        join("later");
        await().until(() -> catalog.get().tools().size() == 6);

        Told first = ask(Verb.LISTEN, id, "");
        await().until(() -> first.messages.contains(CHANGED));
        Told second = ask(Verb.LISTEN, id, "");
        await().until(() -> first.hasEnded);
        assertThat(remote.streams()).isOne();
        first.request.orElseThrow().ended();
        assertThat(remote.streams()).isOne();
        int toldFirst = first.messages.size();

        send(id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
        join("latest");
        await().until(() -> second.messages.contains(CHANGED));
        assertThat(first.messages).hasSize(toldFirst).containsOnly(CHANGED);
        second.request.orElseThrow().gone();
        assertThat(remote.streams()).isZero();
    }

    @Test
    void the_end_of_a_session_ends_its_stream_and_not_its_calls() {
        String id = session();
        Told stream = ask(Verb.LISTEN, id, "");
        Told call = ask(Verb.SEND, id, call("1", "hangs", ""));
        await().until(() -> hanging.size() == 1);

        ask(Verb.END, id, "");
        assertThat(stream.hasEnded).isTrue();
        hanging.get(0).complete(ToolResult.of(Json.of(Map.of("said", "done"))));
        assertThat(call.text()).startsWith("OK {\"jsonrpc\":\"2.0\",\"id\":1,"); // on a busy machine it has timed out
    }

    @Test
    void what_still_runs_when_the_gateway_ends_is_answered_with_that() {
        String id = session();
        Told call = ask(Verb.SEND, id, call("1", "hangs", ""));
        await().until(() -> hanging.size() == 1);

        remote.stop();
        assertThat(call.text()).startsWith("OK ").contains("\"id\":1", "the gateway is stopping", "\"isError\":true");
        assertThat(send(id, call("2", "echoes", "hi"))).startsWith("UNKNOWN_SESSION ");
    }

    @Test
    void a_client_that_takes_no_stream_is_told_so() {
        Told told = new Told(false);
        told.request = clients.begin(head(Verb.LISTEN, session()).build(), told)
                .toCompletableFuture()
                .join();

        assertThat(told.text()).startsWith("INVALID {").contains("text/event-stream");
    }

    private void listsChanged() {
        sessions.listsChanged();
    }

    private void join(String provider) {
        providers.join("plugin-" + provider, List.of(new ProviderOffer(provider, context -> new Hello())), List.of());
    }

    private String session() {
        Told told = ask(Verb.SEND, "", INITIALIZE);
        assertThat(told.text()).startsWith("OK {\"jsonrpc\":\"2.0\",\"id\":0,");
        told.request.orElseThrow().ended();
        return requireNonNull(told.headers.get("Mcp-Session-Id"));
    }

    private static String call(String id, String tool, String text) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"acme." + tool
                + "\",\"arguments\":{\"text\":\"" + text + "\"}}}";
    }

    private String send(String session, String message) {
        return ask(Verb.SEND, session, message).text();
    }

    private Told sendAs(String version, String session) {
        Told told = begin(
                head(Verb.SEND, session).header("MCP-Protocol-Version", version).build());
        told.request.ifPresent(
                request -> request.body(UTF_8.encode("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}")));
        return told;
    }

    private Told ask(Verb verb, String session, String message) {
        Told told = begin(head(verb, session).build());
        if (verb == Verb.SEND) {
            told.request.ifPresent(request -> {
                byte[] body = message.getBytes(UTF_8);
                assertThat(request.reserve(body.length)).isTrue();
                request.body(ByteBuffer.wrap(body));
            });
        }
        return told;
    }

    private static RequestHead.Builder head(Verb verb, String session) {
        RequestHead.Builder head = RequestHead.of(verb, peer()).header("Accept", "*/*");
        return session.isEmpty() ? head : head.header("MCP-Session-ID", session);
    }

    private static InetSocketAddress peer() {
        return new InetSocketAddress("127.0.0.1", 4711);
    }

    private Told begin(RequestHead head) {
        Told told = new Told(true);
        told.request = clients.begin(head, told).toCompletableFuture().join();
        return told;
    }

    /** What a client was told. */
    private static final class Told implements Reply {

        private final boolean takesStream;
        private final CompletableFuture<String> answered = new CompletableFuture<>();
        private final List<String> messages = new CopyOnWriteArrayList<>();
        private Optional<ClientRequest> request = Optional.empty();
        private volatile String answer = "";
        private volatile ReplyStatus status = ReplyStatus.FAILED;
        private volatile Map<String, String> headers = Map.of();
        private volatile boolean hasEnded;

        Told(boolean takesStream) {
            this.takesStream = takesStream;
        }

        /** Waits for the answer. */
        String text() {
            return answered.orTimeout(20, TimeUnit.SECONDS).join();
        }

        ReplyStatus status() {
            text();
            return status;
        }

        @Override
        public void end(ReplyStatus with, Map<String, String> and, ByteBuffer body) {
            status = with;
            headers = and;
            answer = with + " " + UTF_8.decode(body);
            answered.complete(answer);
        }

        @Override
        public Optional<MessageStream> stream(Map<String, String> with) {
            return takesStream ? Optional.of(new Stream()) : Optional.empty();
        }

        private final class Stream implements MessageStream {

            @Override
            public boolean send(ByteBuffer message) {
                messages.add(UTF_8.decode(message).toString());
                return true;
            }

            @Override
            public long unsent() {
                return 0;
            }

            @Override
            public void end() {
                hasEnded = true;
            }
        }
    }

    /** A provider of one tool that answers and one that does not. */
    private final class Hello implements Provider {

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            return CompletableFuture.completedFuture(Capabilities.builder()
                    .tools(List.of(tool("echoes"), tool("hangs")))
                    .build());
        }

        private static Tool tool(String name) {
            return Tool.named(name).build();
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            if (tool.equals("hangs")) {
                CompletableFuture<ToolResult> result = new CompletableFuture<>();
                hanging.add(result);
                return result;
            }
            return CompletableFuture.completedFuture(ToolResult.of(arguments));
        }
    }
}
