// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.Empty;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.ProviderException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks a provider what it offers. A connection that breaks meanwhile is no news about the provider while another one is
 * being dialled in its place: the question goes out again there. Nothing is changed by asking twice.
 */
final class Question {

    /** A server that ends each connection must not be asked in a loop. */
    private static final int MOST_TIMES = 3;

    private final ConnectionMonitor lifeline;
    private final AnswerReaders.Line readers;
    private final CallContext context;
    private final CompletableFuture<Capabilities> answer = new CompletableFuture<>();
    private int times; // of one after the other

    Question(ConnectionMonitor lifeline, AnswerReaders.Line readers, CallContext context) {
        this.lifeline = lifeline;
        this.readers = readers;
        this.context = context;
    }

    CompletionStage<Capabilities> ask() {
        Connection connection;
        try {
            connection = lifeline.connections().takeFirst(); // dials where the last attempt failed
        } catch (ProviderException closed) {
            answer.completeExceptionally(closed);
            return answer;
        }
        times++;
        Call<Capabilities> call =
                new Call<>(connection, Contract.LIST_CAPABILITIES, CapabilitiesReader::read, readers, context);
        call.start(Empty.getDefaultInstance()).whenComplete((found, thrown) -> ended(call, found, thrown));
        return answer;
    }

    private void ended(Call<Capabilities> call, @Nullable Capabilities found, @Nullable Throwable thrown) {
        if (thrown == null) {
            answer.complete(found);
        } else if (call.lostConnection() && times < MOST_TIMES && !context.isCancelled()) {
            lifeline.afterwards(() -> askAgain(thrown));
        } else {
            answer.completeExceptionally(thrown);
        }
    }

    private void askAgain(Throwable thrown) {
        if (lifeline.refusal() == null) { // it is being dialled again
            ask();
        } else {
            answer.completeExceptionally(thrown);
        }
    }
}
