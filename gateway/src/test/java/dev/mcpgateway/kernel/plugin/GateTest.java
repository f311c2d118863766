// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.testing.FakeCall;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of a plugin, whatever happens inside. */
@Timeout(60)
class GateTest {

    private static final Json NO_ARGUMENTS = Json.of(Map.of());
    private static final Pattern FAILED =
            Pattern.compile("(?:could not answer: [a-z]+ )?failed \\(ref ([0-9a-f]{6})\\)");

    @TempDir
    Path root;

    Scene scene;
    FakeProviderContext kernel = new FakeProviderContext();
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
                "return deeper(0);",
                "throw new OutOfMemoryError(\"Requested array size exceeds VM limit\");",
                "throw new ThreadDeath();",
                "throw new Mute();",
                "Acme.<RuntimeException>sneak(new java.io.IOException(\"secret\")); return null;",
                "return null;",
                "return CompletableFuture.completedFuture(null);",
                "return CompletableFuture.failedFuture(new Error(\"secret\"));",
                "return CompletableFuture.failedFuture(new CompletionException(new ThreadDeath()));",
                "return CompletableFuture.supplyAsync(() -> { throw new IllegalStateException(\"secret\"); });",
                "return (CompletionStage<ToolResult>) (Object) CompletableFuture.completedFuture(\"no result\");",
                "return CompletableFuture.completedFuture(ToolResult.text(null));",
                "return CompletableFuture.completedFuture(ToolResult.of((List<Content>) (Object) List.of(\"text\")));",
                "return CompletableFuture.completedFuture(ToolResult.of(new HostileJson()));",
                "return new HostileStage();"
            })
    void whatever_a_tool_does_the_caller_sees_a_reference_that_is_in_the_log(String body) throws Exception {
        Provider provider = provider(body);

        ProviderException seen = failure(provider.callTool("t", NO_ARGUMENTS, call));

        assertThat(seen.code()).isEqualTo(Code.INTERNAL);
        Matcher text = FAILED.matcher(seen.getMessage());
        assertThat(text.matches()).as(seen.getMessage()).isTrue();
        assertThat(seen.getCause()).isNull();
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.message().contains("ref " + text.group(1)))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.logger()).isEqualTo("plugin.acme");
                    assertThat(line.message()).contains("provider 'acme'");
                    assertThat(line.thrown()).isNotEmpty();
                });
    }

    @Test
    void a_refusal_keeps_its_code_and_text_and_nothing_else() throws Exception {
        Provider provider = provider("throw new ProviderException(ProviderException.Code.NOT_FOUND,"
                + " \"no tool\\n'x' \\u0007\", new Mute());");

        ProviderException seen = failure(provider.callTool("t", NO_ARGUMENTS, call));

        assertThat(seen.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(seen.getMessage()).isEqualTo("no tool 'x'  ");
        assertThat(seen.getCause()).isNull();
        assertThat(seen.getSuppressed()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, 'is unavailable, and does not say why'",
        "NOT_FOUND, knows nothing of that name",
        "DEADLINE_EXCEEDED, was out of time",
        "PERMISSION_DENIED, 'refused, and does not say why'"
    })
    void a_refusal_without_words_says_that_there_were_none(Code code, String text) throws Exception {
        Provider provider = provider("throw new ProviderException(ProviderException.Code." + code + ", \" \\n\");");

        assertThat(failure(provider.callTool("t", NO_ARGUMENTS, call)).getMessage())
                .isEqualTo(text);
    }

    @Test
    void a_refusal_is_cut_to_two_kibibytes() throws Exception {
        Provider provider = provider("return CompletableFuture.failedFuture(new ProviderException("
                + "ProviderException.Code.UNAVAILABLE, \"\\u00e4\".repeat(5000)));");

        ProviderException seen = failure(provider.callTool("t", NO_ARGUMENTS, call));

        assertThat(seen.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(seen.getMessage()).isEqualTo("ä".repeat(1022) + "…"); // 2,047 bytes
    }

    @Test
    void a_cancellation_passes_quietly() throws Exception {
        Provider provider = provider("return CompletableFuture.failedFuture(new CancellationException());");

        assertThatThrownBy(() -> answer(provider.callTool("t", NO_ARGUMENTS, call)))
                .isInstanceOf(CancellationException.class);
        assertThat(LoggedLines.all()).noneMatch(line -> line.message().contains("ref "));
    }

    @Test
    void what_a_plugin_throws_after_its_call_was_cancelled_interests_nobody() throws Exception {
        Provider provider = provider("""
                CompletableFuture<ToolResult> never = new CompletableFuture<>();
                call.onCancel(() -> {
                    never.completeExceptionally(new IllegalStateException("interrupted"));
                    throw new StackOverflowError();
                });
                return never;
                """);
        CompletionStage<ToolResult> stage = provider.callTool("t", NO_ARGUMENTS, call);

        call.cancel();

        assertThatThrownBy(() -> answer(stage)).isInstanceOf(CancellationException.class);
        await().untilAsserted(() -> assertThat(LoggedLines.all()) // it runs on a thread of its own
                .filteredOn(line -> line.message().contains("ref "))
                .singleElement()
                .satisfies(line -> assertThat(line.message()).startsWith("cancelling a call failed")));
    }

    @Test
    void a_second_and_a_late_completion_change_nothing() throws Exception {
        Provider provider = provider("return new TwiceStage();");
        AtomicInteger completions = new AtomicInteger();

        CompletionStage<ToolResult> stage = provider.callTool("t", NO_ARGUMENTS, call);
        stage.whenComplete((value, thrown) -> completions.incrementAndGet());

        assertThat(((Content.Text) answer(stage).content().getFirst()).text()).isEqualTo("first");
        assertThat(completions).hasValue(1);
    }

    @Test
    void JSON_of_a_plugins_own_class_comes_out_as_its_bytes() throws Exception {
        Provider provider =
                provider("return CompletableFuture.completedFuture(ToolResult.of(new OwnJson()).asError());");

        ToolResult result = answer(provider.callTool("t", NO_ARGUMENTS, call));

        Json json = result.json().orElseThrow();
        assertThat(json.getClass().getClassLoader()).isSameAs(Json.class.getClassLoader());
        assertThat(json).hasToString("{\"own\":true}");
        assertThat(result.isError()).isTrue();
    }

    @Test
    void a_half_made_definition_is_left_out_and_the_others_stay() throws Exception {
        Provider provider = provider("return null;");

        Capabilities found = answer(provider.capabilities(call));

        assertThat(found.tools()).extracting(Tool::name).containsExactly("good.v1", "own.v1");
        assertThat(found.tools().get(1).inputSchema().getClass().getClassLoader())
                .isSameAs(Json.class.getClassLoader());
        assertThat(LoggedLines.all())
                .anySatisfy(line -> assertThat(line.message()).contains("left out", "the name of a tool is null"));
    }

    @Test
    void lists_of_a_plugins_own_class_are_copied() throws Exception {
        Provider provider = provider("return null;");

        List<?> contents = answer(provider.readResource("acme://lazy", call)).contents();

        assertThat(contents).hasSize(1);
        assertThat(contents.getClass().getClassLoader()).isNull();
        assertThat(failure(provider.readResource("acme://hostile", call)).getMessage())
                .matches(FAILED);
    }

    @Test
    void an_opener_that_throws_or_returns_nothing_is_turned_into_text() {
        PluginJar.of("acme").acme("""
                        public final class Acme implements GatewayPlugin {
                            static int opened;
                            @Override public List<ProviderOffer> providers(PluginContext plugin) {
                                return List.of(new ProviderOffer("acme", context -> {
                                    if (opened++ == 0) { return null; }
                                    throw new java.io.IOException("secret");
                                }));
                            }
                        }
                        """).writeTo(scene.file("acme.jar"));
        scene.boot();

        assertThatThrownBy(() -> scene.open(kernel))
                .isInstanceOf(ProviderException.class)
                .hasMessageMatching(FAILED.pattern());
        assertThatThrownBy(() -> scene.open(kernel))
                .isInstanceOf(ProviderException.class)
                .hasMessageMatching(FAILED.pattern())
                .hasNoCause();
    }

    @Test
    void a_provider_type_that_refuses_a_configuration_keeps_its_words() {
        PluginJar.of("acme").acme("""
                        public final class Acme implements GatewayPlugin {
                            static final class Bad extends IllegalArgumentException {
                                Bad() { super("address:\\n no port"); }
                            }
                            @Override public List<ProviderType> providerTypes(PluginContext plugin) {
                                return List.of(new ProviderType() {
                                    @Override public String name() { return "acme"; }
                                    @Override public Provider open(ProviderConfig c, ProviderContext x) {
                                        throw new Bad();
                                    }
                                });
                            }
                        }
                        """).writeTo(scene.file("acme.jar"));
        scene.boot();
        var type = scene.live.getFirst().providerTypes().getFirst();

        assertThat(type.name()).isEqualTo("acme");
        Throwable seen = catchThrowable(() -> type.open(new FakeConfig("acme", Map.of()), kernel));
        assertThat(seen).isExactlyInstanceOf(IllegalArgumentException.class).hasMessage("address:  no port");
    }

    @Test
    void what_a_provider_tells_the_kernel_becomes_plain_lines() throws Exception {
        Provider provider = provider("""
                kernel.changed();
                kernel.up();
                kernel.down("bad\\nnews");
                kernel.down(null);
                kernel.resourceUpdated("acme://x");
                return CompletableFuture.completedFuture(ToolResult.text("told"));
                """);

        answer(provider.callTool("t", NO_ARGUMENTS, call));

        assertThat(kernel.heard)
                .containsExactly("changed", "up", "down bad news", "down no reason given", "updated acme://x");
    }

    @Test
    void closing_and_reconnecting_never_throw() throws Exception {
        Provider provider = provider("return null;");

        provider.reconnect();
        provider.close();
        provider.close();

        assertThat(LoggedLines.all())
                .extracting(LoggedLines.Line::message)
                .filteredOn(message -> message.contains("ref "))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("reconnecting provider 'acme' failed"),
                        second -> assertThat(second).startsWith("closing provider 'acme' failed"));
    }

    @Test
    void a_call_of_a_stopped_plugin_says_that_it_is_gone() throws Exception {
        Provider provider = provider("return CompletableFuture.completedFuture(ToolResult.text(\"x\"));");
        scene.close();

        assertThat(failure(provider.callTool("t", NO_ARGUMENTS, call)).code()).isEqualTo(Code.UNAVAILABLE);
    }

    private Provider provider(String callTool) throws Exception {
        PluginJar.of("acme").acme(HOSTILE.replace("BODY", callTool)).writeTo(scene.file("acme.jar"));
        scene.boot();
        scene.expectLive("acme.jar");
        return scene.open(kernel);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }

    private static ProviderException failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> answer(stage));
        if (thrown instanceof CompletionException wrapped && wrapped.getCause() instanceof ProviderException said) {
            return said;
        }
        throw new AssertionError("no ProviderException: " + thrown);
    }

    private static final String HOSTILE = """
            @SuppressWarnings({"unchecked", "removal"})
            public final class Acme implements GatewayPlugin {
                static ProviderContext kernel;

                @Override
                public List<ProviderOffer> providers(PluginContext plugin) {
                    return List.of(new ProviderOffer("acme", context -> { kernel = context; return new Hostile(); }));
                }

                static final class Hostile implements Provider {
                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext call) {
                        return CompletableFuture.completedFuture(Capabilities.of(
                                Tool.named("good.v1").build(),
                                Tool.named(null).build(),
                                Tool.named("dull.v1").inputSchema(null).build(),
                                Tool.named("own.v1").inputSchema(new OwnJson()).build()));
                    }

                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                        BODY
                    }

                    @Override
                    public CompletionStage<ResourceResult> readResource(String uri, CallContext call) {
                        return CompletableFuture.completedFuture(ResourceResult.of(new AbstractList<>() {
                            @Override public int size() { return 1; }
                            @Override public ResourceContents get(int i) {
                                if (uri.contains("hostile")) { throw new StackOverflowError(); }
                                return ResourceContents.text(uri, "text");
                            }
                        }));
                    }

                    @Override public void reconnect() { throw new StackOverflowError(); }
                    @Override public void close() { throw new ThreadDeath(); }
                }

                static CompletionStage<ToolResult> deeper(int n) {
                    return n < 0 ? null : deeper(n + 1).thenApply(x -> x);
                }

                static <E extends Exception> void sneak(Exception e) throws E { throw (E) e; }

                static final class Mute extends RuntimeException {
                    @Override public String getMessage() { throw new StackOverflowError(); }
                    @Override public String toString() { throw new StackOverflowError(); }
                    @Override public StackTraceElement[] getStackTrace() { throw new StackOverflowError(); }
                    @Override public Throwable getCause() { throw new StackOverflowError(); }
                }

                static class OwnJson implements Json {
                    @Override public java.nio.ByteBuffer utf8() {
                        return java.nio.ByteBuffer.wrap("{\\"own\\":true}".getBytes());
                    }
                    @Override public Object value() { return Map.of("own", true); }
                }

                static final class HostileJson extends OwnJson {
                    @Override public java.nio.ByteBuffer utf8() { throw new ThreadDeath(); }
                }

                static class TwiceStage extends CompletableFuture<ToolResult> {
                    @Override public CompletableFuture<ToolResult> whenComplete(
                            java.util.function.BiConsumer<? super ToolResult, ? super Throwable> action) {
                        action.accept(ToolResult.text("first"), null);
                        action.accept(ToolResult.text("second"), null);
                        action.accept(null, new IllegalStateException("third"));
                        throw new IllegalStateException("fourth");
                    }
                }

                static final class HostileStage extends CompletableFuture<ToolResult> {
                    @Override public CompletableFuture<ToolResult> whenComplete(
                            java.util.function.BiConsumer<? super ToolResult, ? super Throwable> action) {
                        throw new StackOverflowError();
                    }
                }
            }
            """;
}
