// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.MemoryBudget;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The front door between two pipes of the operating system, with a conversation that does as it is told. */
class StdioTransportTest {

    private static final int IN_FLIGHT = 1_024;
    private static final int PAYLOAD_LIMIT = 10 * 1024 * 1024;
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final Talk talk = new Talk();
    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final CountDownLatch clientReads = new CountDownLatch(1);
    private Pipe stdin;
    private Pipe stdout;
    private OutputStream toGateway;
    private Thread client;
    private StdioTransport door;

    @BeforeEach
    void open() throws IOException {
        stdin = Pipe.open();
        stdout = Pipe.open();
        toGateway = Channels.newOutputStream(stdin.sink());
        client = Thread.ofPlatform().daemon().start(this::readAnswers);
        door = new StdioTransport(
                Channels.newInputStream(stdin.source()),
                Channels.newOutputStream(stdout.sink()),
                PAYLOAD_LIMIT,
                deadlines,
                outlet -> {
                    talk.outlet.complete(outlet);
                    return new Intake(talk, deadlines, workers, new MemoryBudget());
                });
        door.open();
    }

    @AfterEach
    void close() throws Exception {
        clientReads.countDown();
        stdin.sink().close();
        stdout.source().close();
        workers.close();
        deadlines.close();
    }

    @Test
    void every_request_gets_its_own_answer() throws Exception {
        clientReads.countDown();
        for (int i = 0; i < 1_000; i++) {
            send(request(i));
        }
        await().until(() -> talk.begun.size() == 1_000);
        talk.answerAll();

        await().until(() -> answers.size() == 1_000);
        assertThat(answers).doesNotHaveDuplicates().contains("{\"id\":0}", "{\"id\":999}");
    }

    @Test
    void bad_lines_are_refused_and_the_next_one_is_served() throws Exception {
        clientReads.countDown();
        send("hello");
        send("");
        send("[]");
        send("{\"jsonrpc\":\"1.0\",\"id\":5,\"method\":\"m\"}\r");
        send(request(6));

        await().until(() -> talk.begun.containsKey("6"));
        assertThat(talk.refused).extracting(Incoming.Refused::code).containsExactly(-32700, -32600, -32600);
        await().untilAsserted(
                        () -> assertThat(answers).containsExactly("{\"id\":null}", "{\"id\":null}", "{\"id\":5}"));
    }

    @Test
    void a_message_over_the_limit_is_refused_with_the_limit() throws Exception {
        byte[] longest = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"s\":\"".getBytes(UTF_8);
        byte[] end = "\"}}".getBytes(UTF_8);
        for (int size : List.of(PAYLOAD_LIMIT + 65_536, PAYLOAD_LIMIT + 65_536 + 1)) {
            toGateway.write(longest);
            toGateway.write("x".repeat(size - longest.length - end.length).getBytes(UTF_8));
            toGateway.write(end);
            toGateway.write('\n');
        }
        send(request(2));

        await().atMost(LONG_ENOUGH).until(() -> talk.begun.containsKey("2"));
        assertThat(talk.begun).containsKey("1");
        assertThat(talk.refused).extracting(Incoming.Refused::reason).containsExactly("message exceeds 10551296 bytes");
    }

    @Test
    void requests_beyond_those_in_flight_are_parked_and_what_stands_behind_them_is_seen() throws Exception {
        clientReads.countDown();
        for (int i = 0; i < 1_500; i++) {
            send(request(i));
        }
        send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}");

        await().until(() -> talk.notifications.get() == 1);
        assertThat(talk.begun).hasSize(IN_FLIGHT);
        talk.answer("3");
        await().until(() -> talk.begun.containsKey("1024"));
        assertThat(talk.begun).doesNotContainKey("1025");

        await().atMost(LONG_ENOUGH).until(() -> {
            talk.answerAll();
            return answers.size() == 1_500;
        });
        assertThat(answers).doesNotHaveDuplicates();
    }

    @Test
    void reading_stops_when_the_park_is_full_and_goes_on_when_there_is_room() throws Exception {
        clientReads.countDown();
        Thread sender = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < IN_FLIGHT; i++) {
                send(request(i));
            }
            for (int i = IN_FLIGHT; i < IN_FLIGHT + 40; i++) {
                send(request(i, 1 << 20)); // the park holds 16 of these
            }
            send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/last\"}");
        });
        await().until(() -> talk.begun.size() == IN_FLIGHT);
        await().atMost(LONG_ENOUGH).until(() -> talk.seen.get() >= IN_FLIGHT + 16);
        await().during(Duration.ofMillis(300)).until(() -> talk.notifications.get() == 0);
        assertThat(talk.seen.get()).isLessThanOrEqualTo(IN_FLIGHT + 17);

        await().atMost(LONG_ENOUGH).until(() -> {
            talk.answerAll();
            return answers.size() == IN_FLIGHT + 40 && talk.notifications.get() == 1;
        });
        assertThat(sender.join(LONG_ENOUGH)).isTrue();
    }

    @Test
    void a_withdrawn_request_leaves_its_place_and_gets_no_answer() throws Exception {
        clientReads.countDown();
        for (int i = 0; i <= IN_FLIGHT; i++) {
            send(request(i));
        }
        await().until(() -> talk.begun.size() == IN_FLIGHT);

        talk.exchange("0").withdraw();

        await().until(() -> talk.begun.containsKey("1024"));
        talk.answerAll();
        await().until(() -> answers.size() == IN_FLIGHT);
        assertThat(answers).doesNotContain("{\"id\":0}");
    }

    @Test
    void a_request_has_one_answer_however_often_it_is_given() throws Exception {
        clientReads.countDown();
        send(request(1));
        send(request(2));
        await().until(() -> talk.begun.size() == 2);

        talk.answer("1");
        talk.answer("1");
        talk.exchange("1").withdraw();
        talk.answer("2");

        await().until(() -> answers.contains("{\"id\":2}"));
        assertThat(answers).containsExactly("{\"id\":1}", "{\"id\":2}");
    }

    @Test
    void at_the_end_of_the_input_everything_that_was_asked_is_answered_first() throws Exception {
        clientReads.countDown();
        for (int i = 0; i < 1_200; i++) {
            send(request(i));
        }
        stdin.sink().close();
        door.awaitEndOfInput();
        Thread answering = Thread.ofPlatform().daemon().start(() -> {
            while (talk.answered.get() < 1_200) {
                talk.answerAll();
                Thread.onSpinWait();
            }
        });

        assertThat(door.drain(in(LONG_ENOUGH))).isTrue();
        stdout.sink().close();

        assertThat(answering.join(LONG_ENOUGH)).isTrue();
        assertThat(client.join(LONG_ENOUGH)).isTrue();
        assertThat(answers).hasSize(1_200).doesNotHaveDuplicates();
    }

    @Test
    void draining_gives_up_in_time_on_a_call_that_never_ends() throws Exception {
        send(request(1));
        await().until(() -> talk.begun.size() == 1);
        stdin.sink().close();
        door.awaitEndOfInput();

        assertThat(door.drain(in(Duration.ofMillis(100)))).isFalse();
    }

    @Test
    @Tag("slow")
    void a_client_that_does_not_read_holds_nobody_up_and_loses_nothing() throws Exception {
        for (int i = 0; i < 64; i++) {
            send(request(i));
        }
        await().until(() -> talk.begun.size() == 64);
        talk.padding = "x".repeat(1 << 18); // 16 MiB altogether, and a pipe holds 64 KiB
        talk.answerAll();
        assertThat(talk.answered).hasValue(64);
        long most = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);
        assertThat(talk.exchange("0").reserve(most))
                .hasValueSatisfying(reason -> assertThat(reason).contains("are still on their way to the client"));

        clientReads.countDown();

        await().atMost(LONG_ENOUGH).until(() -> answers.size() == 64);
        await().until(() -> talk.exchange("0").reserve(most).isEmpty());
    }

    @Test
    void a_client_that_is_gone_ends_the_conversation_once() throws Exception {
        send(request(1));
        send(request(2));
        await().until(() -> talk.begun.size() == 2);
        stdout.source().close();

        talk.answer("1");

        await().until(() -> talk.gone.get() == 1);
        door.awaitEndOfInput();
        talk.answer("2");
        assertThat(door.drain(in(LONG_ENOUGH))).isTrue();
        assertThat(talk.gone).hasValue(1);
    }

    @Test
    void notifications_go_to_the_same_stream() throws Exception {
        clientReads.countDown();
        talk.outlet.join().send(new Utf8Writer(8).raw("{\"method\":\"changed\"}"));

        await().until(() -> answers.contains("{\"method\":\"changed\"}"));
    }

    @Test
    void when_a_client_that_a_notification_was_dropped_for_has_read_the_conversation_hears_of_it() throws Exception {
        NotificationSink outlet = talk.outlet.join();
        talk.padding = "x".repeat(20_000_000);
        send(request(1));
        await().until(() -> talk.begun.containsKey("1"));
        talk.answer("1");

        assertThat(outlet.send(new Utf8Writer(8).raw("{\"method\":\"changed\"}")))
                .isFalse();
        assertThat(talk.hasRoomAgain).hasValue(0);
        clientReads.countDown();

        await().atMost(LONG_ENOUGH).until(() -> talk.hasRoomAgain.get() == 1);
        assertThat(outlet.send(new Utf8Writer(8).raw("{\"method\":\"again\"}"))).isTrue();
        await().until(() -> answers.contains("{\"method\":\"again\"}"));
        assertThat(talk.hasRoomAgain).hasValue(1);
    }

    @Test
    void a_request_that_is_just_being_read_when_the_stop_comes_is_answered() throws Exception {
        clientReads.countDown();
        CountDownLatch lookingAtIt = new CountDownLatch(1);
        talk.lookingAtIt = lookingAtIt;
        send(request(1));
        await().until(() -> talk.seen.get() == 1);

        door.stop();
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(this::drain);
        await().during(Duration.ofMillis(100)).until(() -> !drained.isDone());
        lookingAtIt.countDown();
        await().until(() -> talk.begun.containsKey("1"));
        talk.answer("1");

        assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(answers).containsExactly("{\"id\":1}"));
    }

    @Test
    void after_stop_nothing_more_is_taken() throws Exception {
        door.stop();
        send(request(1));

        door.awaitEndOfInput();
        assertThat(door.drain(in(LONG_ENOUGH))).isTrue();
        await().during(Duration.ofMillis(100)).until(() -> talk.seen.get() == 0);
    }

    @Test
    void parked_requests_are_begun_whatever_their_ids_and_methods_are_spelled_like() throws Exception {
        clientReads.countDown();
        fillTheFlight();
        send("{\"jsonrpc\":\"2.0\",\"id\":\"ü\",\"method\":\"m\"}");
        send("{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"method\":\"m\"}");
        send("{\"jsonrpc\":\"2.0\",\"\\u0069d\":5001,\"method\":\"m\"}");
        send("{\"jsonrpc\":\"2.0\",\"id\":5002,\"m\\u0065thod\":\"m\"}");
        send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}");
        await().until(() -> talk.notifications.get() == 1);

        talk.answerAll();

        await().until(() -> talk.begun.size() == IN_FLIGHT + 4);
        assertThat(talk.begun).containsKeys("\"ü\"", "\"a\\\"b\"", "5001", "5002");
        talk.answerAll();
        door.stop();
        assertThat(drain()).isTrue();
    }

    @Test
    void a_parked_request_whose_time_is_just_over_is_answered_by_whoever_ends_it() throws Exception {
        clientReads.countDown();
        fillTheFlight();
        send(request(2_000));
        await().until(() -> talk.expected.containsKey("2000"));
        requireNonNull(talk.contexts.get("2000")).cancel(); // as if its answer was being written just now

        talk.answer("0");
        await().until(() -> answers.size() == 1);
        send(request(2_001));
        talk.answer("1");
        await().until(() -> talk.begun.containsKey("2001")); // it stood behind
        requireNonNull(talk.expected.get("2000")).answer(new Utf8Writer(64).raw("{\"id\":2000}"));

        await().until(() -> answers.contains("{\"id\":2000}"));
        for (int i = 2; i < IN_FLIGHT; i++) {
            talk.answer(Integer.toString(i));
        }
        talk.answer("2001");
        door.stop();
        assertThat(drain()).isTrue();
    }

    @Test
    void room_kept_for_an_answer_that_comes_too_late_is_given_back() {
        clientReads.countDown();
        send(request(1));
        send(request(2));
        await().until(() -> talk.begun.size() == 2);
        long all = Math.max(64L << 20, Runtime.getRuntime().maxMemory() / 4);

        talk.exchange("1").withdraw();
        assertThat(talk.exchange("1").reserve(all - 1_000)).isEmpty();
        talk.answer("1");

        assertThat(talk.exchange("2").reserve(all - 1_000)).isEmpty();
    }

    @Test
    void a_large_request_is_begun_also_while_the_one_before_keeps_the_thread_that_began_it() {
        clientReads.countDown();
        talk.keepsTheThread = "1";
        send(request(1, 100_000));
        send(request(2, 100_000));
        send(request(3));

        await().until(() -> talk.begun.keySet().containsAll(List.of("1", "2", "3")));
    }

    @Test
    void a_large_message_that_nobody_has_room_for_is_answered_also_where_its_id_cannot_be_told() {
        clientReads.countDown();
        workers.close();
        send(request(1, 100_000).replace("\"id\"", "\"\\u0069d\""));
        send(request(2, 100_000));

        await().untilAsserted(() -> assertThat(answers).containsExactly("{\"id\":null}", "{\"id\":2}"));
    }

    @Test
    void a_large_notification_that_nobody_has_room_for_is_not_answered() {
        clientReads.countDown();
        workers.close();
        send(request(1, 100_000).replace("\"id\":1,", ""));
        send(request(2, 100_000));

        await().untilAsserted(() -> assertThat(answers).containsExactly("{\"id\":2}"));
    }

    @Test
    void a_fault_of_ours_in_reading_a_large_request_is_answered_under_its_id() {
        clientReads.countDown();
        talk.breaks = true;
        send(request(1, 100_000));

        await().untilAsserted(() -> assertThat(answers).containsExactly("{\"id\":1}"));
        assertThat(talk.overloaded).containsExactly("internal error: see the gateway's log");
    }

    private void fillTheFlight() {
        for (int i = 0; i < IN_FLIGHT; i++) {
            send(request(i));
        }
        await().until(() -> talk.begun.size() == IN_FLIGHT);
    }

    private boolean drain() {
        try {
            return door.drain(in(LONG_ENOUGH));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void send(String line) {
        try {
            toGateway.write((line + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String request(int id) {
        return request(id, 0);
    }

    private static String request(int id, int padding) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"m\",\"params\":{\"s\":\"" + "x".repeat(padding)
                + "\"}}";
    }

    private void readAnswers() {
        try {
            clientReads.await();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(stdout.source()), UTF_8));
            String line;
            while ((line = lines.readLine()) != null) {
                answers.add(line.replaceAll(",\"pad.*\"", ""));
            }
        } catch (IOException closed) {
            // by the test's end
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Begins requests and answers them when the test says so. */
    private static final class Talk implements Conversation {

        private final Map<String, Exchange> begun = new ConcurrentHashMap<>();
        private final Map<String, Boolean> done = new ConcurrentHashMap<>();
        private final List<Incoming.Refused> refused = new CopyOnWriteArrayList<>();
        private final List<String> overloaded = new CopyOnWriteArrayList<>();
        private final AtomicInteger seen = new AtomicInteger();
        private final AtomicInteger notifications = new AtomicInteger();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger gone = new AtomicInteger();
        private final AtomicInteger hasRoomAgain = new AtomicInteger();
        private final Map<String, Exchange> expected = new ConcurrentHashMap<>();
        private final Map<String, RequestContext> contexts = new ConcurrentHashMap<>();
        private volatile String padding = "";
        private volatile String keepsTheThread = "";
        private volatile boolean breaks;
        private volatile CountDownLatch lookingAtIt = new CountDownLatch(0);
        private final CompletableFuture<NotificationSink> outlet = new CompletableFuture<>();

        Exchange exchange(String id) {
            return Optional.ofNullable(begun.get(id)).orElseThrow();
        }

        void answer(String id) {
            String pad = padding.isEmpty() ? "" : ",\"pad\":\"" + padding + "\"";
            exchange(id).answer(new Utf8Writer(64).raw("{\"id\":" + id + pad + "}"));
            answered.incrementAndGet();
        }

        void answerAll() {
            for (String id : begun.keySet()) {
                if (done.putIfAbsent(id, true) == null) {
                    answer(id);
                }
            }
        }

        @Override
        public Runnable request(Incoming.Request request, Exchange exchange) {
            seen.incrementAndGet();
            return begin(request.id(), exchange);
        }

        private Runnable begin(RequestId id, Exchange exchange) {
            try {
                lookingAtIt.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return () -> {
                begun.put(id.toString(), exchange);
                if (id.toString().equals(keepsTheThread)) {
                    keepThread();
                }
            };
        }

        private static void keepThread() {
            try {
                Thread.sleep(Duration.ofSeconds(60)); // until the test ends
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Expected expect(RequestId id, String method, Exchange exchange) {
            seen.incrementAndGet();
            contexts.put(id.toString(), exchange.context());
            expected.put(id.toString(), exchange);
            return new Expected() {
                @Override
                public Runnable request(Incoming.Request request) {
                    if (breaks) {
                        throw new IllegalStateException("a bug");
                    }
                    return begin(id, exchange);
                }

                @Override
                public void refused(Incoming.Refused line) {
                    Talk.this.refused(line, exchange);
                }

                @Override
                public void failed(String reason) {
                    overloaded.add(reason);
                    exchange.answer(new Utf8Writer(64).raw("{\"id\":" + id + "}"));
                }
            };
        }

        @Override
        public void response(Incoming.Response response) {
            throw new AssertionError("nobody was asked");
        }

        @Override
        public void notification(Incoming.Notification notification) {
            notifications.incrementAndGet();
        }

        @Override
        public void refused(Incoming.Refused line, Exchange exchange) {
            refused.add(line);
            String id = line.id().map(RequestId::toString).orElse("null");
            exchange.answer(new Utf8Writer(64).raw("{\"id\":" + id + "}"));
        }

        @Override
        public void onRoom() {
            hasRoomAgain.incrementAndGet();
        }

        @Override
        public void gone() {
            gone.incrementAndGet();
        }
    }

    private static LongSupplier in(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        return () -> deadline;
    }
}
