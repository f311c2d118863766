// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import dev.mcpgateway.kernel.thread.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The providers {@code first} and {@code second} of one plugin, in the catalog with one resource each. */
final class TwoProviders implements AutoCloseable {

    private static final Path NOWHERE = Path.of("/dev/null"); // and never written to: these have no process

    final Calls calls;
    Runnable toldTwice = () -> {
        throw new AssertionError("told twice");
    };
    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final Providers providers = providers();

    TwoProviders(ProviderOffer.Opener first, ProviderOffer.Opener second) {
        calls = new Calls(
                catalog, new StartupBarrier(providers.firstDiscovery(), deadlines, workers), deadlines, workers, 1_024);
        providers.join(
                "plugin", List.of(new ProviderOffer("first", first), new ProviderOffer("second", second)), List.of());
        providers.allPluginsJoined();
        providers.firstDiscovery().orTimeout(20, TimeUnit.SECONDS).join();
        await().until(() -> catalog.get().resources().size() == 2);
    }

    /** What the requests of {@link #calls} have around them, for one of another kind. */
    CallRoom room() {
        StartupBarrier barrier = new StartupBarrier(providers.firstDiscovery(), deadlines, workers);
        return new CallRoom(catalog, barrier, deadlines, workers, calls.interceptors(), 1_024);
    }

    Begun read(String uri) {
        return begin(System.nanoTime(), (context, then) -> calls.read(uri, context, then));
    }

    /** How a request is made. */
    interface Asking {
        void begin(RequestContext context, Consumer<Outcome> then);
    }

    /** @param arrival as if it had come then */
    Begun begin(long arrival, Asking asking) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        RequestContext context = RequestContext.arrived(deadlines, arrival);
        context.arm();
        asking.begin(context, told -> {
            if (!outcome.complete(told)) {
                toldTwice.run();
            }
        });
        return new Begun(outcome, context::cancel);
    }

    @Override
    public void close() {
        providers.close();
        catalog.close();
        workers.close();
        deadlines.close();
    }

    private Providers providers() {
        try {
            return new Providers(
                    List.of(),
                    deadlines,
                    new RunFile(NOWHERE, NOWHERE, NOWHERE),
                    new ShutdownUrgency(),
                    catalog::rebuild,
                    news -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
