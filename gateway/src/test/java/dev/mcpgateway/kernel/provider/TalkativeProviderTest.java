// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A provider may say up, down and changed without end: the last word counts, and a few are passed on. */
@Timeout(60)
class TalkativeProviderTest {

    private static final Duration WHILE = Duration.ofSeconds(3);
    private static final String FLOOD = "provider 'acme' says up, down or changed";

    @TempDir
    static Path nowhere;

    private final Deadlines deadlines = new Deadlines();
    private final List<String> news = new CopyOnWriteArrayList<>();
    private final CompletableFuture<ProviderContext> context = new CompletableFuture<>();
    private final AtomicBoolean controlIsToWait = new AtomicBoolean();
    private final CountDownLatch controlWaits = new CountDownLatch(1);
    private final CountDownLatch controlGoesOn = new CountDownLatch(1);
    private Providers providers = providers();

    TalkativeProviderTest() throws Exception {}

    private Providers providers() throws Exception {
        return new Providers(
                List.of(),
                deadlines,
                new RunFile(nowhere, nowhere, nowhere),
                new ShutdownUrgency(),
                slots -> {
                    if (controlIsToWait.get()) {
                        controlWaits.countDown();
                        try {
                            controlGoesOn.await(20, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                },
                each -> news.add(each.text()));
    }

    @BeforeEach
    void start() {
        providers.start();
        providers.allPluginsJoined();
        ProviderOffer acme = new ProviderOffer("acme", opened -> {
            context.complete(opened);
            return new FakeProvider();
        });
        providers.join("acme", List.of(acme), List.of());
        await().until(() -> slot().status().isAvailable());
    }

    @AfterEach
    void close() {
        providers.close();
        deadlines.close();
    }

    @Test
    void words_that_were_not_heard_yet_are_forgotten_for_the_last_one() throws Exception {
        controlIsToWait.set(true);
        context.get().down("on a whim");
        assertThat(controlWaits.await(10, TimeUnit.SECONDS)).isTrue();
        WeakReference<String> early = new WeakReference<>(sayDown("reason " + System.nanoTime()));
        for (int i = 0; i < 1_000; i++) {
            context.get().up();
            context.get().changed();
            context.get().resourceUpdated("acme://" + i);
        }
        sayDown("for good");
        await().until(() -> {
            System.gc();
            return early.get() == null;
        });
        controlIsToWait.set(false);
        controlGoesOn.countDown();
        await().until(() ->
                news.stream().anyMatch(text -> text.startsWith("provider 'acme' is unavailable: for good")));
    }

    @Test
    void one_that_speaks_after_it_has_been_removed_is_not_heard() throws Exception {
        providers.leave("acme");
        await().until(() -> news.stream().anyMatch(text -> text.contains("removed with its plugin")));
        int before = news.size();

        context.get().down("late");
        Thread.sleep(300); // heard before the next, if at all
        context.get().up();
        context.get().changed();

        await().during(Duration.ofMillis(500)).until(() -> news.size() == before);
    }

    @Test
    @Tag("slow")
    void one_that_goes_up_and_down_all_the_time_is_told_of_a_few_times_a_second() throws Exception {
        long begin = System.nanoTime();
        int words = 0;
        while (System.nanoTime() - begin < WHILE.toNanos()) {
            context.get().up();
            context.get().down("reason " + words++);
        }
        context.get().down("the last one");
        await().during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(20))
                .until(() ->
                        slot().status().isAvailable() && news.getLast().startsWith("provider 'acme' is connected"));
        long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds() + 1;
        assertThat(news).hasSizeLessThanOrEqualTo((int) (5 * seconds + 5));
        // What was left out is said: before it is heard, or, where more was heard than is told, before it is told.
        assertThat(news)
                .anyMatch(text -> text.startsWith(FLOOD)
                        || text.matches(".* \\([0-9]+ changes? before this one (was|were) not told\\)"));
    }

    @Test
    @Tag("slow")
    void one_that_floods_is_named_once() throws Exception {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < WHILE.toNanos()) {
            context.get().changed();
        }
        await().until(() -> news.stream().anyMatch(text -> text.startsWith(FLOOD)));
        assertThat(news).filteredOn(text -> text.startsWith(FLOOD)).hasSize(1);
        assertThat(slot().status().isAvailable()).isTrue();
    }

    @Test
    void a_word_that_stands_alone_is_heard_at_once() throws Exception {
        long begin = System.nanoTime();
        context.get().down("its disk is full");
        await().pollInterval(Duration.ofMillis(2))
                .until(() -> slot().status().reason().equals("is unavailable: its disk is full"));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        await().until(() -> slot().status().isAvailable()); // asked again half a second later
        assertThat(news).noneMatch(text -> text.contains("were not told"));
    }

    private String sayDown(String reason) throws Exception {
        context.get().down(reason);
        return reason;
    }

    private Slot slot() {
        return providers.slots().getFirst();
    }
}
