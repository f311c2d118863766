// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.GetPromptRequest;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.Json;
import dev.mcpgateway.provider.v1.ProviderGrpc;
import dev.mcpgateway.provider.v1.ReadResourceRequest;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import dev.mcpgateway.provider.v1.Tool;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A provider that does what a test tells it to, as a real gRPC server on the loopback interface. Tools, their scripts,
 * discovery and health may be changed at any time, also while calls are in flight. Thread-safe.
 */
public final class HostileProvider implements AutoCloseable {

    private static final int LONGEST_MESSAGE =
            (10 << 20) + (1 << 20); // more than the gateway's, so that it is the judge
    private static final String ANY_OBJECT = "{\"type\":\"object\"}";

    private final Map<String, Tool> tools = new LinkedHashMap<>();
    private final Map<String, Script<InvokeRequest, InvokeResponse>> scripts = new LinkedHashMap<>();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger discoveries = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("hostile-provider-", 0).factory());
    private final HealthStatusManager health = new HealthStatusManager();
    private final UnaryOperator<ServerServiceDefinition> disguise;
    private final Consumer<NettyServerBuilder> options;
    private final Optional<BindableService> ownHealth;
    private final int port;
    private volatile Script<Empty, Capabilities> discovery = (request, reply) -> succeed(reply, capabilities());
    private volatile Script<ReadResourceRequest, ReadResourceResponse> reading = status(Status.UNIMPLEMENTED);
    private volatile Script<GetPromptRequest, GetPromptResponse> filling = status(Status.UNIMPLEMENTED);
    private volatile Server server;

    /** What happens to one call. Runs on a thread of its own and may block; it answers, fails or forgets the reply. */
    @FunctionalInterface
    public interface Script<Q, R> {
        void play(Q request, StreamObserver<R> reply) throws Exception;
    }

    /** Listens on a free port and offers nothing yet. */
    public static HostileProvider start() {
        return new HostileProvider(service -> service);
    }

    /** Speaks TLS, and nothing else. */
    public static HostileProvider startWithTls(SslContext tls) {
        return new HostileProvider(service -> service, builder -> builder.sslContext(tls));
    }

    /** The same methods as a service of another name, e.g. {@code provider.v2.Provider}; health is served as usual. */
    public static HostileProvider startAs(String service) {
        return new HostileProvider(original -> Disguise.of(original, service, ""));
    }

    /** The service without one of its methods, as a provider that was built from an older contract would be. */
    public static HostileProvider startWithout(String method) {
        return new HostileProvider(original ->
                Disguise.of(original, original.getServiceDescriptor().getName(), method));
    }

    /** With a health service of its own instead of one that {@link #health(ServingStatus)} changes. */
    public static HostileProvider startWithHealth(BindableService health) {
        return new HostileProvider(service -> service, builder -> {}, Optional.of(health));
    }

    private HostileProvider(UnaryOperator<ServerServiceDefinition> disguise) {
        this(disguise, builder -> {});
    }

    private HostileProvider(UnaryOperator<ServerServiceDefinition> disguise, Consumer<NettyServerBuilder> options) {
        this(disguise, options, Optional.empty());
    }

    private HostileProvider(
            UnaryOperator<ServerServiceDefinition> disguise,
            Consumer<NettyServerBuilder> options,
            Optional<BindableService> ownHealth) {
        this.disguise = disguise;
        this.options = options;
        this.ownHealth = ownHealth;
        server = listen(0);
        port = server.getPort();
    }

    // --- what it offers ---------------------------------------------------------------------------------------------

    /** Offers a tool that takes any object, or gives the one of this name another script. */
    public HostileProvider tool(String name, Script<InvokeRequest, InvokeResponse> script) {
        return tool(
                Tool.newBuilder().setName(name).setInputSchema(json(ANY_OBJECT)).build(), script);
    }

    /** Offers a tool, or replaces the one of its name. The gateway sees another definition at its next discovery. */
    public synchronized HostileProvider tool(Tool definition, Script<InvokeRequest, InvokeResponse> script) {
        tools.put(definition.getName(), definition);
        scripts.put(definition.getName(), script);
        return this;
    }

    /** What {@code ReadResource} does from now on; it is not implemented before. */
    public HostileProvider reading(Script<ReadResourceRequest, ReadResourceResponse> script) {
        reading = script;
        return this;
    }

    /** What {@code GetPrompt} does from now on; it is not implemented before. */
    public HostileProvider filling(Script<GetPromptRequest, GetPromptResponse> script) {
        filling = script;
        return this;
    }

    /** What {@code ListCapabilities} does from now on, instead of listing the tools. */
    public HostileProvider discovery(Script<Empty, Capabilities> script) {
        discovery = script;
        return this;
    }

    /** What the health service says from now on. */
    public HostileProvider health(ServingStatus status) {
        health.setStatus("", status);
        return this;
    }

    // --- scripts ----------------------------------------------------------------------------------------------------

    /** Answers with the arguments. */
    public static Script<InvokeRequest, InvokeResponse> echo() {
        return (request, reply) -> succeed(
                reply,
                InvokeResponse.newBuilder().setResult(request.getPayload()).build());
    }

    /** Answers with this JSON text. */
    public static Script<InvokeRequest, InvokeResponse> result(String json) {
        return response(InvokeResponse.newBuilder().setResult(json(json)).build());
    }

    /** Answers with these bytes as the JSON result, whatever they are. */
    public static Script<InvokeRequest, InvokeResponse> resultBytes(byte[] bytes) {
        return response(InvokeResponse.newBuilder()
                .setResult(Json.newBuilder().setValue(ByteString.copyFrom(bytes)))
                .build());
    }

    /** Answers with content blocks and no JSON. */
    public static Script<InvokeRequest, InvokeResponse> content(Content... blocks) {
        return response(
                InvokeResponse.newBuilder().addAllContent(List.of(blocks)).build());
    }

    /** Answers with exactly this message. */
    public static Script<InvokeRequest, InvokeResponse> response(InvokeResponse response) {
        return (request, reply) -> succeed(reply, response);
    }

    /** Fails with a gRPC status. */
    public static <Q, R> Script<Q, R> status(Status status) {
        return (request, reply) -> reply.onError(status.asException());
    }

    /** Never answers. */
    public static <Q, R> Script<Q, R> never() {
        return (request, reply) -> {};
    }

    /** Waits, then goes on; not at all once the provider is closed. */
    public <Q, R> Script<Q, R> after(Duration delay, Script<Q, R> then) {
        return (request, reply) -> {
            if (!closed.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
                then.play(request, reply);
            }
        };
    }

    /** JSON as the contract carries it. */
    public static Json json(String text) {
        return Json.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
    }

    // --- what it saw ------------------------------------------------------------------------------------------------

    /** {@code 127.0.0.1:PORT}; the same after {@link #goDown} and {@link #comeBack}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /** The line of a provider's entry that names this one. */
    public String entry() {
        return "address: \"" + address() + "\"";
    }

    /** How many tool calls have reached it. */
    public int received() {
        return received.get();
    }

    /** How many tool calls it has not answered and the gateway has not cancelled. */
    public int running() {
        return running.get();
    }

    /** The largest {@link #running} there ever was. */
    public int mostRunning() {
        return mostRunning.get();
    }

    /** How many tool calls the gateway cancelled. */
    public int cancelled() {
        return cancelled.get();
    }

    /** How many times it was asked for its capabilities. */
    public int discoveries() {
        return discoveries.get();
    }

    // --- its life ---------------------------------------------------------------------------------------------------

    /** Breaks every connection and stops listening. */
    public void goDown() {
        server.shutdownNow();
        awaitEnd();
    }

    /** Listens again, on the port it had. */
    public void comeBack() {
        server = listen(port);
    }

    @Override
    public void close() {
        closed.countDown();
        goDown();
        threads.shutdownNow();
    }

    private Server listen(int onPort) {
        try {
            NettyServerBuilder builder =
                    NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), onPort));
            options.accept(builder);
            return builder.executor(threads)
                    .maxInboundMessageSize(LONGEST_MESSAGE)
                    .permitKeepAliveTime(1, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .addService(disguise.apply(new Contract().bindService()))
                    .addService(ownHealth.orElseGet(health::getHealthService))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the provider's server did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private synchronized Capabilities capabilities() {
        return Capabilities.newBuilder()
                .addAllTools(tools.values())
                .setProviderVersion("hostile")
                .build();
    }

    private synchronized Script<InvokeRequest, InvokeResponse> script(String tool) {
        return scripts.getOrDefault(tool, status(Status.NOT_FOUND.withDescription("unknown tool \"" + tool + "\"")));
    }

    private static <R> void succeed(StreamObserver<R> reply, R response) {
        reply.onNext(response);
        reply.onCompleted();
    }

    private static <Q, R> void play(Script<Q, R> script, Q request, StreamObserver<R> reply) {
        try {
            script.play(request, reply);
        } catch (Exception e) {
            reply.onError(Status.INTERNAL.withDescription("script: " + e).asException());
        }
    }

    private final class Contract extends ProviderGrpc.ProviderImplBase {

        @Override
        public void listCapabilities(Empty request, StreamObserver<Capabilities> reply) {
            discoveries.incrementAndGet();
            HostileProvider.play(discovery, request, reply);
        }

        @Override
        public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> reply) {
            HostileProvider.play(script(request.getToolName()), request, new Counted(reply));
        }

        @Override
        public void readResource(ReadResourceRequest request, StreamObserver<ReadResourceResponse> reply) {
            HostileProvider.play(reading, request, reply);
        }

        @Override
        public void getPrompt(GetPromptRequest request, StreamObserver<GetPromptResponse> reply) {
            HostileProvider.play(filling, request, reply);
        }
    }

    /** A reply that counts its call until it is answered or cancelled. */
    private final class Counted implements StreamObserver<InvokeResponse> {

        private final ServerCallStreamObserver<InvokeResponse> reply;
        private final AtomicInteger open = new AtomicInteger(1);

        private Counted(StreamObserver<InvokeResponse> reply) {
            this.reply = (ServerCallStreamObserver<InvokeResponse>) reply;
            received.incrementAndGet();
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            this.reply.setOnCancelHandler(() -> {
                if (end()) {
                    cancelled.incrementAndGet();
                }
            });
        }

        @Override
        public void onNext(InvokeResponse response) {
            if (!reply.isCancelled()) {
                end(); // before the gateway can send the next
                reply.onNext(response);
            }
        }

        @Override
        public void onError(Throwable thrown) {
            if (!reply.isCancelled()) {
                end();
                reply.onError(thrown);
            }
        }

        @Override
        public void onCompleted() {
            if (!reply.isCancelled()) {
                end();
                reply.onCompleted();
            }
        }

        private boolean end() {
            boolean first = open.getAndSet(0) == 1;
            if (first) {
                running.decrementAndGet();
            }
            return first;
        }
    }
}
