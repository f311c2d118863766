// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.MessageLite;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.ProviderException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call in one connection, started on the caller's thread and answered on the event loop's. It leaves the connection
 * when it ends, whichever way.
 *
 * <p>The deadline is the gateway's, which cancels: the provider is told of it in {@code grpc-timeout}, written by hand,
 * because gRPC's own deadline would be a second timer for every call.
 */
final class Call<T> extends ClientCall.Listener<byte[]> implements Runnable {

    static final Metadata.Key<String> CORRELATION_ID =
            Metadata.Key.of("x-correlation-id", Metadata.ASCII_STRING_MARSHALLER);
    /** To read more than this takes the event loop from others. */
    private static final int LARGE = 64 * 1024;

    private static final Metadata.Key<Long> TIMEOUT = Metadata.Key.of("grpc-timeout", new Timeout());

    private final Connection connection;
    private final MethodDescriptor<MessageLite, byte[]> method;
    private final ResponseReader.Reader<T> reader;
    private final AnswerReaders.Line readers;
    private final CallContext context;
    private final ClientCall<MessageLite, byte[]> rpc;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private byte @Nullable [] message;
    private boolean hasTwo;
    private volatile boolean lostConnection;

    /**
     * @param connection one in which this call has its place taken
     * @param readers where its answer is read, if that is large
     */
    Call(
            Connection connection,
            MethodDescriptor<MessageLite, byte[]> method,
            ResponseReader.Reader<T> reader,
            AnswerReaders.Line readers,
            CallContext context) {
        this.connection = connection;
        this.method = method;
        this.reader = reader;
        this.readers = readers;
        this.context = context;
        this.rpc = connection.channel().newCall(method, CallOptions.DEFAULT);
    }

    CompletionStage<T> start(MessageLite request) {
        int size = request.getSerializedSize();
        long nanos = context.remaining().toNanos();
        if (size > Contract.MESSAGE_LIMIT || nanos <= 0) {
            connection.leave();
            return CompletableFuture.failedFuture((nanos <= 0 ? Fault.timedOut() : tooLarge(size)).exception());
        }
        Metadata headers = new Metadata();
        headers.put(CORRELATION_ID, context.correlationId());
        headers.put(TIMEOUT, nanos);
        rpc.start(this, headers);
        rpc.request(2); // a second message would break the contract: ask, in order to see it
        rpc.sendMessage(request);
        rpc.halfClose();
        context.onCancel(this); // not before: gRPC takes nothing more after a cancellation
        return answer;
    }

    /** Whether it failed since the connection that it was in broke, and not because of anything that was answered. */
    boolean lostConnection() {
        return lostConnection;
    }

    /** Cancelled, or out of time. */
    @Override
    public void run() {
        rpc.cancel("not waited for any more", null);
        if (context.remaining().isZero()) {
            connection.suspect();
        }
    }

    @Override
    public void onMessage(byte[] received) {
        connection.heard();
        connection.answered();
        hasTwo |= message != null;
        message = received;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!context.isCancelled()) { // else this may be the echo of our own cancellation
            connection.heard();
        }
        connection.leave();
        if (!status.isOk()) {
            lostConnection = connection.wasReady() && Fault.isOfConnection(status);
            if (status.getCode() == Status.Code.UNAVAILABLE) {
                connection.unavailable();
            }
            answer.completeExceptionally(
                    Fault.of(status, method.getBareMethodName()).exception());
            return;
        }
        byte[] received = message;
        message = null;
        if (received == null || received.length <= LARGE) {
            read(received);
            return;
        }
        try {
            readers.read(() -> read(received));
        } catch (RejectedExecutionException tooMany) {
            answer.completeExceptionally(
                    new Fault(ProviderException.Code.RESOURCE_EXHAUSTED, "returned more large answers than can be read")
                            .exception());
        }
    }

    private void read(byte @Nullable [] received) {
        if (context.isCancelled()) {
            answer.cancel(false); // nobody looks at it
            return;
        }
        try {
            if (received == null || hasTwo) {
                throw Fault.unusable(received == null ? "sent no answer" : "sent more than one answer")
                        .exception();
            }
            answer.complete(reader.read(received));
        } catch (IOException e) {
            answer.completeExceptionally(Fault.unusable("sent an answer that is no message of provider.v1")
                    .exception());
        } catch (RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }

    private static Fault tooLarge(int size) {
        return new Fault(
                ProviderException.Code.RESOURCE_EXHAUSTED,
                "was not called: the call has " + size + " bytes, more than the limit of " + Contract.MESSAGE_LIMIT
                        + " bytes");
    }

    /** At most eight digits and a unit (gRPC over HTTP/2, Timeout). */
    private static final class Timeout implements Metadata.AsciiMarshaller<Long> {

        private static final long EIGHT_DIGITS = 99_999_999;

        @Override
        public String toAsciiString(Long nanos) {
            long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos));
            return micros <= EIGHT_DIGITS
                    ? micros + "u"
                    : Math.min(EIGHT_DIGITS, TimeUnit.NANOSECONDS.toMillis(nanos)) + "m";
        }

        @Override
        public Long parseAsciiString(String serialized) {
            throw new UnsupportedOperationException("sent only");
        }
    }
}
