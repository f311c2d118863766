// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;

/**
 * Follows what a provider's health service says in one connection (grpc.health.v1, Watch, for the service with the empty
 * name); only NOT_SERVING counts against it. Being the first call there, it is also what dials, and what learns why a
 * connection could not be made.
 *
 * <p>It is looked at ten times a second. What was said in between is only counted: past a share of it nothing more is asked
 * for until the next look, and the flow control of HTTP/2 holds the service back.
 *
 * <p>The watch takes up a stream for as long as it lasts. Where the server permits so few of them that the next call has
 * to wait for it, the watch gives way.
 */
final class HealthWatch extends ClientCall.Listener<byte[]> {

    /** Told on any thread. */
    interface Events {
        void serving(HealthWatch watch);

        void notServing(HealthWatch watch);

        /** @param status why; of the health service, or of the connection */
        void ended(HealthWatch watch, Status status);
    }

    /** HealthCheckRequest with the empty service name, which is no bytes at all. */
    private static final MessageLite WHOLE_SERVER = Empty.getDefaultInstance();

    private static final int STATUS_FIELD = 1; // of HealthCheckResponse
    static final int NOT_SERVING = 2;

    static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final int MOST_AT_A_LOOK = 1_000;
    private static final int MOST_BYTES_AT_A_LOOK = 64 * 1024;

    /** A few bytes are what the health protocol has. */
    private static final int MESSAGE_LIMIT = 4 * 1024;

    private static final CallOptions SHORT = CallOptions.DEFAULT.withMaxInboundMessageSize(MESSAGE_LIMIT);

    /** Sending a call's headers takes microseconds; what takes this long is held back. */
    private static final Duration HELD_BACK = Duration.ofMillis(100);

    private static final Duration ROOM_MADE = Duration.ofMillis(10);

    private final Connection connection;
    private final EventLoop loop;
    private final Events events;
    private final ClientCall<MessageLite, byte[]> rpc;
    private boolean knowsItHasRoom; // this and below on the loop
    private boolean isLookDue;
    private boolean isUntold;
    private boolean isHeldBack;
    private boolean saysNotServing;
    private int taken; // since the last look, as are the bytes
    private int bytesTaken;
    private volatile boolean stopped;

    HealthWatch(Connection connection, EventLoop loop, Events events) {
        this.connection = connection;
        this.loop = loop;
        this.events = events;
        this.rpc = connection.channel().newCall(Contract.HEALTH_WATCH, SHORT.withStreamTracerFactory(new Sending()));
    }

    void start() {
        rpc.start(this, new Metadata());
        rpc.request(1);
        rpc.sendMessage(WHOLE_SERVER);
        rpc.halfClose();
    }

    /** Ends it; nothing is told any more. */
    void stop() {
        stopped = true;
        rpc.cancel("not needed any more", null);
    }

    /** Whether it was ended, or has given way. */
    boolean hasStopped() {
        return stopped;
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void onMessage(byte[] message) {
        connection.heard();
        if (stopped) {
            return;
        }
        saysNotServing = status(message) == NOT_SERVING;
        isUntold = true;
        if (!isLookDue) {
            tell();
        }
        bytesTaken += message.length;
        if (++taken < MOST_AT_A_LOOK && bytesTaken < MOST_BYTES_AT_A_LOOK) {
            rpc.request(1);
        } else {
            isHeldBack = true;
        }
    }

    private void look() {
        isLookDue = false;
        taken = 0;
        bytesTaken = 0;
        if (stopped) {
            return;
        }
        if (isUntold) {
            tell();
        }
        if (isHeldBack) {
            isHeldBack = false;
            rpc.request(1);
        }
    }

    private void tell() {
        isUntold = false;
        isLookDue = true;
        loop.after(BETWEEN_LOOKS, this::look);
        if (saysNotServing) {
            events.notServing(this);
            return;
        }
        events.serving(this);
        if (!knowsItHasRoom) {
            knowsItHasRoom = true;
            giveWayToCallsHeldBack();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!stopped) {
            if (isUntold) {
                tell();
            }
            events.ended(this, status);
        }
    }

    private void giveWayToCallsHeldBack() {
        Departure departure = new Departure();
        check(connection, SHORT.withStreamTracerFactory(departure), new ClientCall.Listener<>() {});
        loop.after(HELD_BACK, () -> {
            if (!departure.departed) {
                stop();
                // The calls that get the stream now lie in a buffer until something else is sent (Netty 4.2).
                loop.after(ROOM_MADE, () -> check(connection, SHORT, new ClientCall.Listener<>() {}));
            }
        });
    }

    /** Asks the health service once. */
    static ClientCall<MessageLite, byte[]> check(Connection connection, ClientCall.Listener<byte[]> listener) {
        return check(connection, SHORT, listener);
    }

    private static ClientCall<MessageLite, byte[]> check(
            Connection connection, CallOptions options, ClientCall.Listener<byte[]> listener) {
        ClientCall<MessageLite, byte[]> check = connection.channel().newCall(Contract.HEALTH_CHECK, options);
        check.start(listener, new Metadata());
        check.request(1);
        check.sendMessage(WHOLE_SERVER);
        check.halfClose();
        return check;
    }

    /** What it cannot read counts as UNKNOWN. */
    static int status(byte[] message) {
        CodedInputStream input = CodedInputStream.newInstance(message);
        int status = 0;
        try {
            for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
                if (tag == (STATUS_FIELD << 3 | WireFormat.WIRETYPE_VARINT)) {
                    status = input.readEnum();
                } else {
                    input.skipField(tag);
                }
            }
        } catch (IOException notAMessage) {
            return 0;
        }
        return status;
    }

    /** Sees when the watch is sent, which is when the connection has been made. */
    private final class Sending extends ClientStreamTracer.Factory {

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transport, Metadata sent) {
                    connection.reached();
                }
            };
        }
    }

    /** Sees when a call's headers leave this machine. */
    private static final class Departure extends ClientStreamTracer.Factory {

        private volatile boolean departed;

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    departed = true;
                }
            };
        }
    }
}
