// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.GetPromptRequest;
import dev.mcpgateway.provider.v1.GetPromptResponse;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.Json;
import dev.mcpgateway.provider.v1.ProviderGrpc;
import dev.mcpgateway.provider.v1.ReadResourceRequest;
import dev.mcpgateway.provider.v1.ReadResourceResponse;
import dev.mcpgateway.provider.v1.Tool;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A provider with the tools {@code echo.v1}, which answers at once, and {@code hold.v1}, which waits to be released. */
final class TestService extends ProviderGrpc.ProviderImplBase {

    private final Queue<Runnable> held = new ArrayDeque<>(); // guarded by itself
    private final AtomicInteger cancelled = new AtomicInteger();
    private volatile Optional<Duration> deadline = Optional.empty();
    volatile Capabilities capabilities = Capabilities.newBuilder()
            .setProviderVersion("1.2.3")
            .addTools(Tool.newBuilder().setName("echo.v1").setInputSchema(json("{\"type\":\"object\"}")))
            .build();
    volatile Function<InvokeRequest, InvokeResponse> invoke = TestService::echo;
    volatile Function<ReadResourceRequest, ReadResourceResponse> read = request -> {
        throw Status.NOT_FOUND.withDescription("no such resource").asRuntimeException();
    };
    volatile Function<GetPromptRequest, GetPromptResponse> prompt = request -> {
        throw Status.NOT_FOUND.withDescription("no such prompt").asRuntimeException();
    };

    static Json json(String text) {
        return Json.newBuilder().setValue(ByteString.copyFromUtf8(text)).build();
    }

    /** How many calls of {@code hold.v1} wait. */
    int held() {
        synchronized (held) {
            return held.size();
        }
    }

    void release() {
        synchronized (held) {
            held.forEach(Runnable::run);
            held.clear();
        }
    }

    /** How many calls of {@code hold.v1} were cancelled. */
    int cancelled() {
        return cancelled.get();
    }

    /** How much time the last call was given. */
    Optional<Duration> deadline() {
        return deadline;
    }

    @Override
    public void listCapabilities(Empty request, StreamObserver<Capabilities> observer) {
        answer(request, nothing -> capabilities, observer);
    }

    @Override
    public void invoke(InvokeRequest request, StreamObserver<InvokeResponse> observer) {
        deadline = Optional.ofNullable(Context.current().getDeadline())
                .map(at -> Duration.ofNanos(at.timeRemaining(TimeUnit.NANOSECONDS)));
        if (request.getToolName().equals("hold.v1")) {
            ((ServerCallStreamObserver<InvokeResponse>) observer).setOnCancelHandler(cancelled::incrementAndGet);
            synchronized (held) {
                held.add(() -> answer(request, invoke, observer));
            }
        } else {
            answer(request, invoke, observer);
        }
    }

    @Override
    public void readResource(ReadResourceRequest request, StreamObserver<ReadResourceResponse> observer) {
        answer(request, read, observer);
    }

    @Override
    public void getPrompt(GetPromptRequest request, StreamObserver<GetPromptResponse> observer) {
        answer(request, prompt, observer);
    }

    private static InvokeResponse echo(InvokeRequest request) {
        return InvokeResponse.newBuilder().setResult(request.getPayload()).build();
    }

    private static <Q, A> void answer(Q request, Function<Q, A> function, StreamObserver<A> observer) {
        A answer;
        try {
            answer = function.apply(request);
        } catch (RuntimeException e) {
            observer.onError(e);
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }
}
