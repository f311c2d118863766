// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadLocalCleanerTest {

    private static final ThreadLocal<@Nullable Object> LEFT = new ThreadLocal<>();

    private final CountDownLatch resting = new CountDownLatch(1);
    private final CountDownLatch wake = new CountDownLatch(1);

    @Test
    void what_was_left_on_a_thread_that_rests_is_cleared_while_it_does() throws Exception {
        AtomicReference<WeakReference<Object>> left = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                Object something = new Object();
                left.set(new WeakReference<>(something));
                LEFT.set(something);
                something = null;
                residue.rest();
                resting.countDown();
                awaitQuietly(wake);
                residue.resume();
            }
        });
        resting.await();

        ThreadLocalCleaner.clearAll();

        await().until(() -> {
            System.gc();
            return left.get().refersTo(null);
        });
        wake.countDown();
        thread.join();
    }

    @Test
    void a_thread_that_was_busy_clears_it_when_it_next_rests() throws Exception {
        AtomicReference<@Nullable Object> before = new AtomicReference<>();
        AtomicReference<@Nullable Object> after = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                LEFT.set("left");
                resting.countDown();
                awaitQuietly(wake);
                before.set(LEFT.get());
                residue.rest();
                residue.resume();
                after.set(LEFT.get());
            }
        });
        resting.await();
        ThreadLocalCleaner.clearAll();
        wake.countDown();
        thread.join();

        assertThat(before.get()).isEqualTo("left");
        assertThat(after.get()).isNull();
    }

    @Test
    void it_keeps_what_it_has_where_no_plugin_has_gone() throws Exception {
        AtomicReference<@Nullable Object> after = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                LEFT.set("kept");
                residue.rest();
                residue.resume();
                after.set(LEFT.get());
            }
        });
        thread.join();

        assertThat(after.get()).isEqualTo("kept");
    }

    @Test
    void threads_that_rest_all_the_time_while_plugins_go_are_cleared_sooner_or_later() throws Exception {
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
                while (System.nanoTime() - end < 0) {
                    LEFT.set("mine");
                    if (LEFT.get() == null) { // only while it rests
                        throw new AssertionError("cleared while it was in use");
                    }
                    residue.rest();
                    residue.resume();
                }
            } catch (Throwable e) {
                failed.set(e);
            }
        });
        while (thread.isAlive()) {
            ThreadLocalCleaner.clearAll();
        }

        assertThat(failed.get()).isNull();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
