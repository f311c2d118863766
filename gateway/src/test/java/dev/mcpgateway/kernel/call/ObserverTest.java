// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.Acme.message;
import static dev.mcpgateway.kernel.call.Acme.said;
import static dev.mcpgateway.kernel.call.CallScene.HI;
import static dev.mcpgateway.kernel.call.CallScene.changing;
import static dev.mcpgateway.kernel.call.CallScene.uninterruptibly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What observers hear of calls: each beginning and, once, its end. */
@Timeout(60)
class ObserverTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @Test
    void an_observer_sees_what_goes_in_and_what_comes_out_where_it_stands() {
        scene.use(
                "a",
                scene.observing("outside").order(1),
                changing("louder", new Louder()).order(2),
                scene.observing("inside").order(3));

        assertThat(scene.call(HI)).isEqualTo("{\"message\":\"HI!!\"}");

        assertThat(scene.seen)
                .containsExactly(
                        "outside begins first.echo.v1 {\"message\":\"Hi\"}",
                        "inside begins first.echo.v1 {\"message\":\"HI\"}",
                        "inside ok {\"message\":\"HI\"}",
                        "outside ok {\"message\":\"HI!!\"}");
    }

    @Test
    void an_observer_hears_of_the_end_also_where_the_call_is_over_while_its_answer_waits_for_the_observer() {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        scene.use("a", InterceptorOffer.observing("busy", () -> new CallObserver() {
            @Override
            public void begins(InterceptedCall call, Json arguments) {
                begun.incrementAndGet();
            }

            @Override
            public void ended(InterceptedCall call, Ending ending) {
                inside.incrementAndGet();
                uninterruptibly(released);
                ended.incrementAndGet();
            }
        }));
        CompletableFuture<ToolResult> answer = new CompletableFuture<>();
        scene.first.answer = arguments -> answer;
        Begun late = scene.begin(HI);
        await().until(() -> !scene.first.asked.isEmpty());
        scene.first.answer = arguments -> CompletableFuture.completedFuture(ToolResult.of(arguments));
        for (int i = 0; i < 64; i++) { // as many as there are threads for it
            scene.begin(HI);
        }
        await().until(() -> inside.get() == 64);

        answer.complete(ToolResult.of(message("Hi")));
        late.cancel();
        assertThat(late.end()).isInstanceOf(Outcome.Cancelled.class);
        released.countDown();

        await().untilAsserted(() -> assertThat(ended).hasValue(65));
        assertThat(begun).hasValue(65);
    }

    @Test
    void an_observer_hears_once_that_a_tool_said_it_failed() {
        scene.use("a", scene.observing("o"));
        scene.first.answer = arguments -> CompletableFuture.completedFuture(ToolResult.error("no"));

        Outcome outcome = scene.outcome(HI);

        assertThat(((Outcome.Answered) outcome).isError()).isTrue();
        scene.assertHeardOnce("o error");
    }

    @Test
    void an_observer_hears_once_that_the_provider_failed() {
        scene.use("a", scene.observing("o"));
        scene.first.answer = arguments -> CompletableFuture.failedFuture(new ProviderException(Code.INTERNAL, "broke"));

        assertThat(scene.outcome(HI)).isEqualTo(new Outcome.Failed("provider 'first' broke", true));
        scene.assertHeardOnce("o failed provider 'first' broke");
    }

    @Test
    void an_observer_outside_a_policy_hears_once_that_the_call_was_refused_and_one_inside_never_hears_of_it() {
        scene.use(
                "a",
                scene.observing("o").order(1),
                changing("policy", new Refusing()).order(2),
                scene.observing("inside").order(3));

        assertThat(scene.outcome(HI))
                .isEqualTo(new Outcome.Failed("call of 'first.echo.v1' was refused: not today", false));
        scene.assertHeardOnce("o refused call of 'first.echo.v1' was refused: not today");
        assertThat(scene.seen).noneMatch(each -> each.startsWith("inside begins"));
        assertThat(scene.first.asked).isEmpty();
    }

    @Test
    void an_observer_hears_once_that_the_client_cancelled() {
        scene.use("a", scene.observing("o"));
        scene.first.answer = arguments -> new CompletableFuture<>();
        Begun call = scene.begin(HI);
        await().until(() -> !scene.first.asked.isEmpty());

        call.cancel();
        call.cancel();

        assertThat(call.end()).isInstanceOf(Outcome.Cancelled.class);
        scene.assertHeardOnce("o cancelled");
    }

    @Test
    void an_observer_hears_once_that_the_provider_timed_out() {
        scene.use("a", scene.observing("o"));
        scene.first.answer = arguments -> new CompletableFuture<>();
        Begun call = scene.beginAlmostTimedOut(HI);

        assertThat(call.end()).isEqualTo(new Outcome.Failed("provider 'first' timed out after 2.5 s", true));
        scene.assertHeardOnce("o failed provider 'first' timed out after 2.5 s");
    }

    @Test
    void an_observer_that_is_still_beginning_hears_of_the_cancellation_before_it_is_closed() {
        CountDownLatch goOn = new CountDownLatch(1);
        TracingObserver observer = new TracingObserver("o", scene.seen) {
            @Override
            public void begins(InterceptedCall call, Json arguments) {
                super.begins(call, arguments);
                uninterruptibly(goOn);
            }
        };
        scene.use("a", InterceptorOffer.observing("o", () -> observer));
        Begun call = scene.begin(HI);
        await().until(() -> !scene.seen.isEmpty());

        call.cancel();
        assertThat(call.end()).isInstanceOf(Outcome.Cancelled.class);
        scene.interceptors().leave("a");
        assertThat(scene.seen).hasSize(1);
        goOn.countDown();

        await().untilAsserted(() -> assertThat(scene.seen)
                .containsExactly("o begins first.echo.v1 {\"message\":\"Hi\"}", "o cancelled", "o closed"));
        assertThat(scene.first.asked).isEmpty();
    }

    @Test
    void an_observer_that_fails_at_the_end_of_a_cancelled_call_does_not_keep_it_from_those_further_out() {
        TracingObserver failing = new TracingObserver("inner", scene.seen) {
            @Override
            public void ended(InterceptedCall call, Ending ending) {
                throw new ProviderException(Code.INTERNAL, "failed");
            }
        };
        scene.use(
                "a",
                scene.observing("o").order(1),
                InterceptorOffer.observing("inner", () -> failing).order(2));
        scene.first.answer = arguments -> new CompletableFuture<>();
        Begun call = scene.begin(HI);
        await().until(() -> !scene.first.asked.isEmpty());

        call.cancel();

        scene.assertHeardOnce("o cancelled");
    }

    /** Makes arguments upper case, and puts two marks behind what comes back. */
    private static final class Louder implements Interceptor {

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
            return Verdict.passWith(message(said(arguments).toUpperCase(Locale.ROOT)));
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
            return ToolResult.of(message(said(result.json().orElseThrow()) + "!!"));
        }
    }
}
