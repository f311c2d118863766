// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LogWriterTest {

    private final LogQueue queue = new LogQueue(64L * 1024 * 1024);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LogWriter writer = new LogWriter(queue, out);
    private final Log log = new Log("test", queue);

    @Test
    void every_line_of_many_threads_is_written_once_and_in_the_order_of_its_thread() throws Exception {
        int threads = 8;
        int each = 5_000;
        writer.begin();
        List<Thread> producers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            String name = "t" + t + "-";
            producers.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    log.info(name + i);
                }
            }));
        }
        for (Thread producer : producers) {
            producer.join();
        }
        writer.end(Duration.ofSeconds(30));

        int[] next = new int[threads];
        for (String line : out.toString(UTF_8).split("\n")) {
            String message = line.replaceAll(".*\"message\":\"t([^\"]*)\".*", "$1");
            int thread = Integer.parseInt(message.substring(0, message.indexOf('-')));
            assertThat(message).isEqualTo(thread + "-" + next[thread]);
            next[thread]++;
        }
        assertThat(next).containsOnly(each);
    }

    @Test
    void a_line_after_a_quiet_while_wakes_the_writer() {
        writer.begin();
        await().until(() -> writer.thread().getState() == Thread.State.WAITING);

        log.info("good morning");

        await().atMost(Duration.ofSeconds(10)).until(() -> out.toString(UTF_8).contains("good morning"));
        writer.end(Duration.ofSeconds(10));
    }

    @Test
    void an_idle_writer_ends_when_it_is_told_to() throws Exception {
        writer.begin();
        await().until(() -> writer.thread().getState() == Thread.State.WAITING);

        writer.end(Duration.ofSeconds(10));

        assertThat(writer.thread().isAlive()).isFalse();
    }

    @Test
    void lines_that_could_not_be_written_are_counted_when_writing_works_again() throws Exception {
        AtomicBoolean full = new AtomicBoolean(true);
        CountDownLatch refused = new CountDownLatch(1);
        LogWriter onFullDisk = new LogWriter(queue, new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (full.get()) {
                    refused.countDown();
                    throw new IOException("No space left on device");
                }
                out.write(bytes, offset, length);
            }
        });
        for (int i = 0; i < 7; i++) {
            log.info("lost");
        }
        onFullDisk.begin();
        refused.await();

        full.set(false);
        log.info("found");
        onFullDisk.end(Duration.ofSeconds(10));

        assertThat(out.toString(UTF_8)).contains("found").contains("7 log lines were dropped");
    }

    @Test
    void a_queue_over_its_weight_drops_the_newest_lines() {
        LogQueue small = new LogQueue(1024);
        Log narrow = new Log("test", small);
        for (int i = 0; i < 10; i++) {
            narrow.info("line " + i);
        }

        assertThat(small.takeDropped()).isEqualTo(7);
        assertThat(requireNonNull(small.poll()).message).isEqualTo("line 0");
        narrow.info("room again");
        assertThat(small.takeDropped()).isZero();
    }
}
