// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakePluginContext;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.InvokeResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A large answer is read beside the event loop, and costs its own provider the time. */
@Timeout(60)
class AnswerReadersTest {

    @Test
    void one_provider_cannot_hold_both_threads() throws Exception {
        try (FakePluginContext plugin = new FakePluginContext();
                AnswerReaders readers = new AnswerReaders(plugin.threadFactory())) {
            CountDownLatch released = new CountDownLatch(1);
            AtomicInteger begun = new AtomicInteger();
            AnswerReaders.Line flooding = readers.line();
            for (int i = 0; i < 5; i++) {
                flooding.read(() -> {
                    begun.incrementAndGet();
                    awaitQuietly(released);
                });
            }
            CompletableFuture<Void> other = new CompletableFuture<>();
            readers.line().read(() -> other.complete(null));
            assertThat(other).succeedsWithin(10, TimeUnit.SECONDS);
            assertThat(begun).hasValue(1);
            released.countDown();
            await().until(() -> begun.get() == 5);
            assertThat(plugin.threads()).hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    @Tag("slow")
    void a_large_answer_is_read_beside_the_loop_and_a_small_one_on_it() throws Exception {
        TestService service = new TestService();
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            List<String> threads = List.of(
                    threadOf(opened, service, 10), threadOf(opened, service, 100_000), threadOf(opened, service, 10));
            assertThat(threads.get(0)).isEqualTo(threads.get(2)).isNotEqualTo(threads.get(1));
        }
    }

    @Test
    @Tag("slow")
    void an_answer_of_millions_of_empty_blocks_is_refused_by_their_number() throws Exception {
        TestService service = new TestService();
        InvokeResponse.Builder response = InvokeResponse.newBuilder();
        Content empty = Content.getDefaultInstance();
        for (int i = 0; i < 2_500_000; i++) {
            response.addContent(empty);
        }
        InvokeResponse built = response.build();
        service.invoke = request -> built;
        try (TestServer server = TestServer.start(service);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            assertThatExceptionOfType(ProviderException.class)
                    .isThrownBy(() -> opened.call("echo.v1", "{}"))
                    .withMessage("returned 2500000 content blocks, the limit is 10000");
        }
    }

    private static String threadOf(Opened opened, TestService service, int size) throws Exception {
        CompletionStage<ToolResult> held = opened.start("hold.v1", "{\"text\":\"" + "x".repeat(size) + "\"}");
        CompletionStage<String> thread =
                held.thenApply(result -> Thread.currentThread().getName());
        await().until(() -> service.held() == 1);
        service.release();
        return Opened.get(thread);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
