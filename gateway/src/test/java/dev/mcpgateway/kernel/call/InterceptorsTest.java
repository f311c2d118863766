// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.Acme.message;
import static dev.mcpgateway.kernel.call.Acme.said;
import static dev.mcpgateway.kernel.call.CallScene.HI;
import static dev.mcpgateway.kernel.call.CallScene.changing;
import static dev.mcpgateway.kernel.call.CallScene.text;
import static dev.mcpgateway.kernel.call.CallScene.uninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The order of the chain; how it is opened, replaced and closed while calls go through it. */
@Timeout(60)
class InterceptorsTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @Test
    void the_lower_order_stands_further_out_and_ties_go_by_plugin_and_name() {
        scene.use(
                "b",
                scene.tracing("one").order(5),
                scene.tracing("zero").order(5),
                scene.tracing("outermost").order(-1));
        scene.use("a", scene.tracing("two").order(5), scene.tracing("innermost").order(6));

        assertThat(scene.call(HI)).isEqualTo(HI);

        assertThat(scene.seen)
                .containsExactly(
                        "> outermost",
                        "> two",
                        "> one",
                        "> zero",
                        "> innermost",
                        "< innermost",
                        "< zero",
                        "< one",
                        "< two",
                        "< outermost");
    }

    @Test
    void a_call_ends_with_the_chain_that_it_began_with_which_is_closed_after_it() throws Exception {
        CompletableFuture<ToolResult> held = new CompletableFuture<>();
        scene.first.answer = arguments -> held;
        scene.use("a", scene.tracing("old"));
        Begun call = scene.begin(HI);
        await().until(() -> !scene.first.asked.isEmpty());

        Interceptors.Prepared next = scene.interceptors().prepare("a", List.of(scene.tracing("new")));
        next.use();
        scene.first.answer = arguments -> CompletableFuture.completedFuture(ToolResult.of(arguments));
        assertThat(scene.call(HI)).isEqualTo(HI);
        assertThat(scene.seen).containsExactly("> old", "> new", "< new");
        held.complete(ToolResult.of(message("late")));

        assertThat(text(call.end())).isEqualTo("{\"message\":\"late\"}");
        await().untilAsserted(
                        () -> assertThat(scene.seen).containsExactly("> old", "> new", "< new", "< old", "old closed"));
    }

    @Test
    void another_plugins_interceptors_stay_open_when_one_leaves() {
        scene.use("a", scene.tracing("a"));
        scene.use("b", scene.tracing("b"));

        scene.interceptors().leave("a");

        assertThat(scene.call(HI)).isEqualTo(HI);
        await().untilAsserted(() -> assertThat(scene.seen).contains("a closed"));
        assertThat(scene.seen).contains("> b", "< b").doesNotContain("> a", "b closed");
        scene.interceptors().leave("b");
        await().untilAsserted(() -> assertThat(scene.seen).contains("b closed"));
        assertThat(scene.call(HI)).isEqualTo(HI);
    }

    @Test
    void where_one_cannot_be_opened_those_before_it_are_closed() {
        InterceptorOffer bad = InterceptorOffer.changing("bad", () -> {
            throw new ProviderException(Code.INVALID_ARGUMENT, "has no rules");
        });

        assertThatThrownBy(() -> scene.interceptors().prepare("a", List.of(scene.tracing("good"), bad)))
                .isInstanceOf(ProviderException.class)
                .hasMessage("interceptor 'bad' cannot be opened: has no rules");
        assertThat(scene.seen).containsExactly("good closed");
    }

    @Test
    void one_that_opens_for_too_long_is_given_up_and_closed_when_it_opens_after_all() {
        CountDownLatch goOn = new CountDownLatch(1);
        InterceptorOffer slow = InterceptorOffer.changing("slow", () -> {
            uninterruptibly(goOn);
            return new TracingInterceptor("slow", scene.seen);
        });

        assertThatThrownBy(() ->
                        new Interceptors(Duration.ofMillis(200)).prepare("a", List.of(scene.tracing("good"), slow)))
                .isInstanceOf(ProviderException.class)
                .hasMessage("interceptor 'slow' cannot be opened: it took longer than 0.2 s");
        assertThat(scene.seen).containsExactly("good closed");
        goOn.countDown();

        await().untilAsserted(() -> assertThat(scene.seen).containsExactly("good closed", "slow closed"));
    }

    @Test
    void what_is_prepared_and_not_used_is_closed_and_changes_nothing() throws Exception {
        scene.use("a", scene.tracing("old"));

        scene.interceptors().prepare("a", List.of(scene.tracing("new"))).abandon();

        await().untilAsserted(() -> assertThat(scene.seen).containsExactly("new closed"));
        assertThat(scene.call(HI)).isEqualTo(HI);
        assertThat(scene.seen).containsExactly("new closed", "> old", "< old");
    }

    @Test
    void a_request_that_is_cancelled_before_it_reaches_the_chain_does_not_keep_it_open() {
        for (int i = 0; i < 200; i++) {
            scene.use("a", scene.tracing("t" + i));
            Begun filling = scene.beginFilling("1");
            filling.cancel();
            filling.end();
        }
        scene.interceptors().leave("a");

        await().untilAsserted(() -> assertThat(scene.seen)
                .filteredOn(each -> each.endsWith("closed"))
                .hasSize(200));
    }

    @Test
    @Tag("slow")
    void under_replacements_every_call_meets_one_whole_chain_and_each_is_closed_once() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        Queue<Version> opened = new ConcurrentLinkedQueue<>();
        scene.use("a", version(opened, 0, "outer", -1), version(opened, 0, "inner", 1));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    String text = scene.call(HI);
                    if (!text.matches("\\{\"message\":\"Hi (\\d+) \\1 \\1 \\1\"}")) {
                        wrong.add(text);
                    }
                }
            }));
        }
        for (int i = 1; i <= 300; i++) {
            scene.use("a", version(opened, i, "outer", -1), version(opened, i, "inner", 1));
            Thread.yield();
        }
        isOver.set(true);
        for (Thread client : clients) {
            client.join();
        }
        scene.interceptors().leave("a");

        assertThat(wrong).isEmpty();
        await().untilAsserted(() -> assertThat(opened).hasSize(602).allMatch(each -> each.closed.get() == 1));
        assertThat(opened).noneMatch(each -> each.calledAfterwards);
    }

    private static InterceptorOffer version(Queue<Version> opened, int number, String name, int order) {
        Version version = new Version(number);
        opened.add(version);
        return changing(name, version).order(order);
    }

    /** Says which version it is, on the way in and out. */
    private static final class Version implements Interceptor {

        private final int number;
        private final AtomicInteger closed = new AtomicInteger();
        private volatile boolean calledAfterwards;

        Version(int number) {
            this.number = number;
        }

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
            calledAfterwards |= closed.get() > 0;
            return Verdict.passWith(message(said(arguments) + " " + number));
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
            calledAfterwards |= closed.get() > 0;
            return ToolResult.of(message(said(result.json().orElseThrow()) + " " + number));
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }
}
