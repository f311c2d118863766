// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What several clients ask of one kernel at once, without a transport. */
class IntakeTest {

    private static final int IN_FLIGHT = 1_024;
    private static final int KIB = 1024;
    private static final long BUDGET = 1024 * KIB;

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final MemoryBudget budget = new MemoryBudget(BUDGET);
    private final Asking first = new Asking();
    private final Asking second = new Asking();

    @AfterEach
    void close() {
        workers.close();
        deadlines.close();
    }

    @Test
    void two_clients_with_the_same_ids_get_their_own_answers() {
        for (int id = 0; id < 500; id++) {
            first.asks(id, 0);
            second.asks(id, 0);
        }
        await().until(() -> {
            first.isAnsweredAll("first");
            second.isAnsweredAll("second");
            return first.answers.size() == 500 && second.answers.size() == 500;
        });

        assertThat(first.answers).hasSize(500).containsOnly("first");
        assertThat(second.answers).hasSize(500).containsOnly("second");
    }

    @Test
    void the_requests_of_two_clients_hold_together_no_more_than_the_budget() {
        for (int id = 0; id < 40; id++) {
            first.asks(id, 32 * KIB);
            second.asks(id, 32 * KIB);
        }
        assertThat(held()).isLessThanOrEqualTo(BUDGET);
        assertThat(held()).isGreaterThan(BUDGET - 80 * KIB);

        await().until(() -> {
            first.isAnsweredAll("first");
            second.isAnsweredAll("second");
            assertThat(held()).isLessThanOrEqualTo(BUDGET);
            return first.answers.size() == 40 && second.answers.size() == 40;
        });
        assertThat(budget.hasRoom(BUDGET - KIB, second.limiter()))
                .as("all is given back")
                .isTrue();
    }

    @Test
    void who_finds_no_room_goes_before_those_who_come_later() {
        int id = 0;
        while (first.begun.size() == id) {
            first.asks(id++, 32 * KIB); // the last of them is parked
        }
        second.asks(0, 32 * KIB);
        first.asks(id, 0);
        second.asks(1, 0);
        assertThat(second.begun).isEmpty();

        first.isAnswered(0, "a");
        await().until(() -> first.begun.size() == 31 && second.begun.isEmpty());
        first.isAnswered(1, "a");

        await().until(() -> second.begun.containsKey(0));
        first.isAnswered(2, "a"); // now there is room for all that is small
        int small = id;
        await().until(() -> second.begun.containsKey(1) && first.begun.containsKey(small));
    }

    @Test
    void who_waits_in_line_and_has_too_many_requests_of_its_own_by_then_keeps_nobody_back() {
        long most = 8 * BUDGET;
        MemoryBudget roomy = new MemoryBudget(most);
        RequestLimiter full = new RequestLimiter(deadlines, roomy);
        RequestLimiter behind = new RequestLimiter(deadlines, roomy);
        RequestLimiter large = new RequestLimiter(deadlines, roomy);
        for (int i = 0; i < IN_FLIGHT; i++) {
            assertThat(full.admit(0)).isEqualTo(RequestLimiter.Turn.NOW); // by many threads at once
        }
        large.admit(0);
        large.begin(most);
        assertThat(isParked(full, () -> {})).isTrue();
        AtomicBoolean goesOn = new AtomicBoolean();
        assertThat(isParked(behind, () -> goesOn.set(true))).isTrue();
        for (int i = 0; i < IN_FLIGHT; i++) {
            full.begin(0);
        }

        large.ended(most);

        await().untilTrue(goesOn);
    }

    private static boolean isParked(RequestLimiter client, Runnable then) {
        assertThat(client.admit(0)).isEqualTo(RequestLimiter.Turn.LATER);
        return client.park(new RequestLimiter.Parked() {
            @Override
            public int size() {
                return 0;
            }

            @Override
            public boolean isLarge() {
                return false;
            }

            @Override
            public void goOn(Runnable done) {
                then.run();
            }
        });
    }

    @Test
    void a_request_that_is_too_large_for_the_budget_is_begun_when_it_is_alone() {
        second.asks(0, 0);
        first.asks(0, (int) BUDGET + KIB);
        await().during(Duration.ofMillis(100)).until(first.begun::isEmpty);

        second.isAnswered(0, "a");

        await().until(() -> first.begun.containsKey(0));
    }

    @Test
    void the_end_does_not_wait_for_a_request_that_stands() throws Exception {
        first.asks(0, 32 * KIB);
        first.asks(1, 32 * KIB);
        first.begun(0).stand();
        first.intake.close();
        assertThat(first.isEmptyIn(Duration.ofMillis(50)))
                .as("the other is waited for")
                .isFalse();

        first.isAnswered(1, "a");

        assertThat(first.isEmptyIn(Duration.ofSeconds(20))).isTrue();
        first.isAnswered(0, "b");
        assertThat(first.answers).containsExactly("a", "b");
        assertThat(first.isEmptyIn(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void requests_that_stand_take_no_place_of_those_that_are_worked_on() {
        for (int id = 0; id < 3 * IN_FLIGHT; id++) {
            first.asks(id, KIB);
            first.begun(id).stand();
        }
        assertThat(first.begun).hasSize(3 * IN_FLIGHT);
        assertThat(budget.hasRoom(BUDGET - KIB, second.limiter())).isTrue();
    }

    @Test
    void a_request_that_stands_before_it_is_begun_is_not_counted_either() throws Exception {
        first.standsAtOnce = true;
        first.asks(0, 32 * KIB);
        first.intake.close();

        assertThat(first.isEmptyIn(Duration.ofSeconds(20))).isTrue();
        assertThat(budget.hasRoom(BUDGET - KIB, second.limiter())).isTrue();
        first.isAnswered(0, "a");
        assertThat(first.answers).containsExactly("a");
    }

    @Test
    void a_cancelled_request_is_over_and_has_no_answer() throws Exception {
        first.asks(0, 32 * KIB);
        Exchange exchange = first.begun(0);
        exchange.cancel();
        exchange.cancel();
        first.isAnswered(0, "a");
        first.intake.close();

        assertThat(exchange.context().isAbandoned()).isTrue();
        assertThat(first.answers).isEmpty();
        assertThat(first.isEmptyIn(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    void an_answer_of_the_client_is_passed_on_with_its_id_and_body() {
        first.says("{\"jsonrpc\":\"2.0\",\"id\":\"q\",\"result\":{\"roots\":[]}}");

        assertThat(first.responses).singleElement().satisfies(response -> {
            assertThat(response.id()).hasToString("\"q\"");
            assertThat(response.body()).hasToString("{\"roots\":[]}");
        });
    }

    /** By what was sent; what is kept of it beside the text is little here. */
    private long held() {
        return first.held() + second.held();
    }

    /** A client that is answered when the test says so. */
    private final class Asking implements Conversation, AnswerSink {

        private final Intake intake = new Intake(this, deadlines, workers, budget);
        private final Map<Integer, Exchange> begun = new ConcurrentHashMap<>();
        private final Map<Integer, Boolean> done = new ConcurrentHashMap<>();
        private final List<String> answers = new CopyOnWriteArrayList<>();
        private final List<Incoming.Response> responses = new CopyOnWriteArrayList<>();
        private volatile boolean standsAtOnce;

        void asks(int id, int bytes) {
            says("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"m\",\"params\":{\"arguments\":{\"s\":\""
                    + "x".repeat(bytes) + "\"}}}");
        }

        void says(String message) {
            assertThat(intake.take(message.getBytes(UTF_8), this)).isTrue();
        }

        Exchange begun(int id) {
            return requireNonNull(begun.get(id));
        }

        void isAnswered(int id, String text) {
            if (done.putIfAbsent(id, true) == null) {
                begun(id).answer(new Utf8Writer(16).raw(text));
            }
        }

        void isAnsweredAll(String text) {
            begun.keySet().forEach(id -> isAnswered(id, text));
        }

        long held() {
            return begun.entrySet().stream()
                    .filter(each -> !done.containsKey(each.getKey()))
                    .mapToLong(each -> each.getValue().size())
                    .sum();
        }

        boolean isEmptyIn(Duration time) throws InterruptedException {
            long deadline = System.nanoTime() + time.toNanos();
            return intake.awaitEmpty(() -> deadline);
        }

        RequestLimiter limiter() {
            return new RequestLimiter(deadlines, budget);
        }

        @Override
        public Runnable request(Incoming.Request request, Exchange exchange) {
            if (standsAtOnce) {
                exchange.stand();
            }
            return () -> begun.put(Integer.parseInt(request.id().toString()), exchange);
        }

        @Override
        public Expected expect(RequestId id, String method, Exchange exchange) {
            return new Expected() {
                @Override
                public Runnable request(Incoming.Request request) {
                    return Asking.this.request(request, exchange);
                }

                @Override
                public void refused(Incoming.Refused refused) {
                    throw new AssertionError(refused.reason());
                }

                @Override
                public void failed(String reason) {
                    throw new AssertionError(reason);
                }
            };
        }

        @Override
        public void notification(Incoming.Notification notification) {
            throw new AssertionError("there is none");
        }

        @Override
        public void response(Incoming.Response response) {
            responses.add(response);
        }

        @Override
        public void refused(Incoming.Refused refused, Exchange exchange) {
            throw new AssertionError(refused.reason());
        }

        @Override
        public void onRoom() {}

        @Override
        public void gone() {}

        @Override
        public void put(Utf8Writer answer) {
            answers.add(new String(answer.buffer(), 0, answer.length(), UTF_8));
        }

        @Override
        public Optional<String> reserve(long size) {
            return Optional.empty();
        }

        @Override
        public void release(long size) {}
    }
}
