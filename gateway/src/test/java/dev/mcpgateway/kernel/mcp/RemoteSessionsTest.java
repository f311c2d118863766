// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.transport.MessageStream;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.StartupBarrier;
import dev.mcpgateway.kernel.catalog.LiveCatalog;
import dev.mcpgateway.kernel.config.ToolNames;
import dev.mcpgateway.kernel.exchange.Exchanges;
import dev.mcpgateway.kernel.exchange.Intake;
import dev.mcpgateway.kernel.exchange.MemoryBudget;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who goes where there are too many, and who does not. */
class RemoteSessionsTest {

    private static final byte[] PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}".getBytes(UTF_8);
    private static final Duration LONG = Duration.ofDays(1);

    private final Deadlines deadlines = new Deadlines();
    private final Workers workers = Workers.ofThisMachine(deadlines);
    private final MemoryBudget budget = new MemoryBudget();
    private final LiveCatalog catalog = new LiveCatalog(() -> {});
    private final StartupBarrier over = new StartupBarrier(CompletableFuture.completedFuture(null), deadlines, workers);
    private final Sessions sessions = new Sessions(new Protocol(
            catalog, new Calls(catalog, over, deadlines, workers, 1 << 20), over, over, ToolNames.DOTTED, "1"));

    @AfterEach
    void close() {
        catalog.close();
        workers.close();
        deadlines.close();
    }

    @Test
    void those_that_never_did_more_than_begin_go_first_and_the_oldest_of_them() {
        RemoteSessions all = sessions(3, LONG, LONG);
        RemoteSession used = all.open().orElseThrow();
        used.take(PING, Exchanges.NOWHERE);
        RemoteSession older = all.open().orElseThrow();
        RemoteSession younger = all.open().orElseThrow();

        RemoteSession next = all.open().orElseThrow();
        assertThat(all.find(older.id())).isEmpty();
        assertThat(List.of(used, younger, next))
                .allMatch(each -> all.find(each.id()).isPresent());
        assertThat(all.count()).isEqualTo(3);
    }

    @Test
    void a_hundred_thousand_that_only_begin_push_out_nobody_who_does_more() {
        RemoteSessions all = sessions(1_000, LONG, LONG);
        Set<RemoteSession> used = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            RemoteSession each = all.open().orElseThrow();
            each.take(PING, Exchanges.NOWHERE);
            used.add(each);
        }
        for (int i = 0; i < 100_000; i++) {
            assertThat(all.open()).isPresent();
        }
        assertThat(all.count()).isEqualTo(1_000);
        assertThat(used).allMatch(each -> all.find(each.id()).isPresent());
    }

    @Test
    void where_all_were_used_a_moment_ago_there_is_no_room() {
        RemoteSessions all = sessions(2, LONG, LONG);
        open(all);
        RemoteSession second = open(all);

        assertThat(all.open()).isEmpty();
        second.end();
        assertThat(all.open()).isPresent();
    }

    @Test
    void whoever_was_idle_longest_goes_but_not_who_listens() {
        RemoteSessions all = sessions(2, LONG, Duration.ZERO);
        RemoteSession listens = open(all);
        listens.listen(new Stream());
        RemoteSession idle = open(all);

        assertThat(all.open()).isPresent();
        assertThat(all.find(idle.id())).isEmpty();
        assertThat(all.find(listens.id())).isPresent();
    }

    @Test
    void a_session_that_was_idle_for_too_long_has_ended_and_one_that_is_listened_to_has_not() {
        RemoteSessions all = sessions(10, Duration.ZERO, LONG);
        RemoteSession idle = open(all);
        RemoteSession listens = open(all);
        listens.listen(new Stream());

        assertThat(all.find(idle.id())).isEmpty();
        assertThat(idle.take(PING, Exchanges.NOWHERE)).isFalse();
        assertThat(all.find(listens.id())).isPresent();
        assertThat(all.count()).isOne();
    }

    @Test
    void who_is_pushed_out_hears_of_it_by_the_end_of_its_stream_and_is_told_nothing_more() {
        RemoteSessions all = sessions(10, LONG, LONG);
        RemoteSession session = open(all);
        Stream stream = new Stream();
        session.listen(stream);
        session.end();

        assertThat(stream.hasEnded).isTrue();
        assertThat(all.streams()).isZero();
        sessions.allListsChanged();
        await().during(Duration.ofMillis(50)).until(stream.messages::isEmpty);
    }

    private RemoteSessions sessions(int most, Duration longestIdle, Duration spared) {
        return new RemoteSessions(
                sessions,
                conversation -> new Intake(conversation, deadlines, workers, budget),
                most,
                longestIdle,
                spared);
    }

    /** One whose client has asked something. */
    private static RemoteSession open(RemoteSessions all) {
        Optional<RemoteSession> opened = all.open();
        assertThat(opened.orElseThrow().take(PING, Exchanges.NOWHERE)).isTrue();
        return opened.get();
    }

    private static final class Stream implements MessageStream {

        private final List<String> messages = new CopyOnWriteArrayList<>();
        private volatile boolean hasEnded;

        @Override
        public boolean send(ByteBuffer message) {
            messages.add(UTF_8.decode(message).toString());
            return true;
        }

        @Override
        public long unsent() {
            return 0;
        }

        @Override
        public void end() {
            hasEnded = true;
        }
    }
}
