// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BoundedThreadsTest {

    private static final long SEED = 20_261_130;

    @Test
    @Tag("slow")
    void a_task_that_comes_when_an_idle_thread_goes_home_is_run_also_where_the_others_never_end() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        Duration idle = Duration.ofNanos(100_000);
        CountDownLatch released = new CountDownLatch(1);
        try (BoundedThreads threads = new BoundedThreads("bounded-", 2, idle)) {
            assertThat(threads.execute(() -> await(released))).isTrue();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (System.nanoTime() - end < 0) {
                CountDownLatch ran = new CountDownLatch(1);
                assertThat(threads.execute(ran::countDown)).isTrue();
                assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
                LockSupport.parkNanos(random.nextLong(2 * idle.toNanos()));
            }
        } finally {
            released.countDown();
        }
    }

    private static void await(CountDownLatch released) {
        try {
            released.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
