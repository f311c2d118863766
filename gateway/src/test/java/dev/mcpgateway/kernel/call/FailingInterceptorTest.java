// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.CallScene.HI;
import static dev.mcpgateway.kernel.call.CallScene.changing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LoggedLines;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interceptors that fail, and calls that end while an interceptor has them. */
@Timeout(60)
class FailingInterceptorTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_fails_refuses_the_call_or_its_answer(boolean isBefore) {
        scene.use(
                "a", scene.observing("o").order(-1), changing("c", new Failing(isBefore, new IllegalStateException())));

        String reason = "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' failed";
        assertThat(scene.outcome(HI)).isEqualTo(new Outcome.Failed(reason, false));
        assertThat(scene.first.asked).hasSize(isBefore ? 0 : 1);
        scene.assertHeardOnce("o refused " + reason);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_is_interrupted_by_itself_has_failed_as_well(boolean isBefore) {
        scene.use("a", changing("c", new Failing(isBefore, new InterruptedException())));

        assertThat(scene.outcome(HI))
                .isEqualTo(new Outcome.Failed(
                        "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' failed", false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_fails_open_is_passed_by_with_a_warning(boolean isBefore) {
        scene.use(
                "a",
                changing("c", new Failing(isBefore, new IllegalStateException()))
                        .failingOpen());

        assertThat(scene.call(HI)).isEqualTo(HI);
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.level() == Log.Level.WARN)
                .extracting(LoggedLines.Line::message)
                .containsExactly("call not seen by interceptor 'c' of plugin 'a', which failed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_call_whose_time_is_over_inside_ends_then_and_the_thread_is_interrupted(boolean isBefore) throws Exception {
        Slow slow = new Slow(isBefore);
        scene.use("a", scene.observing("o").order(-1), changing("slow", slow));

        Begun call = scene.beginAlmostTimedOut(HI);

        String reason = "timed out after 2.5 s: it was still with interceptor 'slow' of plugin 'a'";
        assertThat(call.end()).isEqualTo(new Outcome.Failed(reason, true));
        assertThat(slow.interrupted.get(10, TimeUnit.SECONDS)).isEqualTo("cancelled: true");
        assertThat(scene.first.asked).hasSize(isBefore ? 0 : 1);
        scene.assertHeardOnce("o failed " + reason);
        await().untilAsserted(() -> assertThat(slow.cancelActions).hasValue(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_call_that_is_cancelled_inside_ends_then_and_the_thread_is_interrupted(boolean isBefore) throws Exception {
        Slow slow = new Slow(isBefore);
        scene.use("a", scene.observing("o").order(-1), changing("slow", slow));
        Begun call = scene.begin(HI);
        slow.isInside.await();

        call.cancel();

        assertThat(call.end()).isInstanceOf(Outcome.Cancelled.class);
        assertThat(slow.interrupted.get(10, TimeUnit.SECONDS)).isEqualTo("cancelled: true");
        assertThat(scene.first.asked).hasSize(isBefore ? 0 : 1);
        scene.assertHeardOnce("o cancelled");
        await().untilAsserted(() -> assertThat(slow.cancelActions).hasValue(1));
    }

    private record Failing(boolean isBefore, Exception thrown) implements Interceptor {

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) throws Exception {
            if (isBefore) {
                throw thrown;
            }
            return Verdict.pass();
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) throws Exception {
            if (!isBefore) {
                throw thrown;
            }
            return result;
        }
    }

    /** Keeps the call until somebody interrupts it. */
    private static final class Slow implements Interceptor {

        private final boolean isBefore;
        private final CompletableFuture<String> interrupted = new CompletableFuture<>();
        private final AtomicInteger cancelActions = new AtomicInteger();
        private final CountDownLatch isInside = new CountDownLatch(1);

        Slow(boolean isBefore) {
            this.isBefore = isBefore;
        }

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) throws Exception {
            if (isBefore) {
                waitFor(call);
            }
            return Verdict.pass();
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) throws Exception {
            if (!isBefore) {
                waitFor(call);
            }
            return result;
        }

        private void waitFor(InterceptedCall call) throws InterruptedException {
            call.onCancel(cancelActions::incrementAndGet);
            isInside.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.complete("cancelled: " + call.isCancelled());
                throw e;
            }
        }
    }
}
