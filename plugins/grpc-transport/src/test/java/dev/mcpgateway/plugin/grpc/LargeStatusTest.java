// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.plugin.grpc.fake.Http2Peer;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A status may come with a text of any length. */
@Timeout(30)
class LargeStatusTest {

    private static final int INVALID_ARGUMENT = 3;
    private static final String TOO_LARGE = "its status text or headers are larger than 65536 bytes";

    private final Queue<Http2Peer.Stream> held = new ConcurrentLinkedQueue<>();

    @ParameterizedTest
    @Tag("slow")
    @ValueSource(ints = {9_000, 60_000})
    void a_long_status_text_is_cut_and_costs_its_own_call_only(int length) throws Exception {
        try (Http2Peer peer = peer(length);
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 4))) {
            opened.capabilities();
            CompletionStage<ToolResult> other = holdOne(opened);
            assertThatExceptionOfType(ProviderException.class)
                    .isThrownBy(() -> opened.call("echo.v1", "{}"))
                    .withMessageStartingWith("answered INVALID_ARGUMENT: xxxx")
                    .satisfies(
                            refused -> assertThat(refused.getMessage().length()).isBetween(2_048, 4_100));
            opened.capabilities();
            release();
            assertThat(Opened.get(other).json()).isPresent();
            assertThat(peer.connections()).isEqualTo(1);
            assertThat(opened.context.reports()).containsExactly("up");
        }
    }

    @Test
    void a_status_text_past_the_limit_is_refused_and_costs_its_own_call_only() throws Exception {
        try (Http2Peer peer = peer(70_000);
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 4))) {
            opened.capabilities();
            CompletionStage<ToolResult> other = holdOne(opened);
            GrpcProviderTest.refused(
                    ProviderException.Code.DATA_LOSS,
                    "sent an answer that cannot be read: " + TOO_LARGE,
                    opened.start("echo.v1", "{}"));
            opened.capabilities();
            release();
            assertThat(Opened.get(other).json()).isPresent();
            assertThat(opened.context.reports()).containsExactly("up");
        }
    }

    @Test
    @Tag("slow")
    void a_status_text_that_cannot_be_read_past_costs_the_calls_of_its_connection_and_nothing_more() throws Exception {
        try (Http2Peer peer = peer(300_000);
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 4))) {
            opened.capabilities();
            for (int round = 0; round < 5; round++) { // in less time than a server that hangs up is dialled twice
                CompletionStage<ToolResult> other = holdOne(opened);
                ConnectionMonitorTest.unavailable("is unavailable: " + TOO_LARGE, opened.start("echo.v1", "{}"));
                ConnectionMonitorTest.unavailable("is unavailable: " + TOO_LARGE, other);
                held.clear();
                opened.capabilities();
            }
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    @Test
    void a_provider_that_fails_with_such_texts_only_stays_up() throws Exception {
        String text = "x".repeat(300_000);
        try (Http2Peer peer = new Http2Peer(call -> call.fail(INVALID_ARGUMENT, text));
                Opened opened = new Opened(FakeConfig.at(peer.address()).withConnections(1, 4))) {
            opened.capabilities();
            for (int round = 0; round < 5; round++) { // each in a connection that nothing else was answered in
                ConnectionMonitorTest.unavailable("is unavailable: " + TOO_LARGE, opened.start("echo.v1", "{}"));
            }
            assertThat(opened.context.reports()).noneMatch(report -> report.startsWith("down"));
        }
    }

    private CompletionStage<ToolResult> holdOne(Opened opened) {
        await().until(() -> opened.context.lastReport().equals("up"));
        CompletionStage<ToolResult> other = opened.start("echo.v1", "{}");
        await().until(() -> held.size() == 1);
        return other;
    }

    private void release() throws IOException {
        Http2Peer.Stream call = held.remove();
        call.succeed();
        call.bytes();
    }

    /** Every second call fails with a text of so many bytes; the others are held. */
    private Http2Peer peer(int length) throws IOException {
        String text = "x".repeat(length);
        return new Http2Peer(call -> {
            if (call.number() % 2 == 0) {
                call.fail(INVALID_ARGUMENT, text);
            } else {
                held.add(call);
            }
        });
    }
}
