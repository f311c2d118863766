package dev.mcpgateway.kernel.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.Providers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A read that goes from one provider to the next, at moments that cannot be hit from outside. */
class FailOverTest {

    private static final String URI = "hello://greeting";

    @TempDir
    Path folder;

    private final Deadlines deadlines = new Deadlines();
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final Shelf first = new Shelf();
    private final Shelf second = new Shelf();
    private Providers providers;
    private Calls calls;

    @BeforeEach
    void open() throws Exception {
        RunFile runFile = new RunFile(folder, folder.resolve("providers.yaml"), folder);
        providers = new Providers(List.of(), deadlines, runFile, catalog::rebuild, news -> {});
        calls = new Calls(catalog, new Hold(providers.firstDiscovery()), 1_024);
        providers.join(
                "plugin",
                List.of(new ProviderOffer("first", first::open), new ProviderOffer("second", second::open)),
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
    void a_read_cancelled_while_the_first_provider_has_it_never_reaches_the_second() {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = calls.read(URI, System.nanoTime(), outcome::complete);
        CompletableFuture<List<ResourceContents>> asked = first.asked.remove();

        cancel.run();
        asked.completeExceptionally(new ProviderException(ProviderException.Code.NOT_FOUND, "no"));

        assertThat(outcome.join()).isInstanceOf(Outcome.Cancelled.class);
        assertThat(second.asked).isEmpty();
    }

    @Test
    void a_read_is_cancelled_at_the_second_provider_as_well() {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Runnable cancel = calls.read(URI, System.nanoTime(), outcome::complete);
        first.asked.remove().completeExceptionally(new ProviderException(ProviderException.Code.NOT_FOUND, "no"));
        await().until(() -> !second.asked.isEmpty());

        cancel.run();

        assertThat(outcome.join()).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void who_waits_for_a_provider_that_goes_down_goes_on_to_the_next_and_who_was_asked_fails() {
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 16; i++) { // one more than there are permits
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            outcomes.add(outcome);
            calls.read(URI, System.nanoTime(), outcome::complete);
        }
        assertThat(first.asked).hasSize(15);

        first.context.join().down("connection refused");
        await().until(() -> !second.asked.isEmpty());
        second.asked.remove().complete(List.of(new ResourceContents.Text(URI, "", "two")));
        first.asked.forEach(asked -> asked.completeExceptionally(
                new ProviderException(ProviderException.Code.UNAVAILABLE, "is unavailable: connection lost")));

        assertThat(outcomes.removeLast().join()).isInstanceOf(Outcome.Read.class);
        assertThat(outcomes)
                .extracting(CompletableFuture::join)
                .containsOnly(new Outcome.Failed("provider 'first' is unavailable: connection lost", true));
        assertThat(second.asked).isEmpty();
    }

    /** A provider with one resource that keeps every read open until the test ends it. */
    private static final class Shelf implements Provider {

        private final CompletableFuture<ProviderContext> context = new CompletableFuture<>();
        private final Queue<CompletableFuture<List<ResourceContents>>> asked = new ConcurrentLinkedQueue<>();

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
        public CompletionStage<List<ResourceContents>> readResource(String uri, CallContext call) {
            CompletableFuture<List<ResourceContents>> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }
    }
}
