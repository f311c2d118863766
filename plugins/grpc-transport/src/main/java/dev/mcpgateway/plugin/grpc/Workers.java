// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The plugin's own platform threads beside the event loop. The gateway lends virtual ones too, but those share their
 * carriers with every other plugin's, and one that spins there would hold a look-up of a name up for ever. Thread-safe.
 */
final class Workers implements AutoCloseable {

    private static final int BLOCKING = 8;
    private static final int MOST_WAITING = 1_024;
    private static final Duration UNUSED = Duration.ofSeconds(2);

    private final ThreadPoolExecutor blocking;
    private final AnswerReaders readers;

    Workers(ThreadFactory factory) {
        blocking = pool(BLOCKING, factory);
        readers = new AnswerReaders(factory);
    }

    /** For what waits for a disk or a name server. */
    ExecutorService blocking() {
        return blocking;
    }

    AnswerReaders readers() {
        return readers;
    }

    /** Returns when its threads have ended, after a second or two at most. */
    @Override
    public void close() {
        blocking.shutdownNow();
        readers.close();
        end(blocking, Duration.ofSeconds(1));
    }

    /** As many threads as that at most; they end when nothing needs them. */
    static ThreadPoolExecutor pool(int most, ThreadFactory factory) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                most, most, UNUSED.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(MOST_WAITING), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static void end(ExecutorService pool, Duration atMost) {
        pool.shutdownNow();
        try {
            pool.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
