// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.FakeProvider.Call;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Providers as plugins come, are replaced, and go. */
@Timeout(60)
class PluginProvidersTest {

    private static final List<ProviderType> NO_TYPES = List.of();

    @TempDir
    static Path nowhere;

    private final Deadlines deadlines = new Deadlines();
    private final List<Opened> opened = new CopyOnWriteArrayList<>();
    private final List<String> news = new CopyOnWriteArrayList<>();

    private final AtomicBoolean controlIsToWait = new AtomicBoolean();
    private final CountDownLatch controlWaits = new CountDownLatch(1);
    private final CountDownLatch controlGoesOn = new CountDownLatch(1);

    private volatile Consumer<List<Slot>> changed = slots -> {};
    private Providers providers = providers();

    PluginProvidersTest() throws Exception {}

    private Providers providers() throws Exception {
        return new Providers(
                List.of(entry("remote")),
                deadlines,
                new RunFile(nowhere, nowhere, nowhere),
                new ShutdownUrgency(),
                slots -> changed.accept(slots),
                each -> news.add(each.text()));
    }

    @BeforeEach
    void start() {
        providers.start();
        providers.allPluginsJoined();
    }

    @AfterEach
    void close() {
        providers.close();
        deadlines.close();
    }

    @Test
    void a_plugin_that_is_replaced_answers_the_calls_it_has_and_is_closed_then() throws Exception {
        providers.join("acme", offers("v1", "acme"), NO_TYPES);
        Slot slot = connected("acme");
        Call before = submit(slot);

        assertThat(providers.replace("acme", offers("v2", "acme"), NO_TYPES)).isEmpty();

        assertThat(slot("acme")).contains(slot);
        assertThat(slot.offering().version()).isEqualTo("v2");
        Call after = submit(slot);
        assertThat(opened("v1").asked).hasSize(1);
        assertThat(opened("v2").asked).hasSize(1);
        assertThat(opened("v1").closed).isFalse();
        opened("v1").answer();
        opened("v2").answer();
        assertThat(before.outcome()).isCompleted();
        assertThat(after.outcome()).isCompleted();
        await().until(() -> opened("v1").closed);
    }

    @Test
    void who_has_an_answer_of_a_new_version_finds_what_that_offers() throws Exception {
        providers.join("acme", offers("v1", "acme"), NO_TYPES);
        Slot slot = connected("acme");
        AtomicReference<String> passedOn = new AtomicReference<>("v1");
        changed = slots -> {
            awaitUninterruptibly(controlGoesOn); // a catalog that takes its time
            passedOn.set(slot.offering().version());
        };
        Thread replacing = Thread.ofPlatform().start(() -> {
            try {
                providers.replace("acme", offers("v2", "acme"), NO_TYPES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> slot.offering().version().equals("v2"));

        List<Call> calls = Stream.generate(() -> submit(slot)).limit(200).toList(); // far more than there are permits
        await().during(Duration.ofMillis(100)).until(() -> opened("v2").asked.isEmpty());
        controlGoesOn.countDown();
        await().until(() -> !opened("v2").asked.isEmpty());

        assertThat(passedOn).hasValue("v2");
        assertThat(calls).noneMatch(call -> call.outcome().isDone());
        replacing.join();
    }

    @Test
    @Tag("slow")
    void one_that_cannot_be_discovered_leaves_the_one_before_in_place() throws Exception {
        providers.join("acme", offers("v1", "acme"), NO_TYPES);
        Slot slot = connected("acme");

        assertThat(providers.replace("acme", offers("broken", "acme"), NO_TYPES))
                .hasValueSatisfying(why -> assertThat(why.reason()).contains("provider 'acme'", "no licence"));

        assertThat(slot.offering().version()).isEqualTo("v1");
        submit(slot);
        assertThat(opened("v1").asked).hasSize(1);
        await().until(() -> opened("broken").closed);
        assertThat(opened("v1").closed).isFalse();
    }

    @Test
    void one_that_cannot_be_discovered_either_takes_the_place_of_one_that_is_down() throws Exception {
        providers.join("acme", offers("broken", "acme"), NO_TYPES);
        await().until(() -> !slot("acme").orElseThrow().status().reason().contains("not connected yet"));

        assertThat(providers.replace("acme", offers("broken too", "acme"), NO_TYPES))
                .isEmpty();

        await().until(() -> opened("broken").closed);
        opened("broken too").isBroken = false;
        connected("acme");
    }

    @Test
    void a_version_may_bring_other_providers_than_the_one_before() throws Exception {
        providers.join("acme", offers("v1", "stays", "goes"), NO_TYPES);
        connected("stays");
        Call last = submit(connected("goes"));

        assertThat(providers.replace("acme", offers("v2", "comes", "stays"), NO_TYPES))
                .isEmpty();

        connected("comes");
        assertThat(providers.slots()).extracting(Slot::name).containsExactly("remote", "comes", "stays");
        opened.stream().filter(each -> !each.asked.isEmpty()).forEach(Opened::answer);
        assertThat(last.outcome()).isCompletedWithValueMatching(end -> end instanceof ToolResult);
    }

    @Test
    @Tag("slow")
    void a_plugin_that_goes_answers_what_it_was_asked_and_is_closed_then() {
        providers.join("acme", offers("v1", "acme"), NO_TYPES);
        Call last = submit(connected("acme"));

        providers.leave("acme");

        assertThat(slot("acme")).isEmpty();
        await().during(Duration.ofMillis(1_300)).until(() -> !opened("v1").closed);
        opened("v1").answer();
        assertThat(last.outcome()).isCompletedWithValueMatching(end -> end instanceof ToolResult);
        await().until(() -> opened("v1").closed);
    }

    @Test
    @Tag("slow")
    void a_call_that_waits_in_the_queue_of_a_plugin_that_goes_is_made_before_it_is_closed() {
        providers.join("acme", offers("v1", "acme"), NO_TYPES);
        Slot slot = connected("acme");
        for (int i = 0; i < slot.terms().permits(); i++) {
            submit(slot);
        }
        Call waiting = submit(slot);
        providers.leave("acme");
        await().during(Duration.ofMillis(1_300)).until(() -> !opened("v1").closed);

        while (!opened("v1").asked.isEmpty()) {
            opened("v1").answer();
        }

        assertThat(waiting.outcome()).isCompletedWithValueMatching(end -> end instanceof ToolResult);
        await().until(() -> opened("v1").closed);
    }

    @Test
    void a_type_that_goes_leaves_its_providers_waiting_and_one_that_comes_opens_them() throws Exception {
        assertThat(slot("remote").orElseThrow().status().reason())
                .satisfies(reason -> await().untilAsserted(() -> assertThat(
                                slot("remote").orElseThrow().status().state())
                        .isEqualTo(Status.State.WAITING)));
        providers.join("transport", List.of(), List.of(type("t1")));
        Slot slot = connected("remote");
        Call last = submit(slot);

        providers.leave("transport");

        await().until(() -> slot.status().state() == Status.State.WAITING);
        assertThat(slot.status().reason()).isEqualTo("is unavailable: no plugin offers type 'test'");
        assertThat(submit(slot).outcome()).isCompletedWithValueMatching(end -> end instanceof Failure);
        assertThat(opened("t1").closed).isFalse();
        opened("t1").answer();
        assertThat(last.outcome()).isCompletedWithValueMatching(end -> end instanceof ToolResult);
        await().until(() -> opened("t1").closed);
        providers.join("transport", List.of(), List.of(type("t2")));
        assertThat(connected("remote")).isSameAs(slot);
        submit(slot);
        assertThat(opened("t2").asked).hasSize(1);
    }

    @Test
    void a_type_that_is_replaced_moves_its_providers_to_the_new_one() throws Exception {
        providers.join("transport", List.of(), List.of(type("t1")));
        Slot slot = connected("remote");
        Call before = submit(slot);

        assertThat(providers.replace("transport", List.of(), List.of(type("t2"))))
                .isEmpty();

        submit(slot);
        assertThat(opened("t2").asked).hasSize(1);
        opened("t1").answer();
        assertThat(before.outcome()).isCompletedWithValueMatching(end -> end instanceof ToolResult);
        await().until(() -> opened("t1").closed);
    }

    @Test
    void an_entry_that_changes_while_its_type_is_replaced_ends_with_the_new_type() throws Exception {
        providers.join("transport", List.of(), List.of(type("t1")));
        connected("remote");
        providers.reload(List.of(entry("remote"), entry("late")));
        connected("late");

        assertThat(providers.replace("transport", List.of(), List.of(type("t2"))))
                .isEmpty();

        await().until(() ->
                opened.stream().filter(each -> each.version.equals("t1")).allMatch(each -> each.closed));
        submit(connected("remote"));
        submit(connected("late"));
        assertThat(opened.stream().filter(each -> each.version.equals("t2")).mapToInt(each -> each.asked.size()))
                .containsExactly(1, 1);
    }

    @Test
    void names_that_others_have_are_refused_and_nothing_of_the_newcomer_joins() throws Exception {
        providers.join("acme", offers("v1", "taken"), List.of(type("t1")));
        connected("taken");

        assertThat(providers.join("other", offers("v1", "free", "taken"), NO_TYPES))
                .hasValueSatisfying(why -> assertThat(why.reason()).contains("plugin 'acme'", "'taken'"));
        assertThat(providers.join("other", offers("v1", "remote"), NO_TYPES))
                .hasValueSatisfying(why -> assertThat(why.reason()).contains("the configuration", "'remote'"));
        assertThat(providers.join("other", List.of(), List.of(type("t2"))))
                .hasValueSatisfying(why -> assertThat(why.reason()).contains("plugin 'acme'", "type 'test'"));
        assertThat(slot("free")).isEmpty();
        providers.leave("acme");
        assertThat(providers.join("other", offers("v1", "free", "taken"), NO_TYPES))
                .isEmpty();
        connected("taken");
    }

    @Test
    @Tag("slow")
    void a_provider_that_is_slow_to_list_what_it_offers_keeps_what_it_listed_and_its_calls() throws Exception {
        CompletableFuture<ProviderContext> context = new CompletableFuture<>();
        ProviderOffer offer = new ProviderOffer("acme", opening -> {
            context.complete(opening);
            return open("v1");
        });
        providers.join("acme", List.of(offer), NO_TYPES);
        Slot slot = connected("acme");
        Opened provider = opened("v1");
        provider.isSlow = true;
        context.join().changed();

        await().atMost(Duration.ofSeconds(10))
                .until(() -> news.stream()
                        .anyMatch(each -> each.startsWith(
                                "provider 'acme' did not list what it offers within 2.5 s: what it listed last")));

        assertThat(slot.status().isAvailable()).isTrue();
        submit(slot);
        assertThat(provider.asked).hasSize(1);
        int asked = provider.listings.get();
        provider.isSlow = false;
        await().until(() -> provider.listings.get() > asked);
        assertThat(slot.status().isAvailable()).isTrue();
    }

    @Test
    void what_is_discovered_while_a_provider_is_closed_does_not_bring_it_back() throws Exception {
        holdableControl();
        Reluctant reluctant = new Reluctant();
        providers.join("acme", List.of(new ProviderOffer("acme", reluctant::open)), NO_TYPES);
        Slot slot = connected("acme");
        reluctant.answersAtOnce = false;
        reluctant.context.join().changed();
        CompletableFuture<Capabilities> asked = reluctant.questions.poll(10, TimeUnit.SECONDS);
        holdControl();

        asked.complete(Reluctant.CAPABILITIES); // lies before the control thread now, and the end behind it
        CompletableFuture<Void> closed = CompletableFuture.runAsync(providers::close);
        assertThat(reluctant.closes.await(10, TimeUnit.SECONDS)).isTrue();
        controlGoesOn.countDown();
        await().during(Duration.ofMillis(200)).until(() -> !slot.status().isAvailable());
        Call call = submit(slot);
        reluctant.mayClose.countDown();
        closed.get(20, TimeUnit.SECONDS);

        assertThat(call.outcome().join())
                .isEqualTo(new Failure(Failure.Kind.UNAVAILABLE, "is unavailable: the gateway is stopping"));
    }

    @Test
    void a_newcomer_that_has_not_answered_yet_says_so_where_the_one_before_came_back_meanwhile() throws Exception {
        holdableControl();
        Reluctant before = new Reluctant();
        before.mayClose.countDown();
        providers.join("acme", List.of(new ProviderOffer("acme", before::open)), NO_TYPES);
        Slot slot = connected("acme");
        before.answersAtOnce = false;
        before.context.join().down("connection lost");
        await().until(() -> !slot.status().isAvailable());
        CompletableFuture<Capabilities> asked = before.questions.poll(10, TimeUnit.SECONDS);
        Reluctant newcomer = new Reluctant();
        newcomer.mayClose.countDown();
        newcomer.answersAtOnce = false;
        holdControl();

        asked.complete(Reluctant.CAPABILITIES); // nobody has seen that when it is decided to take over
        Thread replacing = Thread.ofPlatform().start(() -> {
            try {
                providers.replace("acme", List.of(new ProviderOffer("acme", newcomer::open)), NO_TYPES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> replacing.getState() == Thread.State.TIMED_WAITING);
        controlGoesOn.countDown();
        replacing.join();

        assertThat(submit(slot).outcome().join())
                .isEqualTo(new Failure(
                        Failure.Kind.UNAVAILABLE,
                        "is unavailable: another version of its plugin has" + " not answered yet"));
        newcomer.questions.poll(10, TimeUnit.SECONDS).complete(Reluctant.CAPABILITIES);
        connected("acme");
    }

    @Test
    void a_process_of_a_configuration_that_came_in_the_last_moment_is_not_started_behind_the_end(@TempDir Path folder)
            throws Exception {
        holdableControl();
        providers.reload(List.of(command("local", folder, "first")));
        await().until(() -> Files.exists(folder.resolve("first")));
        holdControl();
        providers.reload(List.of(command("local", folder, "second")));

        Thread closing = Thread.ofPlatform().start(providers::close);
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        controlGoesOn.countDown();
        closing.join();

        assertThat(folder.resolve("second")).doesNotExist();
    }

    /** Leaves a file behind and lives for a while, whatever becomes of its input. */
    private static ProviderEntry command(String name, Path folder, String file) {
        return new ProviderEntry(
                name,
                "nobody-offers-it",
                Optional.empty(),
                List.of("/bin/sh", "-c", "echo > " + file + "; exec sleep 20"),
                Map.of(),
                folder,
                true,
                Duration.ofSeconds(20),
                2,
                1,
                10,
                Duration.ofSeconds(60),
                name,
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    private void holdableControl() throws Exception {
        providers.close();
        providers = new Providers(
                List.of(),
                deadlines,
                new RunFile(nowhere, nowhere, nowhere),
                new ShutdownUrgency(),
                slots -> {
                    if (controlIsToWait.compareAndSet(true, false)) {
                        controlWaits.countDown();
                        awaitUninterruptibly(controlGoesOn);
                    }
                },
                news -> {});
        start();
    }

    private void holdControl() throws InterruptedException {
        controlIsToWait.set(true);
        providers.join("other", List.of(), NO_TYPES);
        assertThat(controlWaits.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes its time to answer and to close. */
    private static final class Reluctant extends FakeProvider {

        private static final Capabilities CAPABILITIES =
                Capabilities.of(Tool.named("tool").build());

        private final CompletableFuture<ProviderContext> context = new CompletableFuture<>();
        private final LinkedBlockingQueue<CompletableFuture<Capabilities>> questions = new LinkedBlockingQueue<>();
        private final CountDownLatch closes = new CountDownLatch(1);
        private final CountDownLatch mayClose = new CountDownLatch(1);
        private volatile boolean answersAtOnce = true;

        Provider open(ProviderContext with) {
            context.complete(with);
            return this;
        }

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            CompletableFuture<Capabilities> answer = new CompletableFuture<>();
            if (answersAtOnce) {
                answer.complete(CAPABILITIES);
            } else {
                questions.add(answer);
            }
            return answer;
        }

        @Override
        public void close() {
            closes.countDown();
            awaitUninterruptibly(mayClose);
        }
    }

    private Slot connected(String name) {
        await().until(() ->
                slot(name).filter(slot -> slot.status().isAvailable()).isPresent());
        return slot(name).orElseThrow();
    }

    private Optional<Slot> slot(String name) {
        return providers.slots().stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
    }

    private Opened opened(String version) {
        return opened.stream()
                .filter(each -> each.version.equals(version))
                .findFirst()
                .orElseThrow();
    }

    private static Call submit(Slot slot) {
        Call call = new Call(slot, Duration.ofSeconds(20));
        slot.submit(call);
        return call;
    }

    private List<ProviderOffer> offers(String version, String... names) {
        return List.of(names).stream()
                .map(name -> new ProviderOffer(name, context -> open(version)))
                .toList();
    }

    private ProviderType type(String version) {
        return new ProviderType() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public Provider open(ProviderConfig config, ProviderContext context) {
                return PluginProvidersTest.this.open(version);
            }
        };
    }

    private Provider open(String version) {
        Opened provider = new Opened(version);
        opened.add(provider);
        return provider;
    }

    private ProviderEntry entry(String name) {
        return new ProviderEntry(
                name,
                "test",
                Optional.of("somewhere:1"),
                List.of(),
                Map.of(),
                Path.of("/"),
                true,
                Duration.ofSeconds(20),
                2,
                1,
                10,
                Duration.ofSeconds(60),
                name,
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    private static final class Opened extends FakeProvider {

        private final String version;
        private final AtomicInteger listings = new AtomicInteger();
        private volatile boolean isBroken;
        private volatile boolean isSlow;
        private volatile boolean closed;

        Opened(String version) {
            this.version = version;
            this.isBroken = version.startsWith("broken");
        }

        void answer() {
            asked.remove().answer().complete(ToolResult.text("ok"));
        }

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext context) {
            listings.incrementAndGet();
            if (isSlow) {
                return new CompletableFuture<>();
            }
            return isBroken
                    ? CompletableFuture.failedFuture(
                            new ProviderException(ProviderException.Code.INTERNAL, "failed: no licence"))
                    : CompletableFuture.completedFuture(Capabilities.builder()
                            .version(version)
                            .tools(List.of(Tool.named("tool").build()))
                            .build());
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
