// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.ReplyStatus;
import dev.mcpgateway.api.transport.RequestHandler;
import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.api.transport.TransportContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What a transport sees of a gateway: it remembers every request, and by default answers each message with itself. */
final class FakeGateway implements TransportContext, RequestHandler, AutoCloseable {

    static final int LIMIT = 100_000;

    final List<Taken> taken = new CopyOnWriteArrayList<>();
    final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("gateway-", 0).factory());
    volatile Consumer<Taken> whenBodyCame = Taken::echo;
    volatile Consumer<Taken> whenBegun = FakeGateway::answerTheBodiless;
    volatile CompletableFuture<Void> pass = CompletableFuture.completedFuture(null);
    volatile boolean hasRoom = true;
    volatile boolean isReady = true;

    /** One request, and all that the transport said of it. */
    static final class Taken implements ClientRequest {
        final RequestHead head;
        final Reply reply;
        final FakeGateway gateway;
        final List<Integer> reserved = new CopyOnWriteArrayList<>();
        final CompletableFuture<String> body = new CompletableFuture<>();
        final CompletableFuture<Long> gone = new CompletableFuture<>();
        final AtomicInteger ended = new AtomicInteger();
        final AtomicInteger goneCount = new AtomicInteger();
        volatile String thread = "";

        Taken(RequestHead head, Reply reply, FakeGateway gateway) {
            this.head = head;
            this.reply = reply;
            this.gateway = gateway;
        }

        void answer(String json) {
            answer(ReplyStatus.OK, json);
        }

        void answer(ReplyStatus status, String json) {
            reply.end(status, Map.of(), utf8(json));
        }

        void echo() {
            answer(body.join());
        }

        @Override
        public boolean reserve(int bytes) {
            reserved.add(bytes);
            return gateway.hasRoom;
        }

        @Override
        public void body(ByteBuffer whole) {
            thread = Thread.currentThread().getName();
            body.complete(StandardCharsets.UTF_8.decode(whole).toString());
            gateway.whenBodyCame.accept(this);
        }

        @Override
        public void gone() {
            goneCount.incrementAndGet();
            gone.complete(System.nanoTime());
        }

        @Override
        public void ended() {
            ended.incrementAndGet();
        }
    }

    static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void answerTheBodiless(Taken taken) {
        switch (taken.head.verb()) {
            case SEND -> {}
            case END -> taken.answer(ReplyStatus.ACCEPTED, "");
            default -> taken.answer(ReplyStatus.NOT_ALLOWED, "{}");
        }
    }

    @Override
    public CompletionStage<Optional<ClientRequest>> begin(RequestHead head, Reply reply) {
        Taken next = new Taken(head, reply, this);
        taken.add(next);
        whenBegun.accept(next);
        return pass.thenApply(yes -> Optional.of(next));
    }

    @Override
    public RequestHandler handler() {
        return this;
    }

    @Override
    public Executor executor() {
        return threads;
    }

    @Override
    public int messageLimit() {
        return LIMIT;
    }

    @Override
    public Health health() {
        return new Health() {
            @Override
            public boolean isReady() {
                return isReady;
            }

            @Override
            public int sessions() {
                return 3;
            }

            @Override
            public int streams() {
                return 2;
            }

            @Override
            public int connections() {
                return 1;
            }
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
