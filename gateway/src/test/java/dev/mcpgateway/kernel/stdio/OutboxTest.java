// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.stdio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.json.Utf8Writer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private static final long SOON = TimeUnit.SECONDS.toNanos(20);

    private final Client client = new Client();
    private final AtomicInteger broken = new AtomicInteger();
    private final Outbox outbox = new Outbox(client, () -> {}, broken::incrementAndGet);

    @AfterEach
    void letTheWriterGo() throws InterruptedException {
        client.reads(Integer.MAX_VALUE / 2);
        outbox.close(in(SOON));
    }

    @Test
    void each_message_leaves_once_on_a_line_of_its_own() throws InterruptedException {
        client.reads(1_000);
        for (int i = 0; i < 1_000; i++) {
            put("message " + i);
        }

        assertThat(outbox.close(in(SOON))).isTrue();
        assertThat(client.lines())
                .hasSize(1_000)
                .startsWith("message 0", "message 1")
                .endsWith("message 999");
        assertThat(outbox.bytes()).isZero();
    }

    @Test
    void a_short_message_is_written_at_once_where_there_is_room() {
        client.reads(1);
        outbox.writeAtOnce(() -> true);

        put("short");

        assertThat(client.lines()).containsExactly("short");
        assertThat(client.writers()).containsExactly(Thread.currentThread());
    }

    @Test
    void a_long_message_is_left_to_the_writer() throws InterruptedException {
        client.reads(1);
        outbox.writeAtOnce(() -> true);

        put("x".repeat(DescriptorOutput.SHORT));

        outbox.close(in(SOON));
        assertThat(client.writers()).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void nobody_waits_where_there_is_no_room() throws InterruptedException {
        AtomicBoolean room = new AtomicBoolean();
        outbox.writeAtOnce(room::get);
        put("first");
        put("second");
        room.set(true);
        put("third"); // behind what is stuck

        client.reads(3);
        outbox.close(in(SOON));
        assertThat(client.lines()).containsExactly("first", "second", "third");
        assertThat(client.writers()).doesNotContain(Thread.currentThread());
    }

    @Test
    void messages_of_one_thread_stay_in_order_whoever_writes_them() throws InterruptedException {
        client.reads(Integer.MAX_VALUE / 2);
        AtomicInteger asked = new AtomicInteger();
        outbox.writeAtOnce(() -> asked.incrementAndGet() % 3 != 0);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            sent.add("message " + i);
            put("message " + i);
        }

        outbox.close(in(SOON));
        assertThat(client.lines()).isEqualTo(sent);
        assertThat(client.writers()).hasSize(2);
    }

    @Test
    void messages_of_many_threads_are_never_mixed() throws InterruptedException {
        client.reads(Integer.MAX_VALUE / 2);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            String letter = String.valueOf((char) ('a' + t));
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 2_000; i++) {
                    put(letter.repeat(1 + i % 300) + " " + i);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(outbox.close(in(SOON))).isTrue();
        int[] next = new int[8];
        for (String line : client.lines()) {
            int number = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
            int thread = line.charAt(0) - 'a';
            assertThat(number).as("order within a thread").isEqualTo(next[thread]++);
            assertThat(line).startsWith(line.substring(0, 1).repeat(1 + number % 300) + " ");
        }
        assertThat(next).containsOnly(2_000);
    }

    @Test
    void what_piles_up_while_the_client_reads_leaves_in_few_writes() throws InterruptedException {
        put("first");
        await().until(client::isWrittenTo);
        for (int i = 0; i < 640; i++) {
            put("message " + i);
        }
        client.reads(1_000);

        assertThat(outbox.close(in(SOON))).isTrue();
        assertThat(client.lines()).hasSize(641);
        assertThat(client.writes()).isLessThanOrEqualTo(1 + 640 / 64 + 1);
    }

    @Test
    void a_message_of_any_size_leaves_whole() throws InterruptedException {
        client.reads(Integer.MAX_VALUE / 2);
        List<Integer> sizes = List.of(1, 64 * 1024 - 2, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3_000_000, 5);
        sizes.forEach(size -> put("x".repeat(size)));

        assertThat(outbox.close(in(SOON))).isTrue();
        assertThat(client.lines()).extracting(String::length).isEqualTo(sizes);
    }

    @Test
    void putting_never_waits_for_a_client_that_does_not_read() {
        for (int i = 0; i < 100; i++) {
            put("x".repeat(100_000)); // far more than any pipe holds
        }

        assertThat(outbox.bytes()).isEqualTo(100 * 100_001L);
    }

    @Test
    void who_waits_for_room_goes_on_when_the_client_has_read() throws Exception {
        for (int i = 0; i < 40; i++) {
            put("x".repeat(100_000));
        }
        AtomicInteger wentOn = new AtomicInteger();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                outbox.awaitBelow(2_000_000);
                wentOn.incrementAndGet();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
        assertThat(wentOn).hasValue(0);

        client.reads(1_000);

        assertThat(waiting.join(java.time.Duration.ofSeconds(20))).isTrue();
        assertThat(wentOn).hasValue(1);
    }

    @Test
    void closing_gives_up_in_time_on_a_client_that_does_not_read() throws InterruptedException {
        put("never read");

        assertThat(outbox.close(in(TimeUnit.MILLISECONDS.toNanos(50)))).isFalse();
    }

    @Test
    void after_a_failed_write_nothing_is_written_and_everything_is_let_go() throws InterruptedException {
        client.isGone = true;
        client.reads(1_000);
        for (int i = 0; i < 100; i++) {
            put("message " + i);
        }

        assertThat(outbox.close(in(SOON))).isTrue();
        assertThat(broken).hasValue(1);
        assertThat(outbox.bytes()).isZero();
        assertThat(client.lines()).isEmpty();
        outbox.awaitBelow(1); // does not wait either
    }

    private void put(String message) {
        outbox.put(new Utf8Writer(16).raw(message));
    }

    /** Takes as many writes as it was told to; the next one blocks. */
    private static final class Client extends OutputStream {

        private final Semaphore reads = new Semaphore(0);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final AtomicInteger writes = new AtomicInteger();
        private final Set<Thread> writers = ConcurrentHashMap.newKeySet();
        private volatile boolean isGone;

        void reads(int more) {
            reads.release(more);
        }

        boolean isWrittenTo() {
            return reads.hasQueuedThreads();
        }

        int writes() {
            return writes.get();
        }

        Set<Thread> writers() {
            return writers;
        }

        List<String> lines() {
            return taken.toString(UTF_8).lines().toList();
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException("one byte at a time");
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            reads.acquireUninterruptibly();
            if (isGone) {
                throw new IOException("Broken pipe");
            }
            writes.incrementAndGet();
            writers.add(Thread.currentThread());
            taken.write(from, offset, length);
        }
    }

    private static LongSupplier in(long nanos) {
        long deadline = System.nanoTime() + nanos;
        return () -> deadline;
    }
}
