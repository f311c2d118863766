// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.provider.FakeProvider.Asked;
import dev.mcpgateway.kernel.provider.FakeProvider.Call;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SlotTest {

    private final Deadlines deadlines = new Deadlines();
    private final FakeProvider provider = new FakeProvider();

    @AfterEach
    void close() {
        deadlines.close();
    }

    @Test
    void as_many_calls_run_as_there_are_permits_and_the_next_one_waits() {
        Slot slot = FakeProvider.slot(provider, deadlines, 15, 10);

        List<Call> calls = submit(slot, 20);

        assertThat(provider.asked).hasSize(15);
        answer(0);
        assertThat(provider.asked).hasSize(15); // one went, the next one came
        assertThat(calls.getFirst().outcome()).isCompleted();
        assertThat(calls.get(15).outcome()).isNotDone();
    }

    @Test
    void calls_leave_the_queue_in_the_order_in_which_they_came() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 100);
        List<Call> calls = submit(slot, 50);

        for (Call call : calls) {
            assertThat(provider.asked.element().context()).isSameAs(call);
            answer(0);
            assertThat(call.outcome()).isCompleted();
        }
        assertThat(provider.asked).isEmpty();
    }

    @Test
    void a_full_queue_refuses_at_once_and_says_how_full() {
        Slot slot = FakeProvider.slot(provider, deadlines, 2, 3);

        List<Call> calls = submit(slot, 6);

        assertThat(failure(calls.get(5)))
                .isEqualTo(new Failure(Failure.Kind.QUEUE_FULL, "has its queue full: 2 calls run and 3 wait"));
        assertThat(calls.subList(0, 5)).noneMatch(call -> call.outcome().isDone());
        assertThat(provider.asked).hasSize(2);
    }

    @Test
    void a_queue_of_zero_lets_nobody_wait() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 0);

        List<Call> calls = submit(slot, 2);

        assertThat(failure(calls.get(1)).kind()).isEqualTo(Failure.Kind.QUEUE_FULL);
    }

    @Test
    void an_unavailable_provider_is_not_asked_and_the_reason_is_told() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);
        slot.status(Status.now(Status.State.DISCONNECTED, "is unavailable: connection refused"));

        Call call = submit(slot, 1).getFirst();

        assertThat(failure(call))
                .isEqualTo(new Failure(Failure.Kind.UNAVAILABLE, "is unavailable: connection refused"));
        assertThat(provider.asked).isEmpty();
    }

    @Test
    void who_waits_fails_when_the_provider_goes_down_and_who_runs_goes_on() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 10);
        List<Call> calls = submit(slot, 4);

        slot.status(Status.now(Status.State.DISCONNECTED, "is unavailable: it was killed"));

        assertThat(calls.subList(1, 4)).allMatch(call -> failure(call).kind() == Failure.Kind.UNAVAILABLE);
        assertThat(calls.getFirst().outcome()).isNotDone();
        answer(0);
        assertThat(calls.getFirst().outcome().join()).isInstanceOf(ToolResult.class);
    }

    @Test
    void the_deadline_counts_in_the_queue_as_well() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 10);
        Call running = new Call(slot, Duration.ofMillis(60));
        Call waiting = new Call(slot, Duration.ofMillis(60));
        slot.submit(running);
        slot.submit(waiting);

        await().until(() -> running.outcome().isDone() && waiting.outcome().isDone());
        assertThat(failure(waiting)).isEqualTo(new Failure(Failure.Kind.TIMED_OUT, "timed out after 2.5 s"));
        assertThat(failure(running)).isEqualTo(failure(waiting));
        assertThat(provider.asked).as("the waiting one was never asked").hasSize(1);
    }

    @Test
    void what_comes_after_the_deadline_is_ignored_and_the_permit_was_free_long_before() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 10);
        Call late = new Call(slot, Duration.ofMillis(40));
        slot.submit(late);
        Asked asked = provider.asked.remove();
        await().until(() -> late.outcome().isDone());

        Call next = submit(slot, 1).getFirst();
        assertThat(provider.asked).hasSize(1);
        asked.answer().complete(ToolResult.text("too late"));

        assertThat(failure(late).kind()).isEqualTo(Failure.Kind.TIMED_OUT);
        assertThat(next.outcome()).isNotDone();
        assertThat(submit(slot, 1).getFirst().outcome()).isNotDone();
        assertThat(provider.asked).as("a late answer frees no second permit").hasSize(1);
    }

    @Test
    void cancelling_a_call_frees_its_permit_and_tells_the_provider() throws Exception {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 10);
        List<Call> calls = submit(slot, 2);
        CountDownLatch told = new CountDownLatch(1);
        Asked first = provider.asked.remove();
        first.context().onCancel(told::countDown);

        calls.getFirst().cancel();

        assertThat(failure(calls.getFirst()).kind()).isEqualTo(Failure.Kind.CANCELLED);
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(first.context().isCancelled()).isTrue();
        assertThat(provider.asked.element().context()).isSameAs(calls.get(1));
    }

    @Test
    void cancelling_a_call_that_waits_takes_it_out_of_the_queue() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 2);
        List<Call> calls = submit(slot, 3);

        calls.get(1).cancel();

        Call another = submit(slot, 1).getFirst();
        assertThat(another.outcome()).as("there is a place again").isNotDone();
        answer(0);
        assertThat(provider.asked.element().context()).isSameAs(calls.get(2));
    }

    @Test
    void a_call_can_be_cancelled_before_anybody_asked() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 2);
        Call call = new Call(slot);
        call.cancel();

        slot.submit(call);

        assertThat(failure(call).kind()).isEqualTo(Failure.Kind.CANCELLED);
        assertThat(provider.asked).isEmpty();
        assertThat(submit(slot, 1).getFirst().outcome()).isNotDone();
        assertThat(provider.asked).as("its permit was not lost").hasSize(1);
    }

    @Test
    void an_action_given_after_the_cancellation_runs_at_once_and_one_after_the_answer_never() throws Exception {
        Slot slot = FakeProvider.slot(provider, deadlines, 2, 2);
        List<Call> calls = submit(slot, 2);
        AtomicInteger afterAnswer = new AtomicInteger();
        CountDownLatch afterCancel = new CountDownLatch(1);

        calls.get(0).cancel();
        calls.get(0).onCancel(afterCancel::countDown);
        provider.asked.remove();
        answer(0);
        calls.get(1).onCancel(afterAnswer::incrementAndGet);
        calls.get(1).cancel();

        assertThat(afterCancel.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(afterAnswer).hasValue(0);
        assertThat(calls.get(1).outcome().join()).isInstanceOf(ToolResult.class);
    }

    @Test
    void a_call_of_which_the_time_remains_says_how_much() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);
        Call call = new Call(slot, Duration.ofSeconds(2));

        assertThat(call.remaining()).isBetween(Duration.ofMillis(100), Duration.ofSeconds(2));
        assertThat(new Call(slot, Duration.ofSeconds(-1)).remaining()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "INVALID_ARGUMENT, REFUSED",
        "NOT_FOUND, NOT_FOUND",
        "PERMISSION_DENIED, REFUSED",
        "RESOURCE_EXHAUSTED, REFUSED",
        "UNIMPLEMENTED, REFUSED",
        "UNAVAILABLE, UNAVAILABLE",
        "DEADLINE_EXCEEDED, TIMED_OUT",
        "DATA_LOSS, BROKEN",
        "INTERNAL, REFUSED"
    })
    void what_a_provider_says_it_failed_with_becomes(ProviderException.Code code, Failure.Kind kind) {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);
        Call call = submit(slot, 1).getFirst();

        provider.asked
                .remove()
                .answer()
                .completeExceptionally(new CompletionException(new ProviderException(code, "says why")));

        assertThat(failure(call)).isEqualTo(new Failure(kind, "says why"));
    }

    @Test
    void nothing_of_an_unexpected_exception_is_told() {
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);
        Call call = submit(slot, 1).getFirst();

        provider.asked.remove().answer().completeExceptionally(new IllegalStateException("password=secret"));

        assertThat(failure(call)).isEqualTo(new Failure(Failure.Kind.BROKEN, "failed"));
    }

    @Test
    void an_empty_answer_is_a_broken_one() {
        Slot slot = FakeProvider.slot(
                new FakeProvider() {
                    @Override
                    @SuppressWarnings("NullAway") // what a plugin without NullAway may do
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                        return CompletableFuture.completedFuture(null);
                    }
                },
                deadlines,
                1,
                1);

        assertThat(failure(submit(slot, 1).getFirst())).isEqualTo(new Failure(Failure.Kind.BROKEN, "answered nothing"));
    }

    static Stream<FakeProvider> prompt_providers() {
        return Stream.of(
                new FakeProvider() {
                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                        return CompletableFuture.completedFuture(ToolResult.text("at once"));
                    }
                },
                new FakeProvider() {
                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                        return CompletableFuture.failedFuture(
                                new ProviderException(ProviderException.Code.NOT_FOUND, "at once"));
                    }
                },
                new FakeProvider() {
                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                        throw new StackOverflowError();
                    }
                });
    }

    @ParameterizedTest
    @Tag("slow")
    @MethodSource("prompt_providers")
    void a_hundred_thousand_calls_that_end_before_they_return_need_no_stack(FakeProvider prompt) {
        FakeProvider slow = new FakeProvider();
        Slot slot = FakeProvider.slot(slow, deadlines, 1, 100_000);
        Call first = new Call(slot);
        slot.submit(first);
        List<Call> waiting = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Call call = new Call(slot, Duration.ofMinutes(5));
            slot.submit(call);
            waiting.add(call);
        }
        slot.replaceInstance(prompt);

        slow.asked.remove().answer().complete(ToolResult.text("now the others"));

        assertThat(waiting).allMatch(call -> call.outcome().isDone());
    }

    @Test
    void permits_are_neither_lost_nor_made_up_whatever_becomes_of_the_calls() throws Exception {
        int permits = 4;
        FakeProvider answersSoon = new FakeProvider() {
            @Override
            public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                return CompletableFuture.supplyAsync(() -> ToolResult.text("done"));
            }
        };
        Slot slot = FakeProvider.slot(answersSoon, deadlines, permits, 100_000);
        List<Call> calls = new ArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            List<Call> mine = Stream.generate(() -> new Call(slot, Duration.ofMinutes(1)))
                    .limit(5_000)
                    .toList();
            calls.addAll(mine);
            clients.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < mine.size(); i++) {
                    slot.submit(mine.get(i));
                    if (i % 3 == 0) {
                        mine.get(i / 2).cancel();
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }

        await().atMost(Duration.ofSeconds(30))
                .until(() -> calls.stream().allMatch(call -> call.outcome().isDone()));
        slot.replaceInstance(provider);
        await().untilAsserted(
                        () -> { // a permit comes back a moment after its call has ended
                            provider.asked.clear();
                            List<Call> more = submit(slot, permits + 1);
                            int reached = provider.asked.size();
                            more.forEach(Call::cancel);
                            assertThat(reached).isEqualTo(permits);
                        });
    }

    @ParameterizedTest
    @CsvSource({"2500, 2.5 s", "10000, 10 s", "100, 0.1 s", "1, 0.001 s", "60000, 60 s", "1234, 1.234 s"})
    void durations_are_told_in_seconds(long millis, String text) {
        assertThat(Slot.seconds(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void a_provider_that_keeps_the_thread_when_another_call_is_out_of_time_holds_up_no_deadline() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        FakeProvider keepsTheSecond = new FakeProvider() {
            @Override
            public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                if (!asked.isEmpty()) {
                    entered.countDown();
                    awaitUninterruptibly(released);
                }
                return super.callTool(tool, arguments, context);
            }
        };
        Slot slot = FakeProvider.slot(keepsTheSecond, deadlines, 1, 10);
        Call outOfTime = new Call(slot, Duration.ofMillis(40));
        slot.submit(outOfTime);
        slot.submit(new Call(slot, Duration.ofSeconds(20)));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

        Slot other = FakeProvider.slot(provider, deadlines, 1, 10);
        Call elsewhere = new Call(other, Duration.ofMillis(40));
        try {
            other.submit(elsewhere);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> elsewhere.outcome().isDone());
        } finally {
            released.countDown();
        }
        assertThat(failure(outOfTime).kind()).isEqualTo(Failure.Kind.TIMED_OUT);
    }

    @Test
    void who_raises_the_permits_is_not_kept_by_the_provider_that_gets_the_calls() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        FakeProvider keepsTheSecond = new FakeProvider() {
            @Override
            public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                if (!asked.isEmpty()) {
                    awaitUninterruptibly(released);
                }
                return super.callTool(tool, arguments, context);
            }
        };
        Slot slot = FakeProvider.slot(keepsTheSecond, deadlines, 1, 10);
        submit(slot, 2);
        Terms more = new Terms("fake", "plugin", "", 2, 10, FakeProvider.TIMEOUT, "fake", Duration.ofSeconds(60));

        CompletableFuture<Void> control = CompletableFuture.runAsync(() -> slot.terms(more));
        try {
            control.get(5, TimeUnit.SECONDS);
        } finally {
            released.countDown();
        }
        await().until(() -> keepsTheSecond.asked.size() == 2);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Call> submit(Slot slot, int count) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Call call = new Call(slot);
            slot.submit(call);
            calls.add(call);
        }
        return calls;
    }

    private void answer(int number) {
        Asked asked = List.copyOf(provider.asked).get(number);
        provider.asked.remove(asked);
        asked.answer().complete(ToolResult.text("done"));
    }

    private static Failure failure(Call call) {
        assertThat(call.outcome()).isCompletedWithValueMatching(Failure.class::isInstance);
        return (Failure) call.outcome().join();
    }
}
