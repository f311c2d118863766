package dev.mcpgateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.Principal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingProviderTest {

    private static final Json NOTHING = Json.of(Map.of());

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Call call = new Call();

    @AfterEach
    void end() {
        executor.shutdownNow();
    }

    @Test
    void a_call_runs_on_a_virtual_thread_of_its_own() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        Provider provider = provider(() -> {
            ran.complete(Thread.currentThread());
            return ToolResult.text("done");
        });

        ToolResult result = soon(provider.callTool("tool", NOTHING, call).toCompletableFuture());

        assertThat(result.content()).containsExactly(new Content.Text("done"));
        assertThat(soon(ran)).isNotEqualTo(Thread.currentThread()).matches(Thread::isVirtual, "is virtual");
    }

    @Test
    void the_caller_goes_on_while_a_call_blocks() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        Provider provider = provider(() -> {
            released.await();
            return ToolResult.text("done");
        });

        CompletableFuture<ToolResult> first =
                provider.callTool("tool", NOTHING, call).toCompletableFuture();
        CompletableFuture<ToolResult> second =
                provider.callTool("tool", NOTHING, new Call()).toCompletableFuture();
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        released.countDown();

        assertThat(soon(first).isError()).isFalse();
        assertThat(soon(second).isError()).isFalse();
    }

    @Test
    void cancelling_interrupts_the_thread_and_ends_the_call() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CompletableFuture<String> interrupted = new CompletableFuture<>();
        Provider provider = provider(() -> {
            started.countDown();
            try {
                Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
                interrupted.complete("interrupted");
                throw e;
            }
            return ToolResult.text("slept");
        });
        CompletableFuture<ToolResult> result =
                provider.callTool("tool", NOTHING, call).toCompletableFuture();
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

        call.cancel();

        assertThat(soon(interrupted)).isEqualTo("interrupted");
        assertThatThrownBy(() -> soon(result))
                .satisfiesAnyOf(
                        thrown -> assertThat(thrown).isInstanceOf(CancellationException.class),
                        thrown -> assertThat(thrown).hasCauseInstanceOf(InterruptedException.class));
    }

    @Test
    void a_call_that_ignores_its_interruption_ends_for_the_caller_all_the_same() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Provider provider = provider(() -> {
            started.countDown();
            boolean isReleased = false;
            while (!isReleased) {
                try {
                    released.await();
                    isReleased = true;
                } catch (InterruptedException deaf) {
                    // as some code does
                }
            }
            return ToolResult.text("late");
        });
        CompletableFuture<ToolResult> result =
                provider.callTool("tool", NOTHING, call).toCompletableFuture();
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

        call.cancel();

        assertThatThrownBy(() -> soon(result)).isInstanceOf(CancellationException.class);
        released.countDown();
    }

    @Test
    void what_a_method_throws_completes_the_stage_with_it() {
        ProviderException refused = new ProviderException(ProviderException.Code.NOT_FOUND, "no such file");
        Provider provider = provider(() -> {
            throw refused;
        });

        assertThatThrownBy(() -> soon(provider.callTool("tool", NOTHING, call).toCompletableFuture()))
                .hasCause(refused);
    }

    @Test
    void an_error_completes_the_stage_too() {
        Provider provider = provider(() -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(() -> soon(provider.callTool("tool", NOTHING, call).toCompletableFuture()))
                .hasCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void resources_and_prompts_are_not_found_unless_the_author_says_otherwise() {
        Provider provider = provider(() -> ToolResult.text(""));

        assertThatThrownBy(() -> soon(provider.readResource("a://b", call).toCompletableFuture()))
                .hasCauseInstanceOf(ProviderException.class)
                .hasMessageContaining("no resource 'a://b'");
        assertThatThrownBy(() -> soon(provider.getPrompt("plan", NOTHING, call).toCompletableFuture()))
                .hasCauseInstanceOf(ProviderException.class)
                .hasMessageContaining("no prompt 'plan'");
    }

    @Test
    void capabilities_are_asked_for_the_same_way() throws Exception {
        Provider provider = provider(() -> ToolResult.text(""));

        Capabilities capabilities = soon(provider.capabilities(call).toCompletableFuture());

        assertThat(capabilities.tools()).extracting(Tool::name).containsExactly("tool");
    }

    private interface Body {
        ToolResult run() throws Exception;
    }

    private Provider provider(Body body) {
        return new BlockingProvider(new Host()) {
            @Override
            protected Capabilities list(CallContext context) {
                return Capabilities.of(Tool.named("tool").build());
            }

            @Override
            protected ToolResult call(String tool, Json arguments, CallContext context) throws Exception {
                return body.run();
            }
        };
    }

    private static <T> T soon(CompletableFuture<T> stage) throws Exception {
        return stage.get(10, TimeUnit.SECONDS);
    }

    /** The gateway's side of a call, as far as a blocking provider uses it. */
    private static final class Call implements CallContext {

        private boolean cancelled; // this and below are guarded by this
        private Runnable action = () -> {};

        void cancel() {
            Runnable now;
            synchronized (this) {
                cancelled = true;
                now = action;
            }
            now.run();
        }

        @Override
        public String correlationId() {
            return "00000000-0000-4000-8000-000000000000";
        }

        @Override
        public Optional<Principal> caller() {
            return Optional.empty();
        }

        @Override
        public Duration remaining() {
            return Duration.ofSeconds(2);
        }

        @Override
        public synchronized boolean isCancelled() {
            return cancelled;
        }

        @Override
        public synchronized void onCancel(Runnable given) {
            action = given;
        }
    }

    private final class Host implements ProviderContext {

        @Override
        public String name() {
            return "blocking";
        }

        @Override
        public System.Logger logger() {
            return System.getLogger("provider.blocking");
        }

        @Override
        public ExecutorService executor() {
            return executor;
        }

        @Override
        public void changed() {}

        @Override
        public void resourceUpdated(String uri) {}

        @Override
        public void up() {}

        @Override
        public void down(String reason) {}
    }
}
