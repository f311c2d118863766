// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Providers as the gateway has them, configured in this order, that offer what the test says. */
final class LiveProviders implements AutoCloseable, ProviderType {

    private static final String TYPE = "test";

    private final Deadlines deadlines = new Deadlines();
    private final Providers providers;
    private final Map<String, Scripted> scripted = new ConcurrentHashMap<>();

    /** @param offers what each provider offers at first */
    LiveProviders(Path folder, Consumer<List<Slot>> changed, Offer... offers) throws Exception {
        List<ProviderEntry> entries = new ArrayList<>();
        for (Offer offer : offers) {
            scripted.put(offer.name, new Scripted(offer.capabilities));
            entries.add(entry(offer.name, offer.prefix, folder));
        }
        providers = open(entries, folder, changed);
        providers.join("test-plugin", List.of(), List.of(this));
        providers.allPluginsJoined();
        providers.firstDiscovery().get(20, TimeUnit.SECONDS);
    }

    /** One provider. */
    record Offer(String name, String prefix, Capabilities capabilities) {

        Offer(String name, String prefix, List<Tool> tools) {
            this(name, prefix, Capabilities.builder().tools(tools).build());
        }

        static Offer of(String name, Capabilities capabilities) {
            return new Offer(name, name, capabilities);
        }

        static Offer of(String name, String... tools) {
            return new Offer(name, name, tools(tools));
        }

        static Offer withPrefix(String prefix, String name, String... tools) {
            return new Offer(name, prefix, tools(tools));
        }

        static List<Tool> tools(String... names) {
            return List.of(names).stream().map(name -> Tool.named(name).build()).toList();
        }
    }

    List<Slot> slots() {
        return providers.slots();
    }

    Slot slot(String name) {
        return slots().stream()
                .filter(slot -> slot.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void offer(String provider, List<Tool> tools) {
        offer(provider, Capabilities.builder().tools(tools).build());
    }

    void offer(String provider, Capabilities capabilities) {
        Scripted one = one(provider);
        one.capabilities = capabilities;
        one.context.join().changed();
    }

    /** What a provider offered is out of its own hands, and it says nothing of that. */
    void letGo(String provider) {
        one(provider).capabilities = Capabilities.of();
    }

    void down(String provider) {
        Scripted one = one(provider);
        one.isDown = true;
        one.context.join().down("connection refused");
    }

    void up(String provider) {
        Scripted one = one(provider);
        one.isDown = false;
        one.context.join().up();
    }

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public Provider open(ProviderConfig config, ProviderContext context) {
        Scripted one = one(config.name());
        one.context.complete(context);
        return one;
    }

    @Override
    public void close() {
        providers.close();
        deadlines.close();
    }

    private Scripted one(String provider) {
        return Optional.ofNullable(scripted.get(provider)).orElseThrow();
    }

    private Providers open(List<ProviderEntry> entries, Path folder, Consumer<List<Slot>> changed) throws IOException {
        RunFile runFile = new RunFile(folder, folder.resolve("providers.yaml"), folder);
        return new Providers(entries, deadlines, runFile, new ShutdownUrgency(), changed, news -> {});
    }

    private static ProviderEntry entry(String name, String prefix, Path folder) {
        return new ProviderEntry(
                name,
                TYPE,
                Optional.of("localhost:1"),
                List.of(),
                Map.of(),
                folder,
                true,
                Duration.ofMillis(2_500),
                15,
                1,
                10,
                Duration.ofSeconds(60),
                prefix,
                Optional.empty(),
                Map.of(),
                Map.of());
    }

    private static final class Scripted implements Provider {

        private final CompletableFuture<ProviderContext> context = new CompletableFuture<>();
        private volatile Capabilities capabilities;
        private volatile boolean isDown;

        Scripted(Capabilities capabilities) {
            this.capabilities = capabilities;
        }

        @Override
        public CompletionStage<Capabilities> capabilities(CallContext call) {
            if (isDown) {
                return CompletableFuture.failedFuture(new ProviderException(
                        ProviderException.Code.UNAVAILABLE, "is unavailable: connection refused"));
            }
            return CompletableFuture.completedFuture(capabilities);
        }

        @Override
        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
            return CompletableFuture.completedFuture(ToolResult.text(tool));
        }
    }
}
