// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import dev.mcpgateway.plugin.grpc.tls.Tls;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * Knows how one provider is dialled. A channel that it makes dials when it is first used. Thread-safe.
 *
 * @param addresses of a name that has several; else null
 * @param tls null for plain text; it is never a matter of what the other side speaks
 * @param blocking where host names are looked up
 */
record Dialer(
        Address address,
        @Nullable Addresses addresses,
        @Nullable Tls tls,
        EventLoop loop,
        Executor blocking) {

    /** After this without an answer from the network a connection cannot be had. */
    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** After this without an acknowledgement of what was sent, Linux gives a TCP connection up. */
    private static final Duration NO_ACKNOWLEDGEMENT = Duration.ofSeconds(10);

    /**
     * What servers permit where nobody configured them is a ping every 5 minutes: one that comes more often ends the
     * connection (gRPC's A8, "too_many_pings"). A dead connection is noticed much earlier than by this: see {@link LivenessProbe}.
     */
    private static final Duration PING_EVERY = Duration.ofSeconds(310);

    private static final Duration PING_ANSWERED_WITHIN = Duration.ofSeconds(10);

    /** Connections beyond the first are closed after this without a call. */
    private static final Duration UNUSED = Duration.ofSeconds(60);

    /** A fixed window: gRPC's automatic one pings at every call to measure the connection. */
    private static final int WINDOW = 2 * 1024 * 1024;

    /** Says at warning level, at each attempt, that a host was not found: the call that needed it says so too. */
    private static final Logger RESOLUTION = Logger.getLogger("io.grpc.internal.ManagedChannelImpl");

    static {
        RESOLUTION.setLevel(Level.SEVERE);
    }

    /**
     * @param stays whether the connection is kept while nobody calls
     * @throws dev.mcpgateway.api.ProviderException when nothing can be dialled, for want of usable TLS files
     */
    ManagedChannel dial(boolean stays) {
        return protectedBuilder()
                .directExecutor()
                .offloadExecutor(blocking)
                .proxyDetector(Dialer::direct)
                .disableRetry()
                .disableServiceConfigLookUp()
                .maxTraceEvents(0)
                .maxInboundMessageSize(Contract.MESSAGE_LIMIT)
                .maxInboundMetadataSize(Contract.HEADERS_LIMIT)
                .flowControlWindow(WINDOW)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        (addresses == null ? CONNECT : Addresses.CONNECT).toMillis())
                .keepAliveTime(PING_EVERY.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(PING_ANSWERED_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .idleTimeout(stays ? 365 : UNUSED.toSeconds(), stays ? TimeUnit.DAYS : TimeUnit.SECONDS)
                .build();
    }

    /** @param action run when connections that were made before should be replaced */
    void onChange(Runnable action) {
        if (addresses != null) {
            addresses.onChange(action);
        }
        if (tls != null) {
            tls.onChange(action);
        }
    }

    /** Ends the watching of whatever connections depend on, not the connections. */
    void close() {
        if (addresses != null) {
            addresses.close();
        }
        if (tls != null) {
            tls.close();
        }
    }

    private NettyChannelBuilder protectedBuilder() {
        NettyChannelBuilder builder = builder();
        if (tls == null) {
            return builder.usePlaintext();
        }
        tls.secure(builder);
        return builder;
    }

    private NettyChannelBuilder builder() {
        if (addresses != null) {
            return loop.tcp(addresses.channel(), NO_ACKNOWLEDGEMENT);
        }
        if (address instanceof Address.Ip ip) {
            return loop.tcp(NettyChannelBuilder.forAddress(ip.address()), NO_ACKNOWLEDGEMENT);
        }
        if (address instanceof Address.Host host) {
            return loop.tcp(NettyChannelBuilder.forTarget(host.target()), NO_ACKNOWLEDGEMENT);
        }
        Path socket = ((Address.UnixSocket) address).path();
        return withoutTcpOptions(loop.unix(socket))
                // A path is no authority to servers that check it. It is also the name that a certificate must have.
                .overrideAuthority("localhost");
    }

    /** Providers stand on this machine or in a network of ours: a proxy meant for the web must not see their calls. */
    @NullUnmarked
    private static io.grpc.ProxiedSocketAddress direct(java.net.SocketAddress target) {
        return null;
    }

    /** gRPC asks for SO_KEEPALIVE on every socket, and Netty warns at each that does not know it; null takes it away. */
    @NullUnmarked
    private static NettyChannelBuilder withoutTcpOptions(NettyChannelBuilder builder) {
        return builder.withOption(ChannelOption.SO_KEEPALIVE, null);
    }
}
