// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;

/**
 * Finds out whether a connection in which a call ran out of time still leads anywhere: its health service is asked, and
 * any sign of life within 5 s will do, also "unimplemented", also the answer to another call.
 *
 * <p>HTTP/2's own ping would be the obvious means. Servers with their default settings permit one in 5 minutes and end
 * the connection of who pings more often; questions to the health service they do not count.
 */
final class LivenessProbe extends ClientCall.Listener<byte[]> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Connection connection;

    private LivenessProbe(Connection connection) {
        this.connection = connection;
    }

    /**
     * To be called on the event loop's thread.
     *
     * @param dead run there when nothing was heard
     */
    static void take(Connection connection, EventLoop loop, Runnable dead) {
        if (connection.isSilent()) {
            return; // is being taken
        }
        connection.listen();
        ClientCall<MessageLite, byte[]> check = HealthWatch.check(connection, new LivenessProbe(connection));
        loop.after(PATIENCE, () -> {
            if (connection.isSilent()) {
                dead.run();
            } else {
                check.cancel("not needed any more", null);
            }
        });
    }

    @Override
    public void onHeaders(Metadata headers) {
        connection.heard();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        connection.heard();
    }
}
