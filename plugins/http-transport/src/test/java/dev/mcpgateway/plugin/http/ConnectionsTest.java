// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections, and of the requests on them. */
class ConnectionsTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Door.LONG;

    private static Limits limits(Duration head, Duration body, Duration idle) {
        return new Limits(head, body, idle, LONG, LONG, LONG, LONG, Duration.ofMillis(100), Duration.ofMillis(25));
    }

    @Test
    void a_connection_is_used_again_and_again() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            for (int i = 0; i < 500; i++) {
                assertThat(peer.ask(peer.post("", "{\"n\":" + i + "}")).body()).isEqualTo("{\"n\":" + i + "}");
            }
            assertThat(door.transport.connections()).isEqualTo(1);
            Door.until(() -> door.gateway.taken.stream().allMatch(taken -> taken.ended.get() == 1));
        }
    }

    @Test
    void requests_that_come_together_are_answered_in_their_order() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            for (int i = 0; i < 200; i++) {
                peer.send(peer.post("", "{\"a\":" + i + "}") + peer.post("", "{\"b\":" + i + "}"));
                assertThat(peer.answer().body()).isEqualTo("{\"a\":" + i + "}");
                assertThat(peer.answer().body()).isEqualTo("{\"b\":" + i + "}");
            }
        }
    }

    @Test
    void a_request_that_comes_while_another_is_answered_waits_for_it() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            for (int i = 0; i < 100; i++) {
                peer.send(peer.post("", "{\"a\":" + i + "}"));
                int count = 2 * i + 1;
                Door.until(() ->
                        door.gateway.taken.size() == count && door.taken().body.isDone());
                String second = peer.post("", "{\"b\":" + i + "}");
                peer.send(second.substring(0, 40));
                peer.send(second.substring(40));
                FakeGateway.Taken first = door.taken();
                first.echo();
                assertThat(peer.answer().body()).isEqualTo("{\"a\":" + i + "}");
                Door.until(() -> door.gateway.taken.size() == count + 1
                        && door.taken().body.isDone());
                door.taken().echo();
                assertThat(peer.answer().body()).isEqualTo("{\"b\":" + i + "}");
                assertThat(first.goneCount).hasValue(0);
            }
        }
    }

    @Test
    void many_requests_that_come_early_are_all_answered() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            String one = peer.post("", "{\"n\":1}");
            peer.send(one);
            Door.until(() -> door.gateway.taken.size() == 1 && door.taken().body.isDone());
            peer.send(one.repeat(300));
            door.gateway.whenBodyCame = FakeGateway.Taken::echo;
            door.taken().echo();
            for (int i = 0; i < 301; i++) {
                assertThat(peer.answer().body()).isEqualTo("{\"n\":1}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIN", "RST", "half"})
    void a_client_that_goes_while_its_answer_is_pending_is_noticed(String how) throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{}"));
            FakeGateway.Taken taken = door.taken();
            Door.until(taken.body::isDone);
            long left = System.nanoTime();
            leave(peer, how);
            long noticed = taken.gone.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(Duration.ofNanos(noticed - left)).isLessThan(Duration.ofSeconds(3));
            Door.until(() -> taken.ended.get() == 1);
            taken.answer("{\"too\":\"late\"}");
            assertThat(taken.goneCount).hasValue(1);
            assertThat(taken.ended).hasValue(1);
            Door.until(() -> door.transport.connections() == 0);
        }
    }

    @Test
    void a_client_that_goes_behind_an_early_request_is_noticed() throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{}"));
            FakeGateway.Taken taken = door.taken();
            Door.until(taken.body::isDone);
            peer.send(peer.post("", "{}"));
            peer.close();
            taken.gone.get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(door.gateway.taken).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"FIN", "RST", "half"})
    void a_client_that_goes_inside_its_body_is_noticed(String how) throws Exception {
        try (Door door = new Door();
                Peer peer = new Peer(door)) {
            peer.send(peer.post("", "{\"a\":1}").replace("}", ""));
            FakeGateway.Taken taken = door.taken();
            leave(peer, how);
            taken.gone.get(LONG.toSeconds(), TimeUnit.SECONDS);
            Door.until(() -> taken.ended.get() == 1);
            assertThat(taken.body).isNotDone();
        }
    }

    static void leave(Peer peer, String how) throws IOException {
        switch (how) {
            case "FIN" -> peer.close();
            case "RST" -> peer.reset();
            default -> peer.socket.shutdownOutput();
        }
    }

    @Test
    void a_slow_head_ends_its_connection_and_no_other() throws Exception {
        try (Door door = new Door(limits(SHORT, LONG, LONG));
                Peer other = new Peer(door)) {
            List<Peer> slow = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                slow.add(new Peer(door));
            }
            String head = slow.getFirst().post("", "{}");
            int sent = 0;
            while (!slow.isEmpty() && sent < head.length() - 10) {
                String next = head.substring(sent, ++sent);
                slow.removeIf(peer -> !trySend(peer, next));
                assertThat(other.ask(other.post("", "{}")).status()).isEqualTo(200);
            }
            assertThat(slow).allSatisfy(peer -> assertThat(peer.isClosed()).isTrue());
            Door.until(() -> door.transport.connections() == 1);
            assertThat(other.ask(other.post("", "{}")).status()).isEqualTo(200);
        }
    }

    private static boolean trySend(Peer peer, String text) {
        try {
            peer.send(text);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void a_slow_body_ends_its_request() throws Exception {
        try (Door door = new Door(limits(LONG, SHORT, LONG));
                Peer peer = new Peer(door)) {
            peer.send(peer.request("POST", "/mcp", "Content-Type: application/json\r\nContent-Length: 1000\r\n", "{"));
            Peer.Answer answer = peer.answer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(peer.isClosed()).isTrue();
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(door.taken().body).isNotDone();
        }
    }

    @Test
    void a_connection_that_says_nothing_is_closed() throws Exception {
        try (Door door = new Door(limits(LONG, LONG, SHORT));
                Peer silent = new Peer(door);
                Peer once = new Peer(door)) {
            once.ask(once.post("", "{}"));
            assertThat(silent.isClosed()).isTrue();
            assertThat(once.isClosed()).isTrue();
        }
    }

    @Test
    void a_call_that_takes_long_is_not_idle() throws Exception {
        try (Door door = new Door(limits(SHORT, SHORT, SHORT));
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> {};
            peer.send(peer.post("", "{}"));
            FakeGateway.Taken taken = door.taken();
            long start = System.nanoTime();
            Door.until(() -> System.nanoTime() - start > 3 * SHORT.toNanos());
            taken.echo();
            assertThat(peer.answer().body()).isEqualTo("{}");
        }
    }

    @Test
    void a_client_that_does_not_read_its_answer_is_cut() throws Exception {
        Limits limits = new Limits(LONG, LONG, LONG, LONG, SHORT, LONG, LONG, SHORT, Duration.ofMillis(25));
        try (Door door = new Door(limits);
                Peer peer = new Peer(door)) {
            door.gateway.whenBodyCame = taken -> taken.answer("x".repeat(50_000_000));
            peer.send(peer.post("", "{}"));
            Door.until(() -> door.taken().ended.get() == 1);
            assertThat(door.taken().goneCount).hasValue(1);
            Door.until(() -> door.transport.connections() == 0);
        }
    }

    @Test
    void draining_answers_what_runs_and_closes_what_carries_nothing() throws Exception {
        try (Door door = new Door();
                Peer idle = new Peer(door);
                Peer busy = new Peer(door)) {
            idle.ask(idle.post("", "{}"));
            door.gateway.whenBodyCame = taken -> {};
            busy.send(busy.post("", "{\"busy\":1}"));
            Door.until(() -> door.gateway.taken.size() == 2 && door.taken().body.isDone());
            door.transport.drain();
            assertThat(idle.isClosed()).isTrue();
            door.taken().echo();
            Peer.Answer answer = busy.answer();
            assertThat(answer.body()).isEqualTo("{\"busy\":1}");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(busy.isClosed()).isTrue();
            busy.close();
            Door.until(() -> door.transport.connections() == 0);
        }
    }

    @Test
    void closing_ends_requests_connections_and_threads() throws Exception {
        Door door = new Door();
        try (Peer idle = new Peer(door);
                Peer busy = new Peer(door)) {
            idle.ask(idle.post("", "{}"));
            door.gateway.whenBodyCame = taken -> {};
            busy.send(busy.post("", "{}"));
            Door.until(() -> door.gateway.taken.size() == 2 && door.taken().body.isDone());
            FakeGateway.Taken taken = door.taken();
            assertThat(door.threads).isNotEmpty();
            long start = System.nanoTime();
            door.transport.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            Door.until(() -> door.threads.stream().noneMatch(Thread::isAlive));
            assertThat(taken.ended).hasValue(1);
            assertThat(door.transport.connections()).isZero();
            assertThat(idle.isClosed()).isTrue();
            assertThat(busy.isClosed()).isTrue();
        } finally {
            door.close();
        }
    }

    @Test
    void a_connection_that_comes_behind_the_end_is_closed() throws Exception {
        try (Door door = new Door()) {
            door.transport.close();
            try (Peer peer = new Peer(door)) {
                assertThat(peer.isClosed()).isTrue();
            }
            assertThat(door.transport.connections()).isZero();
        }
    }

    @Test
    void a_connection_that_has_ended_already_is_forgotten() throws Exception {
        try (Door door = new Door()) {
            for (int i = 0; i < 50; i++) {
                try (Peer peer = new Peer(door)) {
                    peer.reset();
                } catch (SocketException e) {
                    // as good
                }
            }
            Door.until(() -> door.transport.connections() == 0);
            try (Peer peer = new Peer(door)) {
                assertThat(peer.ask(peer.post("", "{}")).status()).isEqualTo(200);
            }
        }
    }
}
