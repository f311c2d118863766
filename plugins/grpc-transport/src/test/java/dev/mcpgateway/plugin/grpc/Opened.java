// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.plugin.grpc.fake.FakePluginContext;
import dev.mcpgateway.plugin.grpc.fake.FakeProviderContext;
import dev.mcpgateway.testing.FakeCall;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** The plugin with one open provider, and the gateway's side of both. */
final class Opened implements AutoCloseable {

    final FakePluginContext plugin = new FakePluginContext();
    final FakeProviderContext context = new FakeProviderContext();
    final GrpcTransport transport;
    final Provider provider;

    Opened(String address) throws Exception {
        this(FakeConfig.at(address));
    }

    Opened(FakeConfig config) throws Exception {
        this(config, InetAddress::getAllByName);
    }

    Opened(FakeConfig config, Addresses.Lookup lookup) throws Exception {
        transport = new GrpcTransport(lookup);
        provider = (Provider) transport.providerTypes(plugin).getFirst().open(config, context);
    }

    Capabilities capabilities() throws Exception {
        return get(provider.capabilities(FakeCall.inNoHurry()));
    }

    Capabilities capabilitiesWithin(Duration time) throws Exception {
        return get(provider.capabilities(FakeCall.within(time)));
    }

    ToolResult call(String tool, String arguments) throws Exception {
        return get(start(tool, arguments));
    }

    CompletionStage<ToolResult> start(String tool, String arguments) {
        return start(tool, arguments, FakeCall.inNoHurry());
    }

    CompletionStage<ToolResult> start(String tool, String arguments, FakeCall call) {
        return provider.callTool(tool, Json.ofUtf8(arguments.getBytes(StandardCharsets.UTF_8)), call);
    }

    /** The gateway asks an unavailable provider for its capabilities every half second: so does this, until it answers. */
    Capabilities discover() {
        return await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(ProviderException.class)
                .until(() -> get(provider.capabilities(FakeCall.within(Duration.ofMillis(2_500)))), answer -> true);
    }

    static <T> T get(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    static String text(Json json) {
        return StandardCharsets.UTF_8.decode(json.utf8()).toString();
    }

    @Override
    public void close() {
        provider.close();
        transport.close();
        plugin.close();
    }
}
