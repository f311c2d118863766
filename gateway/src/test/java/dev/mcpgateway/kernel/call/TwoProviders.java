package dev.mcpgateway.kernel.call;

import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Deadlines;
import dev.mcpgateway.kernel.provider.Providers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The providers {@code first} and {@code second} of one plugin, in the catalog with one resource each. */
final class TwoProviders implements AutoCloseable {

    private static final Path NOWHERE = Path.of("/dev/null"); // and never written to: these have no process

    final Calls calls;
    private final Deadlines deadlines = new Deadlines();
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final Providers providers = providers();

    TwoProviders(ProviderOffer.Opener first, ProviderOffer.Opener second) {
        calls = new Calls(catalog, new Hold(providers.firstDiscovery()), 1_024);
        providers.join(
                "plugin", List.of(new ProviderOffer("first", first), new ProviderOffer("second", second)), List.of());
        providers.allPluginsJoined();
        providers.firstDiscovery().orTimeout(20, TimeUnit.SECONDS).join();
        await().until(() -> catalog.get().resources().size() == 2);
    }

    Begun read(String uri) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        return new Begun(outcome, calls.read(uri, System.nanoTime(), outcome::complete));
    }

    @Override
    public void close() {
        providers.close();
        catalog.close();
        deadlines.close();
    }

    private Providers providers() {
        try {
            return new Providers(
                    List.of(), deadlines, new RunFile(NOWHERE, NOWHERE, NOWHERE), catalog::rebuild, news -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
