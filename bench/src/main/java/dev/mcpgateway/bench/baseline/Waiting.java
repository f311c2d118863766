// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.baseline;

import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.InvokeResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.LockSupport;

/** The answers that the calling thread waits for, one at a time. */
final class Waiting implements StreamObserver<InvokeResponse> {

    private final InvokeRequest request;
    private final Thread caller = Thread.currentThread();
    private volatile boolean answered;

    Waiting(InvokeRequest request) {
        this.request = request;
    }

    void expect() {
        answered = false;
    }

    void await() {
        while (!answered) {
            LockSupport.park(this);
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
        answered = true;
        LockSupport.unpark(caller);
    }
}
