// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.transport.ReplyStatus;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Between a request's head and the gateway's word that it is let in. */
class LettingInTest {

    @Test
    void nothing_of_a_body_is_asked_for_before_the_gateway_lets_it_in() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            CompletableFuture<Void> pass = new CompletableFuture<>();
            door.gateway.pass = pass;
            String request = peer.post("Expect: 100-continue\r\n", "{\"a\":1}");
            int body = request.indexOf("{");
            peer.send(request.substring(0, body));
            FakeGateway.Taken taken = door.taken();
            assertThat(taken.reserved).isEmpty();
            pass.complete(null);
            assertThat(peer.head().status()).isEqualTo(100);
            peer.send(request.substring(body));
            assertThat(peer.answer().body()).isEqualTo("{\"a\":1}");
            assertThat(taken.thread).startsWith("gateway-");
            assertThat(peer.ask(peer.post("", "{\"a\":2}")).body()).isEqualTo("{\"a\":2}");
        }
    }

    @Test
    void a_request_that_is_refused_at_its_head_is_answered_without_its_body() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBegun = taken -> taken.reply.end(
                    ReplyStatus.FORBIDDEN, Map.of("WWW-Authenticate", "Bearer"), FakeGateway.utf8("{}"));
            String request = peer.post("Expect: 100-continue\r\n", "{\"a\":1}");
            Peer.Answer answer = peer.ask(request.substring(0, request.indexOf("{")));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(peer.isClosed()).isTrue();
            assertThat(door.taken().reserved).isEmpty();
            Door.until(() -> door.taken().ended.get() == 1);
        }
    }

    @Test
    void a_client_that_goes_before_it_is_let_in_is_told_of_then() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            CompletableFuture<Void> pass = new CompletableFuture<>();
            door.gateway.pass = pass;
            door.gateway.whenBegun = taken -> {};
            peer.send(peer.request("GET", "/mcp", "", ""));
            FakeGateway.Taken taken = door.taken();
            peer.close();
            Door.until(() -> door.transport.connections() == 0);
            pass.complete(null);
            taken.gone.get(Door.LONG.toSeconds(), TimeUnit.SECONDS);
            Door.until(() -> taken.ended.get() == 1);
        }
    }

    @Test
    void a_gateway_that_fails_against_its_word_is_answered_for() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.pass = CompletableFuture.failedFuture(new RejectedExecutionException("test"));
            assertThat(peer.ask(peer.post("", "{}")).status()).isEqualTo(500);
        }
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBegun = taken -> {
                throw new IllegalStateException("test");
            };
            assertThat(peer.ask(peer.post("", "{}")).status()).isEqualTo(500);
        }
    }
}
