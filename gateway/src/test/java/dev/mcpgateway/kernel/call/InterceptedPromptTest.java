// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.CallScene.changing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.Verdict;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interceptors and observers around prompts that are filled. */
@Timeout(60)
class InterceptedPromptTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @Test
    void a_prompt_that_fails_over_goes_through_the_chain_once_with_its_arguments_as_values() {
        scene.use("a", scene.observing("o"));
        scene.first.filled = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(scene.fill("1")).isInstanceOf(Outcome.Filled.class);
        assertThat(scene.first.asked).containsExactly("{\"days\":1}");
        assertThat(scene.second.asked).containsExactly("{\"days\":1}");
        assertThat(scene.seen).containsExactly("o begins first.plan {\"days\":1}", "o ok plan");
    }

    @Test
    void a_prompts_changed_arguments_are_checked_and_reach_every_provider_that_is_asked() {
        AtomicReference<Object> days = new AtomicReference<>(2);
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
                return Verdict.passWith(Json.of(Map.of("days", days.get())));
            }
        }));
        scene.first.filled = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(scene.fill("1")).isInstanceOf(Outcome.Filled.class);
        assertThat(scene.second.asked).containsExactly("{\"days\":2}");
        days.set("many");
        assertThat(((Outcome.Failed) scene.fill("1")).reason())
                .startsWith(
                        "call of 'first.plan' was refused: interceptor 'c' of plugin 'a' gave arguments that violate the"
                                + " schema: /days ");
    }

    @Test
    void a_prompt_may_be_refused_or_its_result_changed() {
        scene.use("a", changing("c", new Refusing()));
        assertThat(scene.fill("1")).isEqualTo(new Outcome.Failed("call of 'first.plan' was refused: not today", false));
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) {
                return PromptResult.of(result.messages()).withDescription("changed");
            }
        }));
        assertThat(((Outcome.Filled) scene.fill("1")).prompt().description()).isEqualTo("changed");
    }
}
