// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.FakeProvider.Call;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest implements ProviderType {

    private final Deadlines deadlines = new Deadlines();
    private final List<Opened> opened = new CopyOnWriteArrayList<>();
    private final List<String> news = new CopyOnWriteArrayList<>();

    @TempDir
    Path folder;

    private Providers providers =
            new Providers(List.of(), deadlines, runFile(), new ShutdownUrgency(), slots -> {}, each -> {});

    ReloadTest() throws Exception {}

    @BeforeEach
    void start() throws Exception {
        providers.close();
        providers = new Providers(
                List.of(entry("one", "first:1", 2, "one"), entry("two", "second:1", 2, "two")),
                deadlines,
                runFile(),
                new ShutdownUrgency(),
                slots -> {},
                each -> news.add(each.text()));
        providers.join("test", List.of(), List.of(this));
        providers.allPluginsJoined();
        providers.firstDiscovery().get(20, TimeUnit.SECONDS);
        assertThat(opened).hasSize(2);
    }

    @AfterEach
    void close() {
        providers.close();
        deadlines.close();
    }

    @Test
    void another_address_gets_the_next_calls_and_the_old_one_closes_when_its_own_have_ended() {
        Slot slot = slot("one");
        Opened old = opened("first:1");
        Call before = submit(slot);
        Call alsoBefore = submit(slot);
        Call waiting = submit(slot);
        assertThat(old.asked).hasSize(2);

        providers.reload(List.of(entry("one", "third:1", 2, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> slot.terms().address().equals("third:1"));
        Opened now = opened("third:1");
        assertThat(now.asked).isEmpty();
        assertThat(slot.status().isAvailable()).isTrue();

        old.answer();
        assertThat(before.outcome()).isCompleted();
        assertThat(now.asked).hasSize(1); // who waited takes the instance when it leaves the queue
        assertThat(old.closed).hasValue(0);
        old.answer();
        await().untilAsserted(() -> assertThat(old.closed).hasValue(1));
        now.answer();
        assertThat(alsoBefore.outcome()).isCompleted();
        assertThat(waiting.outcome()).isCompleted();
        assertThat(opened("second:1").closed).hasValue(0);
        assertThat(opened).hasSize(3);
    }

    @Test
    void what_only_the_gateway_looks_at_opens_nothing() {
        Slot slot = slot("one");
        providers.reload(List.of(
                new ProviderEntry(
                        "one",
                        "test",
                        Optional.of("first:1"),
                        List.of(),
                        Map.of(),
                        folder,
                        true,
                        Duration.ofSeconds(7),
                        2,
                        1,
                        3,
                        Duration.ofSeconds(9),
                        "other",
                        Optional.empty(),
                        Map.of(),
                        Map.of()),
                entry("two", "second:1", 2, "two")));
        await().until(() -> slot.terms().timeout().equals(Duration.ofSeconds(7)));
        assertThat(slot.terms().prefix()).isEqualTo("other");
        assertThat(slot.terms().queue()).isEqualTo(3);
        assertThat(opened).hasSize(2);
    }

    @Test
    @Tag("slow")
    void an_address_where_nobody_answers_is_taken_after_a_while_because_the_old_one_is_not_wanted() {
        Slot slot = slot("one");
        providers.reload(List.of(entry("one", "nowhere:1", 2, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> opened.size() == 3);
        assertThat(slot.status().isAvailable()).isTrue(); // for now
        await().atMost(Duration.ofSeconds(10)).until(() -> !slot.status().isAvailable());
        assertThat(slot.status().reason()).isEqualTo("is unavailable: connection refused");
        await().untilAsserted(() -> assertThat(opened("first:1").closed).hasValue(1));
        assertThat(slot("two").status().isAvailable()).isTrue();
    }

    @Test
    void settings_that_the_plugin_refuses_leave_the_old_instance_serving() {
        Slot slot = slot("one");
        providers.reload(List.of(entry("one", "refused:1", 2, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> news.stream().anyMatch(text -> text.contains("keeps its earlier settings")));
        assertThat(news.getLast()).contains("no such place");
        assertThat(slot.status().isAvailable()).isTrue();
        assertThat(slot.terms().address()).isEqualTo("first:1");

        providers.reload(List.of(entry("one", "third:1", 2, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> slot.terms().address().equals("third:1"));
        await().untilAsserted(() -> assertThat(opened("first:1").closed).hasValue(1));
    }

    @Test
    void more_connections_let_those_in_who_wait_and_fewer_let_the_others_finish() {
        Slot slot = slot("one");
        for (int i = 0; i < 6; i++) {
            submit(slot);
        }
        assertThat(opened("first:1").asked).hasSize(2);
        providers.reload(List.of(entry("one", "first:1", 5, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> slot.terms().permits() == 5);
        assertThat(opened.get(2).asked).hasSize(3);
        providers.reload(List.of(entry("one", "first:1", 1, "one"), entry("two", "second:1", 2, "two")));
        await().until(() -> slot.terms().permits() == 1);
        for (int i = 0; i < 4; i++) {
            (i < 2 ? opened("first:1") : opened.get(2)).answer();
            assertThat(opened.get(3).asked).isEmpty();
        }
        opened.get(2).answer();
        assertThat(opened.get(3).asked).hasSize(1);
    }

    @Test
    void who_is_removed_leaves_at_once_and_ends_when_its_calls_have() {
        Slot slot = slot("one");
        Call call = submit(slot);
        providers.reload(List.of(entry("two", "second:1", 2, "two")));
        assertThat(providers.slots()).extracting(Slot::name).containsExactly("two");
        Call late = submit(slot); // by who still looks at an earlier catalog
        opened("first:1").answer();
        opened("first:1").answer();
        assertThat(call.outcome()).isCompletedWithValueMatching(ToolResult.class::isInstance);
        assertThat(late.outcome()).isCompletedWithValueMatching(ToolResult.class::isInstance);
        await().untilAsserted(() -> assertThat(opened("first:1").closed).hasValue(1));
        assertThat(submit(slot).outcome())
                .isCompletedWithValue(
                        new Failure(Failure.Kind.UNAVAILABLE, "is unavailable: it was removed from the configuration"));
    }

    @Test
    void providers_stand_in_the_order_of_the_new_file() {
        providers.reload(List.of(
                entry("three", "third:1", 1, "three"),
                entry("two", "second:1", 2, "two"),
                entry("one", "first:1", 2, "one")));
        assertThat(providers.slots()).extracting(Slot::name).containsExactly("three", "two", "one");
        await().until(() -> slot("three").status().isAvailable());
        assertThat(opened).hasSize(3);
    }

    @Test
    void calls_that_find_it_unavailable_have_it_asked_at_once_but_not_each_of_them() throws Exception {
        Slot slot = slot("one");
        Opened first = opened("first:1");
        int before = first.questions.get();
        first.isDown = true;
        long begin = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            Call call = submit(slot);
            first.fail();
            call.outcome().get(5, TimeUnit.SECONDS);
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> !slot.status().isAvailable());
        long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
        assertThat(first.questions.get() - before).isBetween(1, (int) (2 + elapsed / 250));
        first.isDown = false;
        await().atMost(Duration.ofSeconds(10)).until(() -> slot.status().isAvailable());
    }

    private Slot slot(String name) {
        return providers.slots().stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Opened opened(String address) {
        return opened.stream()
                .filter(each -> each.address.equals(address))
                .findFirst()
                .orElseThrow();
    }

    private static Call submit(Slot slot) {
        Call call = new Call(slot, Duration.ofSeconds(20));
        slot.submit(call);
        return call;
    }

    private RunFile runFile() {
        Path nowhere = Path.of("nowhere");
        return new RunFile(nowhere, nowhere, nowhere);
    }

    private ProviderEntry entry(String name, String address, int connections, String prefix) {
        return new ProviderEntry(
                name,
                "test",
                Optional.of(address),
                List.of(),
                Map.of(),
                Path.of("/"),
                true,
                Duration.ofSeconds(20),
                connections,
                1,
                10,
                Duration.ofSeconds(60),
                prefix,
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Provider open(ProviderConfig config, ProviderContext context) {
        String address = config.address().orElseThrow();
        if (address.startsWith("refused")) {
            throw new IllegalArgumentException("no such place");
        }
        Opened provider = new Opened(address);
        opened.add(provider);
        return provider;
    }

    private static final class Opened extends FakeProvider {

        private final String address;
        private final AtomicInteger closed = new AtomicInteger();
        private final AtomicInteger questions = new AtomicInteger();
        private volatile boolean isDown;

        Opened(String address) {
            this.address = address;
            this.isDown = address.startsWith("nowhere");
        }

        void answer() {
            asked.remove().answer().complete(ToolResult.text("ok"));
        }

        void fail() {
            var next = asked.poll();
            if (next != null) {
                next.answer().completeExceptionally(refused());
            }
        }

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext context) {
            questions.incrementAndGet();
            return isDown
                    ? CompletableFuture.failedFuture(refused())
                    : CompletableFuture.completedFuture(
                            Capabilities.of(Tool.named("tool").build()));
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
            return super.callTool(tool, arguments, context);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }

        private static ProviderException refused() {
            return new ProviderException(ProviderException.Code.UNAVAILABLE, "is unavailable: connection refused");
        }
    }
}
