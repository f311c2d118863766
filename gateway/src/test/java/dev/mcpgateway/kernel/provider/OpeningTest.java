// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A provider whose open or capabilities hang, or fail every time, costs one thread and a line now and then. */
@Timeout(60)
class OpeningTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    static Path nowhere;

    private final Deadlines deadlines = new Deadlines();
    private final CopyOnWriteArrayList<Long> opens = new CopyOnWriteArrayList<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private Providers providers = providers(Duration.ofMillis(300));

    OpeningTest() throws Exception {}

    private Providers providers(Duration opening) throws Exception {
        return new Providers(
                List.of(),
                deadlines,
                new RunFile(nowhere, nowhere, nowhere),
                new ShutdownUrgency(),
                slots -> {},
                each -> {},
                opening);
    }

    @AfterEach
    void close() {
        released.countDown();
        providers.close();
        deadlines.close();
    }

    @Test
    @Tag("slow")
    void an_open_that_hangs_is_given_up_and_no_second_one_is_begun() {
        join(new ProviderOffer("acme", context -> {
            opens.add(System.nanoTime());
            if (opens.size() == 1) {
                awaitUninterruptibly(released);
            }
            return provider();
        }));
        await().atMost(SOON).until(() -> slot().status().state() == Status.State.ERROR);
        assertThat(slot().status().reason()).isEqualTo("cannot be opened: it took longer than 0.3 s");
        assertThat(providers.trouble("acme")).contains("provider 'acme' cannot be opened: it took longer than 0.3 s");
        assertThat(providers.firstDiscovery()).succeedsWithin(SOON);
        await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> opens.size() == 1);
        assertThat(threads("opening-acme")).isEqualTo(1);

        released.countDown();

        await().atMost(SOON).until(() -> slot().status().isAvailable());
        assertThat(opens).hasSize(2);
        assertThat(isClosed).isTrue(); // the one that came too late
        assertThat(providers.trouble("acme")).isEmpty();
        await().atMost(SOON).until(() -> threads("opening-acme") == 0);
    }

    @Test
    @Tag("slow")
    void an_open_that_takes_its_time_holds_the_first_list_no_longer_than_that_waits() throws Exception {
        providers.close();
        providers = providers(Duration.ofSeconds(40));
        join(new ProviderOffer("acme", context -> {
            released.await(30, TimeUnit.SECONDS);
            return provider();
        }));
        assertThat(providers.firstDiscovery()).succeedsWithin(SOON);
        assertThat(slot().status().reason()).isEqualTo("is not connected yet");
        released.countDown();
        await().atMost(SOON).until(() -> slot().status().isAvailable());
    }

    @Test
    void an_open_that_is_not_wanted_any_more_is_interrupted() {
        AtomicBoolean isInterrupted = new AtomicBoolean();
        join(new ProviderOffer("acme", context -> {
            opens.add(System.nanoTime());
            try {
                released.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                isInterrupted.set(true);
            }
            return provider();
        }));
        await().atMost(SOON).until(() -> opens.size() == 1);
        await().atMost(SOON).until(isInterrupted::get);
        await().atMost(SOON).until(isClosed::get);
    }

    @Test
    @Tag("slow")
    void an_open_that_fails_is_tried_ever_later() {
        join(new ProviderOffer("acme", context -> {
            opens.add(System.nanoTime());
            throw new ProviderException(Code.UNAVAILABLE, "no licence");
        }));
        await().atMost(Duration.ofSeconds(30)).until(() -> opens.size() == 4);
        assertThat(slot().status().reason()).isEqualTo("cannot be opened: no licence");
        assertThat(providers.trouble("acme")).contains("provider 'acme' cannot be opened: no licence");
        assertThat(opens.get(1) - opens.get(0)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(450));
        assertThat(opens.get(3) - opens.get(2)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1_900));
    }

    @Test
    @Tag("slow")
    void capabilities_that_keep_their_thread_are_not_asked_for_on_a_second_one() {
        AtomicInteger inside = new AtomicInteger();
        join(new ProviderOffer("acme", context -> new FakeProvider() {
            @Override
            public CompletionStage<Capabilities> capabilities(CallContext call) {
                if (inside.incrementAndGet() == 1) {
                    awaitUninterruptibly(released);
                }
                return super.capabilities(call);
            }
        }));
        await().atMost(SOON).until(() -> slot().status().reason().startsWith("timed out"));
        await().during(Duration.ofSeconds(2)).atMost(SOON).until(() -> inside.get() == 1);
        released.countDown();
        await().atMost(SOON).until(() -> slot().status().isAvailable());
    }

    private Provider provider() {
        return new FakeProvider() {
            @Override
            public void close() {
                isClosed.set(true);
            }
        };
    }

    private void join(ProviderOffer offer) {
        providers.start();
        providers.join("acme", List.of(offer), List.of());
        providers.allPluginsJoined();
    }

    private Slot slot() {
        return providers.slots().getFirst();
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(name))
                .count();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (latch.getCount() > 0 && System.nanoTime() - deadline < 0) {
            try {
                latch.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                // a provider that does not listen
            }
        }
    }
}
