// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {

    private static final long MOST_AT_WORK = 1_000;
    private static final long LONG_ENOUGH = 20;

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = new Workers(deadlines, 4, 2, 1_000_000, MOST_AT_WORK);
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void close() {
        released.countDown();
        workers.close();
        deadlines.close();
    }

    @Test
    void a_provider_that_keeps_a_worker_keeps_neither_bytes_nor_turns_of_its_own_or_of_others() throws Exception {
        for (int i = 0; i < 3; i++) { // more than half of the threads
            CountDownLatch inside = new CountDownLatch(1);
            execute("its", MOST_AT_WORK, () -> {
                inside.countDown();
                keepsTheThread();
            });
            assertInTime(inside);
        }

        assertRuns("its", 1);
        assertRuns("another's", MOST_AT_WORK);
    }

    @Test
    void two_tasks_at_once_do_not_wait_for_the_same_idle_thread() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Workers fresh = new Workers(deadlines, 4, 2, 1_000, MOST_AT_WORK)) {
                AtomicReference<Thread> idle = new AtomicReference<>();
                fresh.execute("a", 0, () -> idle.set(Thread.currentThread()));
                await().pollInterval(Duration.ofMillis(1))
                        .until(() -> idle.get() != null && idle.get().getState() == Thread.State.TIMED_WAITING);

                CountDownLatch both = new CountDownLatch(2);
                fresh.execute("a", 0, () -> meet(both));
                fresh.execute("b", 0, () -> meet(both));

                assertInTime(both);
            }
        }
    }

    @Test
    void small_tasks_wait_neither_for_a_large_one_nor_for_one_that_waits_for_it() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch next = new CountDownLatch(1);
        execute("large", MOST_AT_WORK, () -> {
            inside.countDown();
            awaitQuietly(released, TimeUnit.SECONDS.toMillis(4 * LONG_ENOUGH));
        });
        assertInTime(inside);
        execute("large too", MOST_AT_WORK, next::countDown);

        for (int i = 0; i < 100; i++) {
            assertRuns("small", 50);
        }

        assertThat(next.getCount()).isEqualTo(1);
        released.countDown();
        assertInTime(next);
    }

    @Test
    void costly_tasks_of_one_owner_leave_processors_to_those_of_others() throws Exception {
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch third = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            executeCostly("costly", 100, () -> {
                two.countDown();
                awaitQuietly(released, TimeUnit.SECONDS.toMillis(4 * LONG_ENOUGH));
            });
        }
        assertInTime(two);
        executeCostly("costly", 100, third::countDown);

        for (int i = 0; i < 100; i++) {
            assertRuns("another", 100);
        }

        assertThat(third.getCount()).isEqualTo(1);
        released.countDown();
        assertInTime(third);
    }

    @Test
    void a_large_task_has_its_turn_however_many_of_a_middling_size_come() throws Exception {
        CountDownLatch many = new CountDownLatch(10);
        AtomicBoolean over = new AtomicBoolean();
        beginOthers(many, over);
        assertInTime(many);

        try {
            assertRuns("large", 2 * MOST_AT_WORK);
        } finally {
            over.set(true);
        }
    }

    /** One after the other; each ends when the next has begun, or does not begin for a while. */
    private CountDownLatch beginOthers(CountDownLatch many, AtomicBoolean over) {
        CountDownLatch begun = new CountDownLatch(1);
        boolean isTaken = workers.execute("middling", 100, () -> {
            begun.countDown();
            many.countDown();
            if (!over.get()) {
                awaitQuietly(beginOthers(many, over), 100);
            }
        });
        return isTaken ? begun : new CountDownLatch(0);
    }

    private void assertRuns(Object owner, long size) throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        execute(owner, size, ran::countDown);
        assertInTime(ran);
    }

    private void execute(Object owner, long size, Runnable task) {
        assertThat(workers.execute(owner, size, task)).isTrue();
    }

    private void executeCostly(Object owner, long size, Runnable task) {
        assertThat(workers.executeCostly(owner, size, task)).isTrue();
    }

    private static void assertInTime(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(LONG_ENOUGH, TimeUnit.SECONDS)).isTrue();
    }

    /** Each of two waits for the other. */
    private static void meet(CountDownLatch both) {
        both.countDown();
        awaitQuietly(both, TimeUnit.SECONDS.toMillis(2 * LONG_ENOUGH));
    }

    private static void awaitQuietly(CountDownLatch latch, long millis) {
        try {
            latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void keepsTheThread() {
        WatchedThread thread = (WatchedThread) Thread.currentThread();
        thread.enter(new WatchedThread.Visited() {
            @Override
            public String name() {
                return "slow";
            }

            @Override
            public void keptThread(long now, boolean isToBlame) {}
        });
        try {
            awaitQuietly(released, TimeUnit.SECONDS.toMillis(4 * LONG_ENOUGH));
        } finally {
            thread.leave();
        }
    }
}
