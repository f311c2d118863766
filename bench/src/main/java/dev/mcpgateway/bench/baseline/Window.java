// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.baseline;

import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import dev.mcpgateway.provider.v1.ProviderGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps a number of calls in flight: each answer starts the next call, on the thread that brings it. */
final class Window {

    private final ProviderGrpc.ProviderStub provider;
    private final InvokeRequest request;
    private final long[] nanos;
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch answered;

    /** @param nanos receives how long each call took */
    Window(ProviderGrpc.ProviderStub provider, InvokeRequest request, long[] nanos) {
        this.provider = provider;
        this.request = request;
        this.nanos = nanos;
        answered = new CountDownLatch(nanos.length);
    }

    void run(int inFlight) throws InterruptedException {
        for (int i = 0; i < inFlight; i++) {
            new Place().next();
        }
        answered.await();
    }

    private final class Place implements StreamObserver<InvokeResponse> {

        private int call;
        private long begin;

        void next() {
            call = started.getAndIncrement();
            if (call < nanos.length) {
                begin = System.nanoTime();
                provider.invoke(request, this);
            }
        }

        @Override
        public void onNext(InvokeResponse response) {
            if (!response.getResult().getValue().equals(request.getPayload().getValue())) {
                BareClient.fail(new IllegalStateException("not an echo: " + response));
            }
        }

        @Override
        public void onError(Throwable failure) {
            BareClient.fail(failure);
        }

        @Override
        public void onCompleted() {
            nanos[call] = System.nanoTime() - begin;
            answered.countDown();
            next();
        }
    }
}
