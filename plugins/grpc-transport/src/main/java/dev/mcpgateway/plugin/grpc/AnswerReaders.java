// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Where large answers are read, so that the event loop goes on with others: on two threads, one answer of a provider at a
 * time, so that one provider cannot hold both. Thread-safe.
 */
final class AnswerReaders implements AutoCloseable {

    private static final int THREADS = 2;

    /** Of one provider. Its calls in flight are bounded by the gateway: more than this comes of calls that were given up. */
    private static final int MOST_WAITING = 128;

    private final ThreadPoolExecutor threads;

    AnswerReaders(ThreadFactory factory) {
        threads = Workers.pool(THREADS, factory);
    }

    /** Those of one provider. */
    Line line() {
        return new Line();
    }

    @Override
    public void close() {
        Workers.end(threads, Duration.ofSeconds(1));
    }

    /** The answers of one provider, one after the other. Thread-safe. */
    final class Line {

        @GuardedBy("this") private final Queue<Runnable> waiting = new ArrayDeque<>();

        @GuardedBy("this") private boolean isBusy;

        /** @throws RejectedExecutionException when too many wait, or the plugin is closing */
        void read(Runnable task) {
            synchronized (this) {
                if (isBusy) {
                    if (waiting.size() >= MOST_WAITING) {
                        throw new RejectedExecutionException();
                    }
                    waiting.add(task);
                    return;
                }
                isBusy = true;
            }
            begin(task);
        }

        private void begin(Runnable task) {
            boolean hasBegun = false;
            try {
                threads.execute(() -> run(task));
                hasBegun = true;
            } finally {
                if (!hasBegun) {
                    synchronized (this) {
                        isBusy = false;
                    }
                }
            }
        }

        private void run(Runnable task) {
            try {
                task.run();
            } finally {
                next();
            }
        }

        /** Behind those of other providers. */
        private void next() {
            Runnable task;
            synchronized (this) {
                task = waiting.poll();
                isBusy = task != null;
            }
            if (task != null) {
                begin(task);
            }
        }
    }
}
