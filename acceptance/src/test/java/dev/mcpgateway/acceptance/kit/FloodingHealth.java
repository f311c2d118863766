// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A health service that says once that it serves, and between {@link #begin} and {@link #end} as often as it is listened to,
 * in messages of 1 KB. Thread-safe.
 */
public final class FloodingHealth extends HealthGrpc.HealthImplBase {

    private static final int UNKNOWN_FIELD = 99;

    private final HealthCheckResponse serving = HealthCheckResponse.newBuilder()
            .setStatus(ServingStatus.SERVING)
            .setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            UNKNOWN_FIELD,
                            UnknownFieldSet.Field.newBuilder()
                                    .addLengthDelimited(ByteString.copyFrom(new byte[1_000]))
                                    .build())
                    .build())
            .build();
    private final Set<ServerCallStreamObserver<HealthCheckResponse>> watching = ConcurrentHashMap.newKeySet();
    private final AtomicLong said = new AtomicLong();
    private volatile boolean floods;

    public void begin() {
        floods = true;
        watching.forEach(this::flood);
    }

    public void end() {
        floods = false;
    }

    /** How many messages it has got rid of. */
    public long said() {
        return said.get();
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        ServerCallStreamObserver<HealthCheckResponse> stream = (ServerCallStreamObserver<HealthCheckResponse>) observer;
        stream.setOnCancelHandler(() -> watching.remove(stream));
        stream.setOnReadyHandler(() -> flood(stream));
        watching.add(stream);
        say(stream);
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        observer.onNext(serving);
        observer.onCompleted();
    }

    private void flood(ServerCallStreamObserver<HealthCheckResponse> stream) {
        synchronized (stream) { // an observer is no more thread-safe than that
            while (floods && stream.isReady() && !stream.isCancelled()) {
                say(stream);
            }
        }
    }

    private void say(ServerCallStreamObserver<HealthCheckResponse> stream) {
        stream.onNext(serving);
        said.incrementAndGet();
    }
}
