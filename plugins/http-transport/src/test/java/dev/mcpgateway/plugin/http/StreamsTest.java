// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.transport.MessageStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Server-sent events, asked for or begun while an answer takes long. */
class StreamsTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Door.LONG;
    private static final Duration TICK = Duration.ofMillis(25);

    private static MessageStream listen(Door door, Peer peer, String headers) throws Exception {
        CompletableFuture<MessageStream> begun = new CompletableFuture<>();
        door.gateway.whenBegun = taken -> begun.complete(
                taken.reply.stream(Map.of("Mcp-Session-Id", "abc")).orElseThrow());
        peer.send(peer.request("GET", "/mcp", headers, ""));
        return begun.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Accept: text/event-stream\r\n",
                "Accept: application/json, text/event-stream\r\n",
                "Accept: */*\r\n",
                "Accept: text/*;q=0.5\r\n",
                "Accept: application/json\r\nAccept: TEXT/event-stream\r\n"
            })
    void messages_come_as_events_in_their_order(String accept) throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, accept);
            Peer.Answer head = peer.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers())
                    .containsEntry("content-type", "text/event-stream")
                    .containsEntry("cache-control", "no-store")
                    .containsEntry("x-accel-buffering", "no")
                    .containsEntry("x-content-type-options", "nosniff")
                    .containsEntry("mcp-session-id", "abc");
            for (int i = 0; i < 1_000; i++) {
                assertThat(stream.send(FakeGateway.utf8("{\"n\":" + i + "}"))).isTrue();
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(peer.event()).isEqualTo("event: message\ndata: {\"n\":" + i + "}\n\n");
            }
            Door.until(() -> stream.unsent() == 0);
            stream.end();
            assertThat(stream.send(FakeGateway.utf8("{}"))).isFalse();
            assertThat(peer.event()).isEqualTo("retry: 1000\n\n");
            assertThat(peer.chunk()).isEmpty();
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(door.taken().goneCount).hasValue(0);
            assertThat(peer.ask(peer.request("GET", "/healthz", "", "")).status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "text/html, application/json",
                "text/event-stream;q=0",
                "text/event-streams",
                ""
            })
    void a_client_that_takes_no_stream_gets_none(String accept) throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBegun = taken -> {
                assertThat(taken.reply.stream(Map.of())).isEmpty();
                taken.answer("{}");
            };
            Peer.Answer answer = peer.ask(peer.request("GET", "/mcp", "Accept: " + accept + "\r\n", ""));
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIN", "RST", "half"})
    void a_client_that_leaves_a_quiet_stream_is_noticed(String how) throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, "");
            peer.head();
            long left = System.nanoTime();
            ConnectionsTest.leave(peer, how);
            long noticed = door.taken().gone.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(noticed - left)).isLessThan(Duration.ofSeconds(3));
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(stream.send(FakeGateway.utf8("{}"))).isFalse();
            stream.end();
            assertThat(door.taken().goneCount).hasValue(1);
            assertThat(door.taken().ended).hasValue(1);
        }
    }

    @Test
    void a_quiet_stream_is_kept_alive() throws Exception {
        Limits limits = new Limits(SHORT, SHORT, SHORT, LONG, SHORT, SHORT, LONG, LONG, TICK);
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, "");
            peer.head();
            for (int i = 0; i < 5; i++) {
                assertThat(peer.event()).isEqualTo(":\n\n");
            }
            stream.send(FakeGateway.utf8("{}"));
            assertThat(peer.event()).isIn(":\n\n", "event: message\ndata: {}\n\n");
        }
    }

    @Test
    void a_client_that_does_not_read_loses_its_stream_by_bytes() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, "");
            String message = "\"" + "x".repeat(100_000) + "\"";
            int sent = 0;
            while (stream.send(FakeGateway.utf8(message))) {
                sent++;
                assertThat(stream.unsent()).isLessThan(2 * Limits.UNSENT_BYTES);
                assertThat(sent).isLessThan(1_000);
            }
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(door.taken().goneCount).hasValue(1);
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @Test
    void a_client_that_does_not_read_loses_its_stream_by_time() throws Exception {
        Limits limits = new Limits(LONG, LONG, LONG, LONG, SHORT, LONG, LONG, LONG, TICK);
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, "");
            stream.send(FakeGateway.utf8("\"" + "x".repeat(20_000_000) + "\""));
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(stream.send(FakeGateway.utf8("{}"))).isFalse();
        }
    }

    @Test
    void an_answer_that_takes_long_is_begun_as_a_stream() throws Exception {
        Limits limits = new Limits(LONG, LONG, LONG, LONG, LONG, SHORT, SHORT, LONG, TICK);
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("Accept: application/json, text/event-stream\r\n", "{\"id\":1}"));
            Peer.Answer head = peer.head();
            assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(peer.event()).isEqualTo(":\n\n");
            assertThat(peer.event()).isEqualTo(":\n\n");
            door.taken().echo();
            String event = peer.event();
            while (event.equals(":\n\n")) {
                event = peer.event();
            }
            assertThat(event).isEqualTo("event: message\ndata: {\"id\":1}\n\n");
            assertThat(peer.chunk()).isEmpty();
            Door.until(() -> door.taken().ended.get() == 1);
            door.gateway.whenBodyCame = FakeGateway.Taken::echo;
            assertThat(peer.ask(peer.post("", "{}")).header("Content-Type")).isEqualTo("application/json");
        }
    }

    @Test
    void a_stream_may_still_be_asked_for_when_one_has_begun() throws Exception {
        Limits limits = new Limits(LONG, LONG, LONG, LONG, LONG, LONG, SHORT, LONG, TICK);
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{}"));
            peer.head();
            assertThat(peer.event()).isEqualTo(":\n\n");
            MessageStream stream = door.taken().reply.stream(Map.of()).orElseThrow();
            stream.send(FakeGateway.utf8("[1]"));
            assertThat(peer.event()).isEqualTo("event: message\ndata: [1]\n\n");
            door.taken().echo();
            stream.end();
            assertThat(peer.event()).isEqualTo("retry: 1000\n\n");
        }
    }

    @Test
    void an_answer_that_takes_long_stays_json_for_a_client_that_takes_only_that() throws Exception {
        Limits limits = new Limits(LONG, LONG, LONG, LONG, LONG, TICK, TICK, LONG, TICK);
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("Accept: application/json\r\n", "{}"));
            FakeGateway.Taken taken = door.taken();
            long start = System.nanoTime();
            Door.until(() -> System.nanoTime() - start > 20 * TICK.toNanos());
            taken.echo();
            Peer.Answer answer = peer.answer();
            assertThat(answer.header("Content-Type")).isEqualTo("application/json");
            assertThat(answer.body()).isEqualTo("{}");
        }
    }

    @Test
    void a_stream_goes_on_while_the_transport_is_drained() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            MessageStream stream = listen(door, peer, "");
            peer.head();
            door.transport.drain();
            stream.send(FakeGateway.utf8("[1]"));
            assertThat(peer.event()).isEqualTo("event: message\ndata: [1]\n\n");
            stream.end();
            assertThat(peer.event()).isEqualTo("retry: 1000\n\n");
            assertThat(peer.isClosed()).isTrue();
        }
    }

    @Test
    void streams_have_no_threads_of_their_own() throws Exception {
        try (Door door = new Door()) {
            List<Peer> peers = new ArrayList<>();
            try {
                for (int i = 0; i < 100; i++) {
                    Peer peer = new Peer(door);
                    peers.add(peer);
                    listen(door, peer, "");
                    peer.head();
                }
                assertThat(door.threads.stream().filter(Thread::isAlive)).hasSizeLessThan(12);
                assertThat(door.transport.connections()).isEqualTo(100);
            } finally {
                for (Peer peer : peers) {
                    peer.close();
                }
            }
            Door.until(() -> door.gateway.taken.stream().allMatch(taken -> taken.ended.get() == 1));
        }
    }
}
