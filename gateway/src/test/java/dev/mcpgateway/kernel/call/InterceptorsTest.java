package dev.mcpgateway.kernel.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.PromptMessage;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.Providers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands around calls, ungated: what a plugin may throw is held to the wall in InterceptorWallTest. */
@Timeout(60)
class InterceptorsTest {

    private static final String URI = "acme://greeting";
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final long ALMOST_TIMED_OUT = Duration.ofMillis(2_200).toNanos(); // of 2.5 s

    @TempDir
    Path folder;

    private final Deadlines deadlines = new Deadlines();
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final Acme first = new Acme();
    private final Acme second = new Acme();
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();
    private Providers providers;
    private Calls calls;

    @BeforeEach
    void open() throws Exception {
        LoggedLines.forget();
        RunFile runFile = new RunFile(folder, folder.resolve("providers.yaml"), folder);
        providers = new Providers(List.of(), deadlines, runFile, catalog::rebuild, news -> {});
        calls = new Calls(catalog, new Hold(providers.firstDiscovery()), 1_024);
        providers.join(
                "plugin",
                List.of(new ProviderOffer("first", context -> first), new ProviderOffer("second", context -> second)),
                List.of());
        providers.allPluginsJoined();
        providers.firstDiscovery().get(20, TimeUnit.SECONDS);
        await().until(() -> catalog.get().resources().size() == 2);
    }

    @AfterEach
    void close() {
        providers.close();
        catalog.close();
        deadlines.close();
    }

    @Test
    void the_lower_order_stands_further_out_and_ties_go_by_plugin_and_name() throws Exception {
        use(
                "b",
                tracing("one").order(5),
                tracing("zero").order(5),
                tracing("outermost").order(-1));
        use("a", tracing("two").order(5), tracing("innermost").order(6));

        assertThat(call(HI)).isEqualTo(HI);

        assertThat(seen)
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
    void an_observer_sees_what_goes_in_and_what_comes_out_where_it_stands() throws Exception {
        use(
                "a",
                observing("outside").order(1),
                changing("louder", new Louder()).order(2),
                observing("inside").order(3));

        assertThat(call(HI)).isEqualTo("{\"message\":\"HI!!\"}");

        assertThat(seen)
                .containsExactly(
                        "outside begins first.echo.v1 {\"message\":\"Hi\"}",
                        "inside begins first.echo.v1 {\"message\":\"HI\"}",
                        "inside ok {\"message\":\"HI\"}",
                        "outside ok {\"message\":\"HI!!\"}");
    }

    @Test
    void an_observer_hears_once_that_a_tool_said_it_failed() throws Exception {
        use("a", observing("o"));
        first.answer = arguments -> CompletableFuture.completedFuture(ToolResult.error("no"));

        Outcome outcome = outcome(HI);

        assertThat(((Outcome.Answered) outcome).isError()).isTrue();
        assertHeardOnce("o error");
    }

    @Test
    void an_observer_hears_once_that_there_is_no_answer() throws Exception {
        use("a", observing("o"));
        first.answer = arguments -> CompletableFuture.failedFuture(new ProviderException(Code.INTERNAL, "broke"));

        assertThat(outcome(HI)).isEqualTo(new Outcome.Failed("provider 'first' broke", true));
        assertHeardOnce("o failed provider 'first' broke");
    }

    @Test
    void an_observer_outside_a_policy_hears_once_that_the_call_was_refused_and_one_inside_never_hears_of_it()
            throws Exception {
        use(
                "a",
                observing("o").order(1),
                changing("policy", new Refusing()).order(2),
                observing("inside").order(3));

        assertThat(outcome(HI)).isEqualTo(new Outcome.Failed("call of 'first.echo.v1' was refused: not today", false));
        assertHeardOnce("o refused call of 'first.echo.v1' was refused: not today");
        assertThat(seen).noneMatch(each -> each.startsWith("inside begins"));
        assertThat(first.asked).isEmpty();
    }

    @Test
    void an_observer_hears_once_that_the_client_cancelled() throws Exception {
        use("a", observing("o"));
        first.answer = arguments -> new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = begin(HI, System.nanoTime(), outcome);
        await().until(() -> !first.asked.isEmpty());

        cancel.run();
        cancel.run();

        assertThat(outcome.join()).isInstanceOf(Outcome.Cancelled.class);
        assertHeardOnce("o cancelled");
    }

    @Test
    void an_observer_hears_once_that_the_provider_timed_out() throws Exception {
        use("a", observing("o"));
        first.answer = arguments -> new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        begin(HI, System.nanoTime() - ALMOST_TIMED_OUT, outcome);

        assertThat(outcome.join()).isEqualTo(new Outcome.Failed("provider 'first' timed out after 2.5 s", true));
        assertHeardOnce("o failed provider 'first' timed out after 2.5 s");
    }

    @Test
    void an_observer_that_begins_too_late_hears_of_the_end_before_it_is_closed() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Traced observer = new Traced("o") {
            @Override
            public void begins(InterceptedCall call, Json arguments) {
                super.begins(call, arguments);
                uninterruptibly(goOn);
            }
        };
        use("a", InterceptorOffer.observing("o", () -> observer));
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = begin(HI, System.nanoTime(), outcome);
        await().until(() -> !seen.isEmpty());

        cancel.run();
        assertThat(outcome.join()).isInstanceOf(Outcome.Cancelled.class);
        calls.interceptors().leave("a");
        assertThat(seen).hasSize(1);
        goOn.countDown();

        await().untilAsserted(() -> assertThat(seen)
                .containsExactly("o begins first.echo.v1 {\"message\":\"Hi\"}", "o cancelled", "o closed"));
        assertThat(first.asked).isEmpty();
    }

    @Test
    void an_observer_that_fails_at_the_end_of_a_cancelled_call_does_not_keep_it_from_those_further_out()
            throws Exception {
        Traced failing = new Traced("inner") {
            @Override
            public void ended(InterceptedCall call, Ending ending) {
                throw new ProviderException(Code.INTERNAL, "failed");
            }
        };
        use(
                "a",
                observing("o").order(1),
                InterceptorOffer.observing("inner", () -> failing).order(2));
        first.answer = arguments -> new CompletableFuture<>();
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = begin(HI, System.nanoTime(), outcome);
        await().until(() -> !first.asked.isEmpty());

        cancel.run();

        assertHeardOnce("o cancelled");
    }

    @Test
    void changed_arguments_are_what_the_provider_gets_and_what_comes_after_sees() throws Exception {
        AtomicReference<String> after = new AtomicReference<>("");
        use("a", changing("c", new Interceptor() {
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

        assertThat(call(HI)).isEqualTo("{\"message\":\"other\"}");
        assertThat(first.asked).containsExactly("{\"message\":\"other\"}");
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
    void changed_arguments_that_could_not_have_come_from_a_client_refuse_the_call(String changed) throws Exception {
        String text = changed.startsWith("1024") ? "{\"message\":\"" + "x".repeat(1_024) + "\"}" : changed;
        use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.passWith(Json.ofUtf8(text.getBytes(UTF_8)));
            }
        }));

        Outcome.Failed failed = (Outcome.Failed) outcome(HI);

        assertThat(failed.reason())
                .startsWith("call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' gave arguments ");
        assertThat(first.asked).isEmpty();
    }

    @Test
    void a_changed_result_is_held_to_the_output_schema() throws Exception {
        use("a", changing("c", answeringAfterwards(ToolResult.of(Json.of(Map.of("message", 1))))));

        Outcome.Failed failed = (Outcome.Failed) outcome(HI);

        assertThat(failed.reason())
                .startsWith("call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' returned a result that"
                        + " violates its output schema: /message ");
    }

    @Test
    void a_changed_result_is_held_to_the_payload_limit() throws Exception {
        use("a", changing("c", answeringAfterwards(ToolResult.of(message("x".repeat(1_024))))));

        assertThat(outcome(HI))
                .isEqualTo(new Outcome.Failed(
                        "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' gave a result of 1038 bytes,"
                                + " the limit is 1024 bytes",
                        false));
    }

    @Test
    void an_answer_skips_the_provider_and_what_stands_further_in_and_goes_out_through_the_rest() throws Exception {
        use(
                "a",
                tracing("outside").order(1),
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
                tracing("inside").order(3));

        assertThat(call(HI)).isEqualTo("{\"message\":\"cached\"}");
        assertThat(seen).containsExactly("> outside", "< outside");
        assertThat(first.asked).isEmpty();
    }

    @Test
    void an_answer_is_held_to_the_output_schema_as_well() throws Exception {
        use("a", changing("cache", new Interceptor() {
            @Override
            public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                return Verdict.answer(ToolResult.text("no JSON"));
            }
        }));

        assertThat(((Outcome.Failed) outcome(HI)).reason())
                .contains("interceptor 'cache' of plugin 'a' returned no JSON value");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_fails_refuses_the_call_or_its_answer(boolean isBefore) throws Exception {
        use("a", observing("o").order(-1), changing("c", new Failing(isBefore, new IllegalStateException())));

        String reason = "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' failed";
        assertThat(outcome(HI)).isEqualTo(new Outcome.Failed(reason, false));
        assertThat(first.asked).hasSize(isBefore ? 0 : 1);
        assertHeardOnce("o refused " + reason);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_is_interrupted_by_itself_has_failed_as_well(boolean isBefore) throws Exception {
        use("a", changing("c", new Failing(isBefore, new InterruptedException())));

        assertThat(outcome(HI))
                .isEqualTo(new Outcome.Failed(
                        "call of 'first.echo.v1' was refused: interceptor 'c' of plugin 'a' failed", false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void one_that_fails_open_is_passed_by_with_a_warning(boolean isBefore) throws Exception {
        use(
                "a",
                changing("c", new Failing(isBefore, new IllegalStateException()))
                        .failingOpen());

        assertThat(call(HI)).isEqualTo(HI);
        assertThat(LoggedLines.all())
                .filteredOn(line -> line.level() == Log.Level.WARN)
                .extracting(LoggedLines.Line::message)
                .containsExactly("call not seen by interceptor 'c' of plugin 'a', which failed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_call_whose_time_is_over_inside_ends_then_and_the_thread_is_interrupted(boolean isBefore) throws Exception {
        AtomicInteger cancelActions = new AtomicInteger();
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        use("a", observing("o").order(-1), changing("slow", new Slow(isBefore, interrupted, cancelActions)));
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();

        begin(HI, System.nanoTime() - ALMOST_TIMED_OUT, outcome);

        String reason = "interceptor 'slow' of plugin 'a' timed out after 2.5 s";
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Outcome.Failed(reason, true));
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isEqualTo("cancelled: true");
        assertThat(first.asked).hasSize(isBefore ? 0 : 1);
        assertHeardOnce("o failed " + reason);
        await().untilAsserted(() -> assertThat(cancelActions).hasValue(1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_call_is_cancelled_inside(boolean isBefore) throws Exception {
        AtomicInteger cancelActions = new AtomicInteger();
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        Slow slow = new Slow(isBefore, interrupted, cancelActions);
        use("a", observing("o").order(-1), changing("slow", slow));
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = begin(HI, System.nanoTime(), outcome);
        slow.isInside.await();

        cancel.run();

        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Cancelled.class);
        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isEqualTo("cancelled: true");
        assertThat(first.asked).hasSize(isBefore ? 0 : 1);
        assertHeardOnce("o cancelled");
        await().untilAsserted(() -> assertThat(cancelActions).hasValue(1));
    }

    @Test
    void a_call_ends_with_the_chain_that_it_began_with_which_is_closed_after_it() throws Exception {
        CompletableFuture<ToolResult> held = new CompletableFuture<>();
        first.answer = arguments -> held;
        use("a", tracing("old"));
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        begin(HI, System.nanoTime(), outcome);
        await().until(() -> !first.asked.isEmpty());

        Interceptors.Prepared next = calls.interceptors().prepare("a", List.of(tracing("new")));
        next.use();
        first.answer = arguments -> CompletableFuture.completedFuture(ToolResult.of(arguments));
        assertThat(call(HI)).isEqualTo(HI);
        assertThat(seen).containsExactly("> old", "> new", "< new");
        held.complete(ToolResult.of(message("late")));

        assertThat(text(outcome.join())).isEqualTo("{\"message\":\"late\"}");
        await().untilAsserted(() -> assertThat(seen).containsExactly("> old", "> new", "< new", "< old", "old closed"));
    }

    @Test
    void another_plugins_interceptors_stay_open_when_one_leaves() throws Exception {
        use("a", tracing("a"));
        use("b", tracing("b"));

        calls.interceptors().leave("a");

        assertThat(call(HI)).isEqualTo(HI);
        await().untilAsserted(() -> assertThat(seen).contains("a closed"));
        assertThat(seen).contains("> b", "< b").doesNotContain("> a", "b closed");
        calls.interceptors().leave("b");
        await().untilAsserted(() -> assertThat(seen).contains("b closed"));
        assertThat(call(HI)).isEqualTo(HI);
    }

    @Test
    void where_one_cannot_be_opened_those_before_it_are_closed() {
        InterceptorOffer bad = InterceptorOffer.changing("bad", () -> {
            throw new ProviderException(Code.INVALID_ARGUMENT, "has no rules");
        });

        assertThatThrownBy(() -> calls.interceptors().prepare("a", List.of(tracing("good"), bad)))
                .isInstanceOf(ProviderException.class)
                .hasMessage("interceptor 'bad' cannot be opened: has no rules");
        assertThat(seen).containsExactly("good closed");
    }

    @Test
    void one_that_opens_for_too_long_is_given_up_and_closed_when_it_opens_after_all() {
        CountDownLatch goOn = new CountDownLatch(1);
        InterceptorOffer slow = InterceptorOffer.changing("slow", () -> {
            uninterruptibly(goOn);
            return new Tracing("slow");
        });

        assertThatThrownBy(() -> new Interceptors(Duration.ofMillis(200)).prepare("a", List.of(tracing("good"), slow)))
                .isInstanceOf(ProviderException.class)
                .hasMessage("interceptor 'slow' cannot be opened: it took longer than 0.2 s");
        assertThat(seen).containsExactly("good closed");
        goOn.countDown();

        await().untilAsserted(() -> assertThat(seen).containsExactly("good closed", "slow closed"));
    }

    @Test
    void what_is_prepared_and_not_used_is_closed_and_changes_nothing() throws Exception {
        use("a", tracing("old"));

        calls.interceptors().prepare("a", List.of(tracing("new"))).abandon();

        await().untilAsserted(() -> assertThat(seen).containsExactly("new closed"));
        assertThat(call(HI)).isEqualTo(HI);
        assertThat(seen).containsExactly("new closed", "> old", "< old");
    }

    @Test
    void under_replacements_every_call_meets_one_whole_chain_and_each_is_closed_once() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        Queue<Version> opened = new ConcurrentLinkedQueue<>();
        use("a", version(opened, 0, "outer", -1), version(opened, 0, "inner", 1));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!isOver.get()) {
                    String text = text(outcome(HI));
                    if (!text.matches("\\{\"message\":\"Hi (\\d+) \\1 \\1 \\1\"}")) {
                        wrong.add(text);
                    }
                }
            }));
        }
        for (int i = 1; i <= 300; i++) {
            use("a", version(opened, i, "outer", -1), version(opened, i, "inner", 1));
            Thread.yield();
        }
        isOver.set(true);
        for (Thread client : clients) {
            client.join();
        }
        calls.interceptors().leave("a");

        assertThat(wrong).isEmpty();
        await().untilAsserted(() -> assertThat(opened).hasSize(602).allMatch(each -> each.closed.get() == 1));
        assertThat(opened).noneMatch(each -> each.calledAfterwards);
    }

    @Test
    void a_read_that_fails_over_goes_through_the_chain_once() throws Exception {
        use("a", tracing("t"), observing("o").order(-1));
        first.contents = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(read()).isEqualTo(new Outcome.Read(List.of(new ResourceContents.Text(URI, "", "hello")), 5));
        assertThat(first.asked).containsExactly(URI);
        assertThat(second.asked).containsExactly(URI);
        assertThat(seen).containsExactly("o begins acme://greeting {}", "> t", "< t", "o ok [hello]");
    }

    @Test
    void a_read_is_refused_answered_and_changed() throws Exception {
        List<ResourceContents> other = List.of(new ResourceContents.Text(URI, "", "other"));
        use("a", changing("c", new Refusing()));
        assertThat(read()).isEqualTo(new Outcome.Failed("call of 'acme://greeting' was refused: not today", false));
        use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<List<ResourceContents>> beforeResource(InterceptedCall call) {
                return Verdict.answer(other);
            }
        }));
        assertThat(read()).isEqualTo(new Outcome.Read(other, 5));
        assertThat(first.asked).isEmpty();
        use("a", changing("c", new Interceptor() {
            @Override
            public List<ResourceContents> afterResource(InterceptedCall call, List<ResourceContents> contents) {
                return other;
            }
        }));
        assertThat(read()).isEqualTo(new Outcome.Read(other, 5));
        assertThat(first.asked).hasSize(1);
    }

    @Test
    void a_resource_has_no_arguments_to_change() throws Exception {
        use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<List<ResourceContents>> beforeResource(InterceptedCall call) {
                return Verdict.passWith(Json.of(Map.of()));
            }
        }));

        assertThat(((Outcome.Failed) read()).reason())
                .startsWith("call of 'acme://greeting' was refused: interceptor 'c' of plugin 'a' gave arguments ");
    }

    @Test
    void a_request_that_is_cancelled_before_it_reaches_the_chain_does_not_keep_it_open() {
        for (int i = 0; i < 200; i++) {
            use("a", tracing("t" + i));
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            Runnable cancel = calls.fill(plan("1"), outcome::complete);
            cancel.run();
            outcome.join();
        }
        calls.interceptors().leave("a");

        await().untilAsserted(() ->
                assertThat(seen).filteredOn(each -> each.endsWith("closed")).hasSize(200));
    }

    @Test
    void a_prompt_that_fails_over_goes_through_the_chain_once_with_its_arguments_as_values() throws Exception {
        use("a", observing("o"));
        first.filled = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(fill("1")).isInstanceOf(Outcome.Filled.class);
        assertThat(first.asked).containsExactly("{\"days\":1}");
        assertThat(second.asked).containsExactly("{\"days\":1}");
        assertThat(seen).containsExactly("o begins first.plan {\"days\":1}", "o ok plan");
    }

    @Test
    void a_prompts_changed_arguments_are_checked_and_reach_every_provider_that_is_asked() throws Exception {
        AtomicReference<Object> days = new AtomicReference<>(2);
        use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
                return Verdict.passWith(Json.of(Map.of("days", days.get())));
            }
        }));
        first.filled = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(fill("1")).isInstanceOf(Outcome.Filled.class);
        assertThat(second.asked).containsExactly("{\"days\":2}");
        days.set("many");
        assertThat(((Outcome.Failed) fill("1")).reason())
                .startsWith(
                        "call of 'first.plan' was refused: interceptor 'c' of plugin 'a' gave arguments that violate the"
                                + " schema: /days ");
    }

    @Test
    void a_prompt_is_refused_and_its_result_changed() throws Exception {
        use("a", changing("c", new Refusing()));
        assertThat(fill("1")).isEqualTo(new Outcome.Failed("call of 'first.plan' was refused: not today", false));
        use("a", changing("c", new Interceptor() {
            @Override
            public PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) {
                return new PromptResult("changed", result.messages());
            }
        }));
        assertThat(((Outcome.Filled) fill("1")).prompt().description()).isEqualTo("changed");
    }

    @Test
    void arguments_that_violate_the_schema_are_seen_by_nobody() throws Exception {
        use("a", tracing("t"), observing("o"));

        assertThat(((Outcome.Failed) outcome("{\"message\":1}")).reason()).contains("violate its input schema");
        assertThat(fill("many")).isInstanceOf(Outcome.Refused.class);
        assertThat(seen).isEmpty();
        calls.interceptors().leave("a");
        await().untilAsserted(() -> assertThat(seen).containsExactlyInAnyOrder("t closed", "o closed"));
    }

    private void use(String plugin, InterceptorOffer... offers) {
        try {
            calls.interceptors().prepare(plugin, List.of(offers)).use();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Runnable begin(String arguments, long arrival, CompletableFuture<Outcome> outcome) {
        return calls.call(new Calls.ToolRequest("first.echo.v1", parsed(arguments), 1, arrival), told -> {
            if (!outcome.complete(told)) {
                seen.add("told twice");
            }
        });
    }

    private Outcome outcome(String arguments) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        begin(arguments, System.nanoTime(), outcome);
        return outcome.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private String call(String arguments) {
        return text(outcome(arguments));
    }

    private Outcome read() throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        calls.read(URI, System.nanoTime(), outcome::complete);
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private Outcome fill(String days) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        calls.fill(plan(days), outcome::complete);
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private static Calls.PromptRequest plan(String days) {
        return new Calls.PromptRequest("plan", parsed("{\"days\":\"" + days + "\"}"), 1, System.nanoTime());
    }

    /** What was begun has ended like that, and nothing comes after it. */
    private void assertHeardOnce(String ending) {
        String observer = ending.substring(0, ending.indexOf(' '));
        await().until(() -> seen.size() >= 2);
        calls.interceptors().leave("a");
        await().until(() -> seen.contains(observer + " closed"));
        assertThat(seen)
                .filteredOn(each -> each.startsWith(observer + " "))
                .hasSize(3)
                .anySatisfy(each -> assertThat(each).startsWith(ending))
                .endsWith(observer + " closed");
    }

    private static JsonValue parsed(String text) {
        try {
            return JsonValue.parse(text.getBytes(UTF_8), 0, text.length(), Calls.MAX_DEPTH);
        } catch (JsonFault fault) {
            throw new AssertionError(fault.text());
        }
    }

    private static Json message(String text) {
        return Json.of(Map.of("message", text));
    }

    private static String text(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered
                ? answered.json().orElseThrow().toString()
                : outcome.toString();
    }

    private static void uninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // a plugin that does not care
            }
        }
    }

    private static InterceptorOffer changing(String name, Interceptor interceptor) {
        return InterceptorOffer.changing(name, () -> interceptor);
    }

    private InterceptorOffer observing(String name) {
        return InterceptorOffer.observing(name, () -> new Traced(name));
    }

    private InterceptorOffer tracing(String name) {
        return changing(name, new Tracing(name));
    }

    private static InterceptorOffer version(Queue<Version> opened, int number, String name, int order) {
        Version version = new Version(number);
        opened.add(version);
        return changing(name, version).order(order);
    }

    private static Interceptor answeringAfterwards(ToolResult other) {
        return new Interceptor() {
            @Override
            public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
                return other;
            }
        };
    }

    private final class Tracing implements Interceptor {

        private final String name;

        Tracing(String name) {
            this.name = name;
        }

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
            seen.add("> " + name);
            return Verdict.pass();
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
            seen.add("< " + name);
            return result;
        }

        @Override
        public Verdict<List<ResourceContents>> beforeResource(InterceptedCall call) {
            seen.add("> " + name);
            return Verdict.pass();
        }

        @Override
        public List<ResourceContents> afterResource(InterceptedCall call, List<ResourceContents> contents) {
            seen.add("< " + name);
            return contents;
        }

        @Override
        public void close() {
            seen.add(name + " closed");
        }
    }

    private class Traced implements CallObserver {

        private final String name;

        Traced(String name) {
            this.name = name;
        }

        @Override
        public void begins(InterceptedCall call, Json arguments) {
            seen.add(name + " begins " + call.capability() + " " + arguments);
        }

        @Override
        public void ended(InterceptedCall call, Ending ending) {
            String what = ending.reason()
                    + ending.toolResult()
                            .flatMap(ToolResult::json)
                            .map(Json::toString)
                            .orElse("")
                    + ending.promptResult().map(PromptResult::description).orElse("")
                    + (ending.contents().isEmpty()
                            ? ""
                            : ending.contents().stream()
                                    .map(each -> ((ResourceContents.Text) each).text())
                                    .toList());
            seen.add((name + " " + ending.outcome() + " " + what).strip());
        }

        @Override
        public void close() {
            seen.add(name + " closed");
        }
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

        private static String said(Json json) {
            return String.valueOf(json.object().get("message"));
        }
    }

    private static final class Refusing implements Interceptor {

        @Override
        public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
            return Verdict.refuse("not today");
        }

        @Override
        public Verdict<List<ResourceContents>> beforeResource(InterceptedCall call) {
            return Verdict.refuse("not today");
        }

        @Override
        public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
            return Verdict.refuse("not today");
        }
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

    private static final class Slow implements Interceptor {

        private final boolean isBefore;
        private final CompletableFuture<String> interrupted;
        private final AtomicInteger cancelActions;
        private final CountDownLatch isInside = new CountDownLatch(1);

        Slow(boolean isBefore, CompletableFuture<String> interrupted, AtomicInteger cancelActions) {
            this.isBefore = isBefore;
            this.interrupted = interrupted;
            this.cancelActions = cancelActions;
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
            return Verdict.passWith(message(Louder.said(arguments) + " " + number));
        }

        @Override
        public ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) {
            calledAfterwards |= closed.get() > 0;
            return ToolResult.of(message(Louder.said(result.json().orElseThrow()) + " " + number));
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private interface Answering {
        CompletionStage<ToolResult> to(Json arguments);
    }

    /** A tool that answers with its arguments, a resource and a prompt, unless the test says otherwise. */
    private static final class Acme implements Provider {

        private static final Json SCHEMA = Json.of(Map.of(
                "type", "object",
                "properties", Map.of("message", Map.of("type", "string")),
                "required", List.of("message")));

        private final Queue<String> asked = new ConcurrentLinkedQueue<>();
        private volatile Answering answer = arguments -> CompletableFuture.completedFuture(ToolResult.of(arguments));
        private volatile CompletableFuture<List<ResourceContents>> contents =
                CompletableFuture.completedFuture(List.of(new ResourceContents.Text(URI, "", "hello")));
        private volatile CompletableFuture<PromptResult> filled = CompletableFuture.completedFuture(
                new PromptResult("plan", List.of(new PromptMessage(PromptMessage.Role.USER, new Content.Text("go")))));

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            return CompletableFuture.completedFuture(Capabilities.builder()
                    .tools(List.of(Tool.named("echo.v1")
                            .inputSchema(SCHEMA)
                            .outputSchema(SCHEMA)
                            .build()))
                    .resources(List.of(Resource.at(URI, "greeting").build()))
                    .prompts(List.of(Prompt.named("plan")
                            .argumentsSchema(Json.of(
                                    Map.of("type", "object", "properties", Map.of("days", Map.of("type", "integer")))))
                            .build()))
                    .build());
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            asked.add(arguments.toString());
            return answer.to(arguments);
        }

        @Override
        public CompletionStage<List<ResourceContents>> readResource(String uri, CallContext call) {
            asked.add(uri);
            return contents;
        }

        @Override
        public CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext call) {
            asked.add(arguments.toString());
            return filled;
        }
    }
}
