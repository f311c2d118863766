// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.WatchedThread;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchedThreadTest {

    private final Deadlines deadlines = new Deadlines();
    private final LinkedBlockingQueue<Runnable> duty = new LinkedBlockingQueue<>();
    private final Queue<String> onDuty = new ConcurrentLinkedQueue<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Set<Thread> calledOn = ConcurrentHashMap.newKeySet();

    @AfterEach
    void close() {
        over.set(true);
        released.countDown();
        duty.add(() -> {});
        deadlines.close();
    }

    @Test
    void a_provider_that_keeps_the_thread_costs_the_duty_one_hand_over() throws Exception {
        Slot slot = FakeProvider.slot(new KeepsTheThread(), deadlines, 15, 10);
        new Clerk().start();
        FakeProvider.Call kept = new FakeProvider.Call(slot);
        duty.add(() -> slot.submit(kept));
        duty.add(() -> onDuty.add(Thread.currentThread().getName()));

        await().until(() -> onDuty.size() == 1);
        assertThat(onDuty).containsExactly("clerk-2");

        released.countDown();
        kept.outcome().get(10, TimeUnit.SECONDS);
        duty.add(() -> onDuty.add(Thread.currentThread().getName()));
        await().until(() -> onDuty.size() == 2);
        assertThat(onDuty).as("the relieved thread has gone home").containsExactly("clerk-2", "clerk-2");
    }

    @Test
    void a_duty_that_no_thread_can_be_had_for_is_handed_over_when_there_is_one() throws Exception {
        Slot slot = FakeProvider.slot(new KeepsTheThread(), deadlines, 15, 10);
        AtomicInteger refused = new AtomicInteger();
        new Clerk() {
            @Override
            protected void handOver() {
                if (refused.incrementAndGet() < 4) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.handOver();
            }
        }.start();
        FakeProvider.Call kept = new FakeProvider.Call(slot);
        duty.add(() -> slot.submit(kept));
        duty.add(() -> onDuty.add(Thread.currentThread().getName()));

        await().until(() -> onDuty.size() == 1);

        assertThat(refused).hasValue(4);
        assertThat(onDuty).containsExactly("clerk-2");
        released.countDown();
        kept.outcome().get(10, TimeUnit.SECONDS);
    }

    @Test
    void a_provider_that_kept_a_thread_once_is_called_on_threads_of_its_own() throws Exception {
        Slot slot = FakeProvider.slot(new KeepsTheThread(), deadlines, 15, 10);
        new Clerk().start();
        duty.add(() -> slot.submit(new FakeProvider.Call(slot)));
        await().until(() -> threads.get() == 2);

        for (int i = 0; i < 5; i++) {
            duty.add(() -> slot.submit(new FakeProvider.Call(slot)));
        }
        duty.add(() -> onDuty.add(Thread.currentThread().getName()));

        await().until(() -> onDuty.size() == 1);
        await().until(() -> calledOn.size() == 6);
        assertThat(threads).as("no further hand-over").hasValue(2);
        assertThat(calledOn)
                .filteredOn(thread -> !(thread instanceof WatchedThread))
                .hasSize(5);
    }

    @Test
    void a_provider_that_returns_at_once_is_called_right_there() throws Exception {
        FakeProvider prompt = new FakeProvider() {
            @Override
            public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
                calledOn.add(Thread.currentThread());
                return CompletableFuture.completedFuture(ToolResult.text("at once"));
            }
        };
        Slot slot = FakeProvider.slot(prompt, deadlines, 15, 10);
        new Clerk().start();
        for (int i = 0; i < 1_000; i++) {
            duty.add(() -> slot.submit(new FakeProvider.Call(slot)));
        }
        duty.add(() -> onDuty.add(Thread.currentThread().getName()));

        await().until(() -> onDuty.size() == 1);
        assertThat(calledOn).extracting(Thread::getName).containsExactly("clerk-1");
        assertThat(threads).hasValue(1);
    }

    /** Takes what is to be done from the queue, as the reader of a client's messages does. */
    private class Clerk extends WatchedThread {

        Clerk() {
            super("clerk-" + threads.incrementAndGet(), deadlines);
        }

        @Override
        protected void work() {
            try {
                while (!isRelieved() && !over.get()) {
                    duty.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        protected void handOver() {
            new Clerk().start();
        }
    }

    private final class KeepsTheThread extends FakeProvider {

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
            calledOn.add(Thread.currentThread());
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return CompletableFuture.completedFuture(ToolResult.text("in the end"));
        }
    }
}
