// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.provider.FakeProvider.Call;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocking calls on threads of their own, as the slot counts them. */
class ThreadedProviderTest {

    private static final Duration SHORT = Duration.ofMillis(60);

    private final Deadlines deadlines = new Deadlines();
    private final Queue<Thread> entered = new ConcurrentLinkedQueue<>();
    private final AtomicInteger interrupted = new AtomicInteger();
    private final Semaphore released = new Semaphore(0);

    @AfterEach
    void close() {
        released.release(1_000);
        deadlines.close();
    }

    @Test
    void calls_run_on_platform_threads_as_many_as_there_are_permits() {
        Slot slot = slot(3, this::waitFor);

        List<Call> calls = submit(slot, 5, Duration.ofSeconds(20));

        await().until(() -> entered.size() == 3);
        assertThat(entered).doesNotHaveDuplicates().allSatisfy(thread -> {
            assertThat(thread.isVirtual()).isFalse();
            assertThat(thread.getName()).startsWith("provider-fake-call-");
        });
        released.release(5);
        assertThat(calls).allSatisfy(call -> assertThat(call.outcome().join()).isInstanceOf(ToolResult.class));
    }

    @Test
    void a_call_that_is_over_is_interrupted_and_its_permit_is_free_when_its_thread_is_back() {
        Slot slot = slot(1, this::waitFor);
        Call late = submit(slot, 1, SHORT).getFirst();
        await().until(() -> late.outcome().isDone());
        await().until(() -> interrupted.get() == 1);

        released.release();
        Call next = submit(slot, 1, Duration.ofSeconds(20)).getFirst();

        assertThat(next.outcome().join()).isInstanceOf(ToolResult.class);
        assertThat(interrupted).as("the interrupt was the first one's").hasValue(1);
    }

    @Test
    void threads_that_do_not_come_back_keep_their_permits_until_the_provider_is_stuck_and_one_comes_back() {
        Slot slot = slot(2, this::waitDeaf);
        AtomicInteger changes = new AtomicInteger();
        slot.kept().whenChanged(changes::incrementAndGet);

        submit(slot, 2, SHORT);

        await().until(slot::isStuck);
        await().until(() -> changes.get() >= 1);
        assertThat(slot.kept().inWords()).startsWith("is stuck: all its 2 threads are in calls that are over");
        Call waiting = submit(slot, 1, Duration.ofSeconds(20)).getFirst();
        assertThat(waiting.outcome()).isNotDone();
        released.release();
        await().until(() -> !slot.isStuck());
        released.release(2); // one of them may be taken by the other that is kept
        assertThat(waiting.outcome().join()).isInstanceOf(ToolResult.class);
    }

    @Test
    void at_a_replacement_kept_threads_count_no_more() throws Exception {
        Slot slot = slot(2, this::waitDeaf);
        submit(slot, 2, SHORT);
        await().until(slot::isStuck);

        Instance before = slot.replaceInstance(new ThreadedProvider("fake", 2, provider(() -> ToolResult.text("new"))))
                .orElseThrow();

        before.idle().get(10, TimeUnit.SECONDS);
        List<Call> calls = submit(slot, 10, Duration.ofSeconds(20));
        assertThat(calls).allSatisfy(call -> assertThat(call.outcome().join()).isInstanceOf(ToolResult.class));
        released.release(2);
        await().until(() -> entered.stream().noneMatch(ThreadedProviderTest::isInside));
        submit(slot, 10, Duration.ofSeconds(20))
                .forEach(call -> assertThat(call.outcome().join()).isInstanceOf(ToolResult.class));
    }

    @Test
    void who_has_not_come_back_from_listing_is_not_asked_again_beside_it() {
        CountDownLatch asked = new CountDownLatch(1);
        ThreadedProvider provider = new ThreadedProvider("fake", 1, new BlockingProvider() {
            @Override
            public Capabilities capabilities(CallContext context) {
                asked.countDown();
                waitDeaf();
                return Capabilities.of();
            }

            @Override
            public ToolResult callTool(String tool, Json arguments, CallContext context) {
                return ToolResult.text("");
            }
        });
        Slot slot = FakeProvider.slot(provider, deadlines, 1, 1);
        Call first = new Call(slot);
        var listed = provider.capabilities(first).toCompletableFuture();
        await().until(() -> asked.getCount() == 0);

        assertThat(provider.capabilities(new Call(slot)).toCompletableFuture()).isCompletedExceptionally();

        released.release();
        assertThat(listed.join()).isNotNull();
        await().untilAsserted(() -> {
            released.release();
            assertThat(provider.capabilities(new Call(slot))
                            .toCompletableFuture()
                            .isCompletedExceptionally())
                    .isFalse();
        });
    }

    private interface Body {
        ToolResult run() throws Exception;
    }

    private ToolResult waitFor() throws InterruptedException {
        entered.add(Thread.currentThread());
        try {
            released.acquire();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        }
        return ToolResult.text("done");
    }

    private ToolResult waitDeaf() {
        entered.add(Thread.currentThread());
        released.acquireUninterruptibly();
        return ToolResult.text("done");
    }

    private static boolean isInside(Thread thread) {
        return thread.isAlive()
                && List.of(thread.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getMethodName().equals("waitDeaf"));
    }

    private Slot slot(int permits, Body body) {
        return FakeProvider.slot(new ThreadedProvider("fake", permits, provider(body)), deadlines, permits, 100);
    }

    private static BlockingProvider provider(Body body) {
        return new BlockingProvider() {
            @Override
            public Capabilities capabilities(CallContext context) {
                return Capabilities.of();
            }

            @Override
            public ToolResult callTool(String tool, Json arguments, CallContext context) throws Exception {
                return body.run();
            }
        };
    }

    private static List<Call> submit(Slot slot, int count, Duration left) {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Call call = new Call(slot, left);
            calls.add(call);
            slot.submit(call);
        }
        return calls;
    }
}
