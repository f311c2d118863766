// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.transport.ClientRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;

/** Reads one body into one buffer, which grows as the gateway has room for it. Runs on one thread at a time, and never waits. */
final class BodyReader {

    private static final int FIRST_STEP = 16 * 1024;

    private final Request request;
    private final Exchange exchange;
    private final ClientRequest client;
    private final ClientEndPoint connection;
    private final int limit;
    private final Executor executor;
    private final Runnable onAvailable = Invocable.from(InvocationType.NON_BLOCKING, () -> read(false));
    private ByteBuffer body = ByteBuffer.allocate(0);

    BodyReader(
            Request request,
            Exchange exchange,
            ClientRequest client,
            ClientEndPoint connection,
            int limit,
            Executor executor) {
        this.request = request;
        this.exchange = exchange;
        this.client = client;
        this.connection = connection;
        this.limit = limit;
        this.executor = executor;
    }

    /** To be called on a thread that may take as long as the gateway takes. */
    void begin() {
        exchange.beginBody();
        long announced = request.getLength();
        if (announced > 0 && !grow((int) announced)) {
            return;
        }
        read(true);
    }

    private void read(boolean mayTakeLong) {
        while (exchange.isOpen()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(onAvailable);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                fail(chunk.getFailure());
                return;
            }
            try {
                if (!take(chunk.getByteBuffer())) {
                    return;
                }
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                handOver(mayTakeLong);
                return;
            }
        }
    }

    private boolean take(ByteBuffer bytes) {
        int needed = body.position() + bytes.remaining();
        if (needed > limit) {
            exchange.refuse(Refusal.TOO_LARGE);
            return false;
        }
        if (needed > body.capacity()
                && !grow(Math.max(needed, Math.min(limit, Math.max(FIRST_STEP, 2 * body.capacity()))))) {
            return false;
        }
        body.put(bytes);
        return true;
    }

    private boolean grow(int capacity) {
        if (!client.reserve(capacity)) {
            exchange.refuse(Refusal.NO_ROOM);
            return false;
        }
        body = ByteBuffer.allocate(capacity).put(body.flip());
        return true;
    }

    private void fail(Throwable failure) {
        if (failure instanceof HttpException && !connection.isInputShutdown()) {
            exchange.refuse(Refusal.MALFORMED);
        } else {
            exchange.lose();
        }
    }

    private void handOver(boolean mayTakeLong) {
        exchange.endBody();
        ByteBuffer whole = body.flip();
        if (mayTakeLong) {
            client.body(whole);
        } else {
            executor.execute(() -> client.body(whole));
        }
    }
}
