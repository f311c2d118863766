// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * One question to a health service that cannot be watched: some serve Check only. What is no clear NOT_SERVING, no answer
 * in 2.5 s for one, does not count against the provider.
 */
final class HealthCheck extends ClientCall.Listener<byte[]> {

    private static final Duration PATIENCE = Duration.ofMillis(2_500);

    private final Consumer<Boolean> answer;
    private boolean serves = true;

    private HealthCheck(Consumer<Boolean> answer) {
        this.answer = answer;
    }

    /** @param answer told once, on any thread, whether the provider serves */
    static void ask(Connection connection, EventLoop loop, Consumer<Boolean> answer) {
        ClientCall<MessageLite, byte[]> check = HealthWatch.check(connection, new HealthCheck(answer));
        loop.after(PATIENCE, () -> check.cancel("not waited for any more", null));
    }

    @Override
    public void onMessage(byte[] message) {
        serves = HealthWatch.status(message) != HealthWatch.NOT_SERVING;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        answer.accept(serves || !status.isOk());
    }
}
