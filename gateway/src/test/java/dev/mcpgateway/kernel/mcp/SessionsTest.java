// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.ToolNames;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchanges;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.MemoryBudget;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.stdio.StdioTransport;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several clients of one kernel, each on pipes of the operating system of its own. */
class SessionsTest {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
    private static final int PAYLOAD_LIMIT = 1 << 20;
    private static final String LIST_CHANGED = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}";

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final MemoryBudget budget = new MemoryBudget();
    private final List<CallContext> hanging = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<Client> clients = new ArrayList<>();
    private final StartupBarrier over = new StartupBarrier(CompletableFuture.completedFuture(null), deadlines, workers);
    private final LiveCatalog catalog = new LiveCatalog(this::listsChanged);
    private final Sessions sessions = new Sessions(new Protocol(
            catalog, new Calls(catalog, over, deadlines, workers, PAYLOAD_LIMIT), over, over, ToolNames.DOTTED, "1"));
    private Providers providers;

    @BeforeEach
    void start() throws IOException {
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
        for (Client client : clients) {
            client.close();
        }
        providers.close(() -> {});
        catalog.close();
        workers.close();
        deadlines.close();
    }

    @Test
    void two_clients_that_use_the_same_ids_at_once_get_their_own_answers() {
        Client first = new Client().reads();
        Client second = new Client().reads();
        Thread asking = Thread.ofPlatform().daemon().start(() -> ask(first, "first"));
        ask(second, "second");

        await().atMost(LONG_ENOUGH).until(() -> first.lines.size() == 1_001 && second.lines.size() == 1_001);
        assertThat(asking.isAlive()).isFalse();
        assertThat(first.lines.stream().skip(1)).allMatch(line -> isAnswerTo("first", line));
        assertThat(second.lines.stream().skip(1)).allMatch(line -> isAnswerTo("second", line));
        assertThat(first.lines).doesNotHaveDuplicates();
    }

    @Test
    void one_client_cancels_nothing_of_another_with_the_same_id() {
        Client first = new Client().reads();
        Client second = new Client().reads();
        first.call(7, "hangs", "");
        second.call(7, "hangs", "");
        await().until(() -> hanging.size() == 2);

        first.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":7}}");
        await().until(() -> hanging.stream().anyMatch(CallContext::isCancelled));
        first.call(8, "echo", "still there");

        await().until(() -> first.has("\"id\":8"));
        assertThat(hanging).filteredOn(CallContext::isCancelled).hasSize(1);
        await().atMost(LONG_ENOUGH).until(() -> second.has("\"id\":7")); // by its time-out
        assertThat(first.has("\"id\":7")).isFalse();
    }

    @Test
    void a_client_that_does_not_read_delays_nothing_that_another_is_told() throws Exception {
        Client deaf = new Client();
        Client other = new Client().reads();
        deaf.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
        other.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
        await().until(() -> other.has("\"id\":2"));
        String padding = "x".repeat(900_000);
        Thread flood = Thread.ofPlatform().daemon().start(() -> {
            for (int id = 3; id < 28; id++) { // more than may wait for a client before notifications are dropped
                deaf.call(id, "echo", padding);
            }
        });
        await().atMost(LONG_ENOUGH).until(() -> calls.get() >= 10);

        join("late");

        await().atMost(LONG_ENOUGH).until(() -> other.has(LIST_CHANGED));
        other.call(3, "echo", "hello");
        await().until(() -> other.has("\"id\":3"));
        assertThat(deaf.lines).isEmpty();
        deaf.reads();
        await().atMost(LONG_ENOUGH).until(() -> deaf.has(LIST_CHANGED));
        assertThat(flood.join(LONG_ENOUGH)).isTrue();
        await().atMost(LONG_ENOUGH).until(() -> deaf.has("\"id\":27"));
    }

    @Test
    void when_a_client_is_gone_the_others_are_told_as_before() {
        Client leaving = new Client().reads();
        Client other = new Client().reads();
        other.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\"}");
        await().until(() -> other.has("\"id\":2") && leaving.has("\"id\":1"));
        leaving.close();

        join("late");

        await().atMost(LONG_ENOUGH).until(() -> other.has(LIST_CHANGED));
    }

    @Test
    void each_client_gets_the_log_at_the_level_that_it_has_set() {
        Client wants = new Client().reads();
        Client other = new Client().reads();
        wants.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"warning\"}}");
        await().until(() -> wants.has("\"id\":2") && other.has("\"id\":1"));

        sessions.say(false, "test", "nobody's");
        sessions.say(true, "test", "a warning");
        sessions.complain("test", "an error");

        await().until(() -> wants.has("an error"));
        assertThat(wants.has("a warning")).isTrue();
        assertThat(wants.has("nobody's")).isFalse();
        assertThat(other.lines).hasSize(1);
    }

    @Test
    void whoever_has_news_goes_on_while_sessions_are_told() throws Exception {
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        Conversation session = sessions.open(message -> {
            told.incrementAndGet();
            return awaits(goesOn);
        });
        initialize(session);

        Thread plugin = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < 10_000; i++) {
                sessions.allListsChanged();
            }
        });
        assertThat(plugin.join(Duration.ofSeconds(10))).isTrue();
        await().until(() -> told.get() == 1);
        goesOn.countDown();

        await().until(() -> told.get() >= 3);
        await().during(Duration.ofMillis(200)).until(() -> told.get() <= 6); // three lists, once or twice
    }

    @Test
    @Tag("slow")
    void ten_thousand_sessions_are_told_of_a_change_in_no_time() {
        AtomicInteger told = new AtomicInteger();
        for (int i = 0; i < 10_000; i++) {
            Conversation session = sessions.open(message -> told.incrementAndGet() > 0);
            initialize(session);
            ask(session, "tools/list", "{}");
        }

        long start = System.nanoTime();
        join("late");
        await().atMost(LONG_ENOUGH).until(() -> told.get() == 10_000);

        System.out.printf(
                "10,000 sessions were told %d ms after a provider came%n", (System.nanoTime() - start) / 1_000_000);
        assertThat(told).hasValue(10_000);
    }

    private void listsChanged() {
        sessions.listsChanged();
    }

    private void join(String provider) {
        providers.join("plugin-" + provider, List.of(new ProviderOffer(provider, context -> new Hello())), List.of());
    }

    private static boolean awaits(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void ask(Client client, String word) {
        for (int id = 0; id < 1_000; id++) {
            client.call(10 + id, "echo", word + "-" + (10 + id));
        }
    }

    private static boolean isAnswerTo(String word, String line) {
        String id = line.replaceFirst(".*\"id\":(\\d+),.*", "$1");
        return line.contains(word + "-" + id + "\\\"") || line.contains(word + "-" + id + "\"");
    }

    private void initialize(Conversation session) {
        ask(session, "initialize", "{\"protocolVersion\":\"2025-11-25\"}");
    }

    private void ask(Conversation session, String method, String params) {
        String text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}".formatted(method, params);
        Incoming.Request request = (Incoming.Request) Incoming.read(text.getBytes(UTF_8));
        Runnable work = session.request(request, Exchanges.arrived(deadlines, Exchanges.NOWHERE));
        if (work != null) {
            work.run();
        }
    }

    /** Echoes its arguments, or never answers. */
    private final class Hello implements Provider {

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            return CompletableFuture.completedFuture(Capabilities.builder()
                    .tools(List.of(tool("echo"), tool("hangs")))
                    .build());
        }

        private static Tool tool(String name) {
            return Tool.named(name).build();
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            if (tool.equals("hangs")) {
                hanging.add(call);
                return new CompletableFuture<>();
            }
            calls.incrementAndGet();
            return CompletableFuture.completedFuture(ToolResult.of(arguments));
        }
    }

    /** A client that has said hello, and reads when the test says so. */
    private final class Client {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Pipe stdin;
        private final Pipe stdout;
        private final OutputStream toGateway;

        Client() {
            try {
                stdin = Pipe.open();
                stdout = Pipe.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            toGateway = Channels.newOutputStream(stdin.sink());
            new StdioTransport(
                            Channels.newInputStream(stdin.source()),
                            Channels.newOutputStream(stdout.sink()),
                            PAYLOAD_LIMIT,
                            deadlines,
                            outlet -> new Intake(sessions.open(outlet), deadlines, workers, budget))
                    .open();
            clients.add(this);
            send(
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\"}}");
        }

        Client reads() {
            Thread.ofPlatform().daemon().start(() -> {
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(Channels.newInputStream(stdout.source()), UTF_8));
                try {
                    String line;
                    while ((line = reader.readLine()) != null) {
                        lines.add(line);
                    }
                } catch (IOException closed) {
                    // by the test's end
                }
            });
            return this;
        }

        void call(int id, String tool, String text) {
            send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"acme." + tool
                    + "\",\"arguments\":{\"text\":\"" + text + "\"}}}");
        }

        void send(String line) {
            try {
                toGateway.write((line + "\n").getBytes(UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean has(String part) {
            return lines.stream().anyMatch(line -> line.contains(part));
        }

        void close() {
            try {
                stdin.sink().close();
                stdout.source().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
