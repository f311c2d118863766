// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A read that goes from one provider to the next, at moments that cannot be hit from outside. */
class FailOverTest {

    private static final String URI = "hello://greeting";

    private final Shelf first = new Shelf();
    private final Shelf second = new Shelf();

    @AutoClose
    private final TwoProviders providers = new TwoProviders(first::open, second::open);

    @Test
    void a_read_cancelled_while_the_first_provider_has_it_never_reaches_the_second() {
        Begun read = providers.read(URI);
        CompletableFuture<ResourceResult> asked = first.asked.remove();

        read.cancel();
        asked.completeExceptionally(new ProviderException(ProviderException.Code.NOT_FOUND, "no"));

        assertThat(read.end()).isInstanceOf(Outcome.Cancelled.class);
        assertThat(second.asked).isEmpty();
    }

    @Test
    void a_read_is_cancelled_at_the_second_provider_as_well() {
        Begun read = providers.read(URI);
        first.asked.remove().completeExceptionally(new ProviderException(ProviderException.Code.NOT_FOUND, "no"));
        await().until(() -> !second.asked.isEmpty());

        read.cancel();

        assertThat(read.end()).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void who_waits_for_a_provider_that_goes_down_goes_on_to_the_next_and_who_was_asked_fails() {
        List<Begun> reads = new ArrayList<>();
        for (int i = 0; i < 16; i++) { // one more than there are permits
            reads.add(providers.read(URI));
        }
        assertThat(first.asked).hasSize(15);

        first.context.join().down("connection refused");
        await().until(() -> !second.asked.isEmpty());
        second.asked.remove().complete(ResourceResult.of(ResourceContents.text(URI, "two")));
        first.asked.forEach(asked -> asked.completeExceptionally(
                new ProviderException(ProviderException.Code.UNAVAILABLE, "is unavailable: connection lost")));

        assertThat(reads.removeLast().end()).isInstanceOf(Outcome.Read.class);
        assertThat(reads)
                .extracting(Begun::end)
                .containsOnly(new Outcome.Failed("provider 'first' is unavailable: connection lost", true));
        assertThat(second.asked).isEmpty();
    }

    /** A provider with one resource that keeps every read open until the test ends it. */
    private static final class Shelf implements Provider {

        private final CompletableFuture<ProviderContext> context = new CompletableFuture<>();
        private final Queue<CompletableFuture<ResourceResult>> asked = new ConcurrentLinkedQueue<>();

        private Provider open(ProviderContext with) {
            context.complete(with);
            return this;
        }

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            return CompletableFuture.completedFuture(Capabilities.builder()
                    .resources(List.of(Resource.at(URI, "greeting").build()))
                    .build());
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            return CompletableFuture.completedFuture(ToolResult.text(tool));
        }

        @Override
        public CompletionStage<ResourceResult> readResource(String uri, CallContext call) {
            CompletableFuture<ResourceResult> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }
    }
}
