// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private static final long TICK = MILLISECONDS.toNanos(10);

    private final Deadlines deadlines = new Deadlines();

    @AfterEach
    void close() {
        deadlines.close();
    }

    @Test
    void a_deadline_expires_once_and_not_before_its_time() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        List<Mark> marks = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            Mark mark = new Mark(System.nanoTime() + MILLISECONDS.toNanos(random.nextInt(700)));
            marks.add(mark);
            deadlines.add(mark);
        }

        await().untilAsserted(() -> assertThat(marks).allMatch(Mark::isExpired));
        long latest = marks.stream().mapToLong(Mark::late).max().orElseThrow();
        System.out.println(
                "the latest of 2,000 deadlines came " + MILLISECONDS.convert(Duration.ofNanos(latest)) + " ms late");
        assertThat(marks).as("seed %d", seed).allMatch(mark -> mark.late() >= 0, "not early");
        assertThat(marks).allMatch(mark -> mark.times.get() == 1, "once");
    }

    @Test
    void what_was_removed_does_not_expire() {
        List<Mark> removed = new ArrayList<>();
        long soon = System.nanoTime() + 5 * TICK;
        for (int i = 0; i < 100; i++) {
            removed.add(new Mark(soon));
        }
        Mark last = new Mark(soon + 10 * TICK);
        removed.forEach(deadlines::add);
        deadlines.add(last);
        removed.forEach(deadlines::remove);
        removed.forEach(deadlines::remove); // twice is no harm

        await().until(last::isExpired);
        assertThat(removed).noneMatch(Mark::isExpired);
    }

    @Test
    void a_deadline_that_has_passed_already_expires_soon() {
        Mark past = new Mark(System.nanoTime() - Duration.ofMinutes(1).toNanos());
        deadlines.add(past);

        await().until(past::isExpired);
    }

    @Test
    @Tag("slow")
    void a_deadline_beyond_one_round_of_the_wheel_waits_for_its_own() {
        Mark far = new Mark(System.nanoTime() + Duration.ofMillis(5_300).toNanos());
        deadlines.add(far);

        await().atMost(Duration.ofSeconds(30)).until(far::isExpired);
        assertThat(far.late()).isNotNegative();
    }

    @Test
    void a_wheel_that_has_gone_to_sleep_wakes_for_the_next_deadline() {
        Thread thread = thread();
        await().until(() -> thread.getState() == Thread.State.WAITING); // no longer tick by tick
        Mark mark = new Mark(System.nanoTime() + 3 * TICK);
        deadlines.add(mark);

        await().until(mark::isExpired);
    }

    @Test
    void one_that_throws_does_not_stop_the_others() {
        Deadlines.Entry faulty = new Deadlines.Entry(System.nanoTime()) {
            @Override
            protected void expired() {
                throw new IllegalStateException("a bug");
            }
        };
        Mark next = new Mark(System.nanoTime() + 5 * TICK);
        deadlines.add(faulty);
        deadlines.add(next);

        await().until(next::isExpired);
    }

    @Test
    void a_closed_wheel_leaves_no_thread() {
        Thread thread = thread();

        deadlines.close();

        await().until(() -> !thread.isAlive());
    }

    /** The wheel's own; those of earlier tests are about to end. */
    private static Thread thread() {
        return await().until(DeadlinesTest::threads, threads -> threads.size() == 1)
                .getFirst();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("deadlines"))
                .toList();
    }

    private static final class Mark extends Deadlines.Entry {

        private final AtomicInteger times = new AtomicInteger();
        private volatile long expired;

        Mark(long at) {
            super(at);
        }

        @Override
        protected void expired() {
            expired = System.nanoTime();
            times.incrementAndGet();
        }

        boolean isExpired() {
            return times.get() > 0;
        }

        long late() {
            return expired - at();
        }
    }
}
