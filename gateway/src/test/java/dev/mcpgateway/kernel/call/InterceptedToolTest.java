// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.Acme.message;
import static dev.mcpgateway.kernel.call.CallScene.HI;
import static dev.mcpgateway.kernel.call.CallScene.changing;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What interceptors change in calls of tools, and answer themselves. */
@Timeout(60)
class InterceptedToolTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @Test
    void arguments_that_violate_the_schema_are_seen_by_nobody() {
        scene.use("a", scene.tracing("t"), scene.observing("o"));

        assertThat(((Outcome.Failed) scene.outcome("{\"message\":1}")).reason()).contains("violate its input schema");
        assertThat(scene.fill("many")).isInstanceOf(Outcome.Refused.class);
        assertThat(scene.seen).isEmpty();
        scene.interceptors().leave("a");
        await().untilAsserted(() -> assertThat(scene.seen).containsExactlyInAnyOrder("t closed", "o closed"));
    }

    @Test
    void changed_arguments_are_what_the_provider_gets_and_what_comes_after_sees() {
        AtomicReference<String> after = new AtomicReference<>("");
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.passWith(message("other"));
            }

            @Override
            public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                after.set(arguments.toString());
                return result;
            }
        }));

        assertThat(scene.call(HI)).isEqualTo("{\"message\":\"other\"}");
        assertThat(scene.first.asked).containsExactly("{\"message\":\"other\"}");
        assertThat(after).hasValue("{\"message\":\"other\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"message\":1}",
                "{}",
                "[]",
                "{\"message\":",
                "{\"message\":\"a\",\"message\":\"b\"}",
                "1024 bytes and more"
            })
    void changed_arguments_that_could_not_have_come_from_a_client_refuse_the_call(String changed) {
        String text = changed.startsWith("1024") ? "{\"message\":\"" + "x".repeat(1_024) + "\"}" : changed;
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.passWith(Json.ofUtf8(text.getBytes(UTF_8)));
            }
        }));

        Outcome.Failed failed = (Outcome.Failed) scene.outcome(HI);

        assertThat(failed.reason())
                .startsWith("call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' gave arguments ");
        assertThat(scene.first.asked).isEmpty();
    }

    @Test
    void a_changed_result_is_held_to_the_output_schema() {
        scene.use("a", changing("c", answeringAfterwards(ToolResult.of(Json.of(Map.of("message", 1))))));

        Outcome.Failed failed = (Outcome.Failed) scene.outcome(HI);

        assertThat(failed.reason())
                .startsWith("call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' returned a result that"
                        + " violates its output schema: /message ");
    }

    @Test
    void a_refusal_without_words_says_that_there_were_none() {
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.refuse(" ");
            }
        }));

        assertThat(((Outcome.Failed) scene.outcome(HI)).reason())
                .isEqualTo("call of 'first.echo.v1' was refused: no reason was given");
    }

    @Test
    void a_changed_result_is_held_to_the_payload_limit() {
        scene.use("a", changing("c", answeringAfterwards(ToolResult.of(message("x".repeat(1_024))))));

        assertThat(scene.outcome(HI))
                .isEqualTo(new Outcome.Failed(
                        "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' gave a result of 1038 bytes,"
                                + " the limit is 1024 bytes",
                        false));
    }

    @Test
    void an_answer_skips_the_provider_and_what_stands_further_in_and_goes_out_through_the_rest() {
        scene.use(
                "a",
                scene.tracing("outside").order(1),
                changing("cache", new Interceptor() {
                            @Override
                            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                                return Verdict.answer(ToolResult.of(message("cached")));
                            }

                            @Override
                            public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                                throw new AssertionError("it did not let the call pass");
                            }
                        })
                        .order(2),
                scene.tracing("inside").order(3));

        assertThat(scene.call(HI)).isEqualTo("{\"message\":\"cached\"}");
        assertThat(scene.seen).containsExactly("> outside", "< outside");
        assertThat(scene.first.asked).isEmpty();
    }

    @Test
    void an_answer_is_held_to_the_output_schema_as_well() {
        scene.use("a", changing("cache", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.answer(ToolResult.text("no JSON"));
            }
        }));

        assertThat(((Outcome.Failed) scene.outcome(HI)).reason())
                .contains("interceptor 'cache' of plugin 'a' returned no JSON value");
    }

    private static Interceptor answeringAfterwards(ToolResult other) {
        return new Interceptor() {
            @Override
            public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                return other;
            }
        };
    }
}
