// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of a plugin's interceptors and observers, whatever happens inside. */
@Timeout(60)
class InterceptorWallTest {

    private static final Json NO_ARGUMENTS = Json.of(Map.of());
    private static final Pattern FAILED = Pattern.compile("failed \\(ref ([0-9a-f]{6})\\)");

    @TempDir
    Path root;

    Scene scene;
    FakeCall call = FakeCall.inNoHurry();

    @BeforeEach
    void set() throws IOException {
        scene = new Scene(root);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(
            strings = {
                "throw new RuntimeException(\"secret\");",
                "throw new StackOverflowError();",
                "throw new OutOfMemoryError(\"Requested array size exceeds VM limit\");",
                "throw new InterruptedException();",
                "throw new CancellationException();",
                "throw new Mute();",
                "return null;",
                "return (Verdict<ToolResult>) (Object) Verdict.answer(\"no result\");",
                "return Verdict.answer(ToolResult.text(null));",
                "return Verdict.answer(ToolResult.of((List<Content>) (Object) List.of(\"text\")));",
                "return Verdict.passWith(new HostileJson());"
            })
    void whatever_an_interceptor_does_the_caller_sees_a_reference_that_is_in_the_log(String body) throws Exception {
        Interceptor interceptor = interceptor(body);

        assertReference(catchThrowable(() -> interceptor.beforeTool(call, NO_ARGUMENTS)));
    }

    @Test
    void no_result_of_a_call_comes_out_half_made() throws Exception {
        Interceptor interceptor = interceptor("return Verdict.pass();");

        assertReference(catchThrowable(() -> interceptor.afterTool(call, NO_ARGUMENTS, ToolResult.text("x"))));
        assertReference(catchThrowable(() -> interceptor.afterResource(call, ResourceResult.of())));
        assertReference(catchThrowable(() -> interceptor.afterPrompt(call, NO_ARGUMENTS, PromptResult.of())));
    }

    @Test
    void JSON_of_a_plugins_own_class_comes_out_as_its_bytes() throws Exception {
        Interceptor interceptor = interceptor("return Verdict.passWith(new OwnJson());");

        Verdict<ToolResult> verdict = interceptor.beforeTool(call, NO_ARGUMENTS);

        Json json = ((Verdict.PassWith<ToolResult>) verdict).arguments();
        assertThat(json.getClass().getClassLoader()).isSameAs(Json.class.getClassLoader());
        assertThat(json).hasToString("{\"own\":true}");
    }

    @Test
    void JSON_of_a_plugins_own_class_in_an_answer_comes_out_as_its_bytes() throws Exception {
        Interceptor interceptor = interceptor("return Verdict.answer(ToolResult.of(new OwnJson()));");

        Verdict<ToolResult> verdict = interceptor.beforeTool(call, NO_ARGUMENTS);

        Json json = ((Verdict.Answer<ToolResult>) verdict).result().json().orElseThrow();
        assertThat(json.getClass().getClassLoader()).isSameAs(Json.class.getClassLoader());
    }

    @Test
    void a_reason_becomes_one_line() throws Exception {
        Interceptor interceptor = interceptor("return Verdict.refuse(\"not\\ntoday\\u0007\");");

        assertThat(interceptor.beforeTool(call, NO_ARGUMENTS)).isEqualTo(Verdict.refuse("not today "));
    }

    @Test
    void a_refusal_that_is_thrown_keeps_its_words_and_nothing_else() throws Exception {
        Interceptor interceptor = interceptor(
                "throw new ProviderException(ProviderException.Code.INTERNAL, \"no\\nrules\", new Mute());");

        assertThatThrownBy(() -> interceptor.beforeTool(call, NO_ARGUMENTS))
                .isInstanceOf(ProviderException.class)
                .hasMessage("no rules")
                .hasNoCause();
    }

    @Test
    void what_is_thrown_after_the_call_was_cancelled_interests_nobody() throws Exception {
        Interceptor interceptor = interceptor("throw new IllegalStateException(\"interrupted\");");
        call.cancel();

        assertThatThrownBy(() -> interceptor.beforeTool(call, NO_ARGUMENTS)).isInstanceOf(CancellationException.class);
        assertThat(LoggedLines.all()).noneMatch(line -> line.message().contains("ref "));
    }

    @Test
    void an_interrupt_that_an_interceptor_leaves_behind_does_not_reach_the_next() throws Exception {
        Interceptor interceptor = interceptor("Thread.currentThread().interrupt(); return Verdict.pass();");

        assertThat(interceptor.beforeTool(call, NO_ARGUMENTS)).isEqualTo(Verdict.pass());
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void the_class_loader_inside_is_the_plugins_and_outside_what_it_was() throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Interceptor interceptor = interceptor(
                "return Verdict.refuse(\"\" + (Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()));");

        assertThat(interceptor.beforeTool(call, NO_ARGUMENTS)).isEqualTo(Verdict.refuse("true"));
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void an_observer_that_fails_and_a_close_that_fails_are_text_too() throws Exception {
        boot("InterceptorOffer.observing(\"o\", () -> new Bad())");
        CallObserver observer = offer().observer().orElseThrow().open();

        assertReference(catchThrowable(() -> observer.begins(call, NO_ARGUMENTS)));
        observer.close();
        observer.close();
        assertThat(LoggedLines.all())
                .extracting(LoggedLines.Line::message)
                .filteredOn(message -> message.startsWith("closing interceptor 'o' failed (ref "))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "Acme.<Interceptor>failing()", "{ throw new InterruptedException(); }"})
    void an_opener_that_throws_or_returns_nothing_is_turned_into_text(String opened) {
        boot("InterceptorOffer.changing(\"c\", () -> " + opened + ")");

        assertReference(catchThrowable(() -> offer().interceptor().orElseThrow().open()));
    }

    @Test
    void an_opener_that_says_why_keeps_its_words() {
        boot("InterceptorOffer.changing(\"c\", () -> { throw new ProviderException(ProviderException.Code.INTERNAL,"
                + " \"no\\nrules\"); })");

        assertThatThrownBy(() -> offer().interceptor().orElseThrow().open()).hasMessage("no rules");
    }

    @Test
    void an_interceptor_of_a_stopped_plugin_refuses() throws Exception {
        Interceptor interceptor = interceptor("return Verdict.pass();");
        interceptor.close();
        scene.close();

        assertThatThrownBy(() -> interceptor.beforeTool(call, NO_ARGUMENTS))
                .isInstanceOfSatisfying(
                        ProviderException.class, gone -> assertThat(gone.code()).isEqualTo(Code.UNAVAILABLE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return null;",
                "return java.util.Arrays.asList(good(), null);",
                "return (List<InterceptorOffer>) (Object) List.of(\"offer\");",
                "return List.of(good(), good());"
            })
    void offers_that_are_null_or_twice_there_fail_the_start(String body) {
        jar(body);

        assertThat(scene.expect("acme.jar", State.FAILED, "OFFER_INVALID").reason())
                .contains("interceptors(context)");
    }

    @Test
    void a_name_that_does_not_match_fails_the_start() {
        jar("return List.of(InterceptorOffer.changing(\"No Name\", () -> new Good()));");

        assertThat(scene.expect("acme.jar", State.FAILED, "START_THREW").reason())
                .contains("interceptor name 'No Name' must match");
    }

    @Test
    void what_is_offered_keeps_its_place_and_how_it_fails() {
        boot("InterceptorOffer.changing(\"c\", () -> new Good()).order(7).failingOpen()");

        assertThat(offer().order()).isEqualTo(7);
        assertThat(offer().failsOpen()).isTrue();
        assertThat(offer().name()).isEqualTo("c");
    }

    private Interceptor interceptor(String beforeTool) throws Exception {
        boot("InterceptorOffer.changing(\"c\", () -> new Hostile())", beforeTool);
        return offer().interceptor().orElseThrow().open();
    }

    private InterceptorOffer offer() {
        return scene.live.getFirst().interceptors().getFirst();
    }

    private void boot(String offer) {
        boot(offer, "return Verdict.pass();");
    }

    private void boot(String offer, String beforeTool) {
        write("return List.of(" + offer + ");", beforeTool);
        scene.boot();
        scene.expectLive("acme.jar");
    }

    private void jar(String interceptors) {
        write(interceptors, "return Verdict.pass();");
    }

    private void write(String interceptors, String beforeTool) {
        PluginJar.of("acme")
                .acme(HOSTILE.replace("OFFERS", interceptors).replace("BODY", beforeTool))
                .writeTo(scene.file("acme.jar"));
    }

    private static void assertReference(Throwable thrown) {
        assertThat(thrown).isInstanceOf(ProviderException.class).hasNoCause();
        Matcher text = FAILED.matcher(String.valueOf(thrown.getMessage()));
        assertThat(text.matches()).as(thrown.getMessage()).isTrue();
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.message().contains("ref " + text.group(1)))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.logger()).isEqualTo("plugin.acme");
                    assertThat(line.message()).contains("interceptor '");
                });
    }

    private static final String HOSTILE = """
            @SuppressWarnings({"unchecked", "removal"})
            public final class Acme implements GatewayPlugin {
                @Override
                public List<InterceptorOffer> interceptors(PluginContext plugin) {
                    OFFERS
                }

                static InterceptorOffer good() { return InterceptorOffer.changing("good", () -> new Good()); }

                static <T> T failing() { throw new StackOverflowError(); }

                static final class Good implements Interceptor {}

                static final class Hostile implements Interceptor {
                    @Override
                    public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) throws Exception {
                        BODY
                    }

                    @Override
                    public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                        return null;
                    }

                    @Override
                    public ResourceResult afterResource(InterceptedCall call, ResourceResult result) {
                        return null;
                    }

                    @Override
                    public PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) {
                        return PromptResult.of(result.messages()).withDescription(null);
                    }
                }

                static final class Bad implements dev.mcpgateway.api.CallObserver {
                    @Override public void begins(InterceptedCall call, Json arguments) { throw new ThreadDeath(); }
                    @Override public void close() { throw new StackOverflowError(); }
                }

                static final class Mute extends RuntimeException {
                    @Override public String getMessage() { throw new StackOverflowError(); }
                    @Override public String toString() { throw new StackOverflowError(); }
                    @Override public StackTraceElement[] getStackTrace() { throw new StackOverflowError(); }
                    @Override public Throwable getCause() { throw new StackOverflowError(); }
                }

                static final class OwnJson implements Json {
                    @Override public java.nio.ByteBuffer utf8() {
                        return java.nio.ByteBuffer.wrap("{\\"own\\":true}".getBytes());
                    }
                    @Override public Object value() { return Map.of(); }
                }

                static final class HostileJson implements Json {
                    @Override public java.nio.ByteBuffer utf8() { throw new StackOverflowError(); }
                    @Override public Object value() { throw new StackOverflowError(); }
                }
            }
            """;
}
