// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.plugin.grpc.tls.Tls;
import dev.mcpgateway.provider.v1.Capabilities;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offers the provider type {@code grpc}: providers in any language behind {@code provider.v1}
 * (proto/provider/v1/provider.proto), over TCP or a Unix socket. Thread-safe.
 */
public final class GrpcTransport implements GatewayPlugin {

    private final Addresses.@Nullable Lookup lookup;

    @GuardedBy("this") private @Nullable EventLoop loop;

    @GuardedBy("this") private @Nullable Workers workers;

    /** For the manifest's {@code Plugin-Class}. */
    public GrpcTransport() {
        this(null);
    }

    /** @param lookup who knows the addresses of {@code dns:///} names; null for the JVM */
    GrpcTransport(Addresses.@Nullable Lookup lookup) {
        this.lookup = lookup;
    }

    @Override
    public List<ProviderType> providerTypes(PluginContext context) {
        workers(context).blocking().execute(GrpcTransport::warmUp);
        return List.of(new Grpc(context));
    }

    /** Classes that the first provider needs, made ready while the gateway still looks at its plugins. */
    private static void warmUp() {
        Epoll.isAvailable();
        Capabilities.getDefaultInstance();
        Contract.LIST_CAPABILITIES.getFullMethodName();
    }

    /** Returns when its threads have ended. */
    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.close();
            loop = null;
        }
        if (workers != null) {
            workers.close();
            workers = null;
        }
    }

    /** Made for the first provider: an event loop costs a thread, and Netty's start. */
    private synchronized EventLoop loop(PluginContext context) {
        if (loop == null) {
            loop = new EventLoop(context.threadFactory());
        }
        return loop;
    }

    private synchronized Workers workers(PluginContext context) {
        if (workers == null) {
            workers = new Workers(context.threadFactory());
        }
        return workers;
    }

    private final class Grpc implements ProviderType {

        private final PluginContext plugin;

        Grpc(PluginContext plugin) {
            this.plugin = plugin;
        }

        @Override
        public String name() {
            return "grpc";
        }

        @Override
        public GrpcProvider open(ProviderConfig config, ProviderContext context) {
            Address address = address(config);
            refuseWhatIsNotKnown(config);
            Addresses addresses = address instanceof Address.Name name
                    ? Addresses.of(
                            name,
                            lookup == null ? InetAddress::getAllByName : lookup,
                            plugin.scheduler(),
                            workers(plugin).blocking())
                    : null;
            Dialer dialer = new Dialer(
                    address,
                    addresses,
                    tls(config, context),
                    loop(plugin),
                    workers(plugin).blocking());
            ConnectionMonitor lifeline =
                    new ConnectionMonitor(dialer, config.connections(), config.callsPerConnection(), context);
            lifeline.reconnect();
            return new GrpcProvider(lifeline, workers(plugin).readers().line());
        }

        private static Address address(ProviderConfig config) {
            return config.address()
                    .map(Address::parse)
                    .orElseThrow(
                            () -> new IllegalArgumentException(
                                    "type 'grpc' needs an address: (host:port, dns:///name:port or unix:/path) or a command: that starts the provider"));
        }

        private @Nullable Tls tls(ProviderConfig config, ProviderContext context) {
            return config.tls().isPresent()
                    ? Tls.of(
                            config.tls().get(),
                            plugin.scheduler(),
                            workers(plugin).blocking(),
                            context.logger())
                    : null;
        }

        private static void refuseWhatIsNotKnown(ProviderConfig config) {
            if (!config.settings().isEmpty()) {
                throw new IllegalArgumentException("settings: type 'grpc' has none, and there is '"
                        + config.settings().keySet().iterator().next() + "': remove it");
            }
        }
    }
}
