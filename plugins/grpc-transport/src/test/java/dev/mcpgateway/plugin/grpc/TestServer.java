// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import dev.mcpgateway.provider.v1.ProviderGrpc;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real gRPC server, as a provider author would have it. */
final class TestServer implements AutoCloseable {

    private final HealthStatusManager health = new HealthStatusManager();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final List<Metadata> calls = new CopyOnWriteArrayList<>();
    private final Server server;
    private final SocketAddress socket;

    private TestServer(
            SocketAddress socket, boolean hasHealth, Consumer<NettyServerBuilder> options, BindableService... services)
            throws IOException {
        this.socket = socket;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(socket)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .channelType(
                        socket instanceof UnixDomainSocketAddress
                                ? NioServerDomainSocketChannel.class
                                : NioServerSocketChannel.class)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .maxInboundMessageSize(Contract.MESSAGE_LIMIT + 1024)
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        open.incrementAndGet();
                        opened.incrementAndGet();
                        return attributes;
                    }

                    @Override
                    public void transportTerminated(@Nullable Attributes attributes) {
                        if (attributes != null) { // null where it never was ready, as after a refused handshake
                            open.decrementAndGet();
                        }
                    }
                })
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        if (ProviderGrpc.SERVICE_NAME.equals(
                                call.getMethodDescriptor().getServiceName())) {
                            calls.add(headers);
                        }
                        return next.startCall(call, headers);
                    }
                });
        for (BindableService service : services) {
            builder.addService(service);
        }
        if (hasHealth) {
            builder.addService(health.getHealthService());
        }
        options.accept(builder);
        server = builder.build().start();
    }

    static TestServer start(BindableService service) throws IOException {
        return start(anyPort(), service);
    }

    static TestServer start(SocketAddress socket, BindableService service) throws IOException {
        return new TestServer(socket, true, builder -> {}, service);
    }

    static TestServer startWith(Consumer<NettyServerBuilder> options, BindableService service) throws IOException {
        return new TestServer(anyPort(), true, options, service);
    }

    static TestServer startWithoutHealth(BindableService... services) throws IOException {
        return new TestServer(anyPort(), false, builder -> {}, services);
    }

    static TestServer startWith(SocketAddress socket, Consumer<NettyServerBuilder> options, BindableService service)
            throws IOException {
        return new TestServer(socket, true, options, service);
    }

    static TestServer startOnUnixSocket(Path path, BindableService service) throws IOException {
        Files.deleteIfExists(path);
        return start(UnixDomainSocketAddress.of(path), service);
    }

    /** As providers.yaml has it. */
    String address() {
        return socket instanceof UnixDomainSocketAddress unix
                ? "unix:" + unix.getPath()
                : "localhost:" + server.getPort();
    }

    int port() {
        return server.getPort();
    }

    /** Where to start another server when this one is gone. */
    SocketAddress socket() {
        return socket instanceof UnixDomainSocketAddress
                ? socket
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    int openConnections() {
        return open.get();
    }

    int connectionsSoFar() {
        return opened.get();
    }

    /** The metadata of every call of provider.v1 so far. */
    List<Metadata> calls() {
        return List.copyOf(calls);
    }

    void reportServing(boolean serving) {
        health.setStatus("", serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    @Override
    public void close() throws InterruptedException, IOException {
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        loops.awaitTermination(5, TimeUnit.SECONDS);
        if (socket instanceof UnixDomainSocketAddress unix) {
            Files.deleteIfExists(unix.getPath());
        }
    }

    private static SocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
