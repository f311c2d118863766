// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.plugin.grpc.fake.Http2Peer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A provider that begins well, and then breaks HTTP/2 or gRPC in the middle of a call. */
@Timeout(30)
class HostileAnswerTest {

    private static final String CUT = "is unavailable: (connection (closed|reset|lost)|it broke the HTTP/2 protocol)";

    @Test
    void a_connection_that_is_closed_in_good_order_after_its_first_call_costs_none() throws Exception {
        try (Http2Peer peer = new Http2Peer(call -> {
                    call.headers();
                    call.message();
                    if (call.number() == 1) {
                        call.goAway(Http2Peer.NO_ERROR);
                    }
                    call.trailers();
                });
                Opened opened = new Opened(peer.address())) {
            opened.capabilities();
            for (int i = 0; i < 20; i++) {
                assertThat(outcome(opened.start("echo.v1", "{}"))).isEqualTo("ok");
            }
            // A call that comes before the end was noticed makes one of its own where the old one was.
            assertThat(peer.connections()).isBetween(2, 3);
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    @Test
    void calls_that_were_not_looked_at_before_the_connection_closed_are_answered_once_all_the_same() throws Exception {
        List<Http2Peer.Stream> waiting = new CopyOnWriteArrayList<>();
        try (Http2Peer peer = new Http2Peer(call -> {
                    waiting.add(call);
                    if (waiting.size() == 4) {
                        waiting.getFirst().goAway(Http2Peer.ENHANCE_YOUR_CALM);
                        waiting.getFirst().succeed();
                    } else if (waiting.size() > 4) {
                        call.succeed();
                    }
                });
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 4))) {
            opened.capabilities();
            List<String> outcomes = outcomes(opened, 4);
            assertThat(outcomes).filteredOn("ok"::equals).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(text -> text.startsWith("is unavailable: "))
                    .hasSize(3);
            assertThat(afterwards(opened)).isEqualTo("ok");
        }
    }

    @Test
    void a_call_that_is_reset_after_the_headers_fails_alone() throws Exception {
        failsAlone(
                call -> {
                    call.headers();
                    call.reset(Http2Peer.INTERNAL_ERROR);
                },
                "broke off the call (HTTP/2 INTERNAL_ERROR)");
    }

    @Test
    void a_call_that_is_reset_within_its_answer_fails_alone() throws Exception {
        failsAlone(
                call -> {
                    call.headers();
                    call.halfOfTheMessage();
                    call.reset(Http2Peer.CANCEL);
                },
                "broke off the call (HTTP/2 CANCEL)");
    }

    @Test
    void a_call_that_is_reset_after_its_answer_but_before_its_status_fails_alone() throws Exception {
        failsAlone(
                call -> {
                    call.headers();
                    call.message();
                    call.reset(Http2Peer.INTERNAL_ERROR);
                },
                "broke off the call (HTTP/2 INTERNAL_ERROR)");
    }

    @Test
    void a_call_that_is_reset_after_its_status_has_its_answer() throws Exception {
        failsAlone(
                call -> {
                    call.succeed();
                    call.reset(Http2Peer.NO_ERROR);
                },
                "ok");
    }

    @Test
    @Tag("slow")
    void a_flood_of_pings_hangs_nothing() throws Exception {
        try (Http2Peer peer = new Http2Peer(call -> {
                    if (call.number() == 1) {
                        call.pings(100_000);
                    }
                    call.succeed();
                });
                Opened opened = new Opened(peer.address())) {
            opened.capabilities();
            assertThat(outcome(opened.start("echo.v1", "{}"))).matches("ok|" + CUT);
            assertThat(afterwards(opened)).isEqualTo("ok");
        }
    }

    @Test
    void calls_beyond_the_only_stream_that_is_permitted_wait_for_it() throws Exception {
        try (Http2Peer peer = new Http2Peer(1, Http2Peer.Stream::succeed);
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 8))) {
            opened.capabilities();
            assertThat(outcomes(opened, 8)).hasSize(8).containsOnly("ok");
            assertThat(peer.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(ints = {1, 5, 9, 12, 40})
    void a_frame_of_which_only_a_part_arrives_costs_the_connection_and_no_other_call(int part) throws Exception {
        byte[] frame = new byte[9 + 100];
        frame[2] = 100; // of DATA for stream 0x7f, whose length is not what follows
        frame[8] = 0x7f;
        broken(call -> {
            call.headers();
            call.bytes(java.util.Arrays.copyOf(frame, part));
            call.hangUp();
        });
    }

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(longs = {20261122, 7, 42, 1_000_003})
    void random_bytes_instead_of_an_answer_cost_the_connection_and_no_other_call(long seed) throws Exception {
        byte[] garbage = new byte[64 * 1024];
        new Random(seed).nextBytes(garbage);
        broken(call -> {
            call.headers();
            call.bytes(garbage);
            call.hangUp();
        });
    }

    /** The first call is answered so; the next succeeds in the same connection. */
    private static void failsAlone(Http2Peer.Script first, String text) throws Exception {
        try (Http2Peer peer = new Http2Peer(call -> {
                    if (call.number() == 1) {
                        first.play(call);
                    } else {
                        call.succeed();
                    }
                });
                Opened opened = new Opened(peer.address())) {
            opened.capabilities();
            assertThat(outcome(opened.start("echo.v1", "{}"))).isEqualTo(text);
            assertThat(outcome(opened.start("echo.v1", "{}"))).isEqualTo("ok");
            assertThat(peer.connections()).isEqualTo(1);
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    /** The first call breaks the connection, and the provider is back without anybody's doing. */
    private static void broken(Http2Peer.Script first) throws Exception {
        try (Http2Peer peer = new Http2Peer(call -> {
                    if (call.number() == 1) {
                        first.play(call);
                    } else {
                        call.succeed();
                    }
                });
                Opened opened = new Opened(peer.address())) {
            opened.capabilities();
            assertThat(outcome(opened.start("echo.v1", "{}"))).matches(CUT + "|sent an answer that is not gRPC");
            assertThat(afterwards(opened)).isEqualTo("ok");
            assertThat(peer.connections()).isEqualTo(2);
        }
    }

    /** Of calls at once, each of which is answered within two seconds. */
    private static List<String> outcomes(Opened opened, int calls) throws Exception {
        List<CompletionStage<ToolResult>> stages = IntStream.range(0, calls)
                .mapToObj(i -> opened.start("echo.v1", "{}"))
                .toList();
        List<String> outcomes = new CopyOnWriteArrayList<>();
        for (CompletionStage<ToolResult> each : stages) {
            outcomes.add(outcome(each));
        }
        return outcomes;
    }

    private static String outcome(CompletionStage<ToolResult> call) throws Exception {
        try {
            Opened.get(call);
            return "ok";
        } catch (ProviderException e) {
            return e.getMessage();
        }
    }

    /** Of the first call that is not met by the end of the old connection. */
    private static String afterwards(Opened opened) {
        return await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> outcome(opened.start("echo.v1", "{}")), "ok"::equals);
    }
}
