// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import dev.mcpgateway.kernel.descriptor.Descriptors;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings the waiting and all later lines to standard error, on one daemon thread named {@code log}. Thread-safe.
 *
 * <p>The thread looks for lines every 20 ms while there are some, so that callers need not wake it; after a quiet
 * second it sleeps, and the first line wakes it. Standard error is the file descriptor itself, not {@code System.err},
 * so that nothing a plugin installs there stands between.
 */
public final class LogWriter {

    private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();
    private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long REPORT_NANOS = Duration.ofSeconds(1).toNanos();

    /** Lines between two looks at the number of dropped ones. */
    private static final int BATCH = 4096;

    private static final Object LOCK = new Object();
    private static @Nullable LogWriter current;

    private final LogQueue queue;
    private final OutputStream out;
    private final Thread thread;
    private volatile boolean closing;
    private long lastReport = System.nanoTime() - REPORT_NANOS;

    LogWriter(LogQueue queue, OutputStream out) {
        this.queue = queue;
        this.out = out;
        thread = Thread.ofPlatform().daemon().name("log").unstarted(this::run);
    }

    /**
     * Starts writing; returns at once. To be called when the first list has been answered, or a second after the start:
     * bringing log4j up takes CPU time that the first answers need. Further calls do nothing.
     */
    public static void start() {
        started();
    }

    /**
     * Writes what waits, then ends; lines that come later are lost. Waits at most so long, because standard error may
     * be stalled. Where {@link #start()} was never called and nothing waits, log4j is not brought up.
     */
    public static void close(Duration atMost) {
        synchronized (LOCK) {
            if (current == null && LogQueue.LINES.isEmpty()) {
                return;
            }
        }
        started().end(atMost);
    }

    private static LogWriter started() {
        synchronized (LOCK) {
            LogWriter writer = current;
            if (writer == null) {
                writer = new LogWriter(LogQueue.LINES, Descriptors.errors());
                current = writer;
                writer.begin();
            }
            return writer;
        }
    }

    void begin() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    void end(Duration atMost) {
        closing = true;
        LockSupport.unpark(thread);
        try {
            thread.join(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            write();
        } catch (Throwable thrown) { // log4j has not come up, say: nobody would hear of anything any more
            System.err.println("mcp-gateway: there is no log from here on: " + thrown);
        }
    }

    private void write() {
        JsonLines lines = new JsonLines(out);
        JavaLogging.ensureInstalled();
        long lastLine = System.nanoTime();
        while (true) {
            // Read before draining, so that a line offered before end() is written.
            boolean last = closing;
            int drained = drain(lines);
            if (drained == BATCH) {
                continue;
            }
            if (last) {
                return;
            }
            long now = System.nanoTime();
            if (drained > 0) {
                lastLine = now;
            }
            if (closing) {
                continue;
            }
            if (now - lastLine < QUIET_NANOS) {
                LockSupport.parkNanos(this, POLL_NANOS);
            } else {
                queue.sleepUntilOffered();
            }
        }
    }

    private int drain(JsonLines lines) {
        int drained = 0;
        while (drained < BATCH) {
            LogLine line = queue.poll();
            if (line == null) {
                break;
            }
            add(lines, line);
            drained++;
        }
        reportDropped(lines);
        flush(lines);
        return drained;
    }

    /** Once a second at most, so that the reports of a long jam do not feed it. */
    private void reportDropped(JsonLines lines) {
        long now = System.nanoTime();
        if (!closing && now - lastReport < REPORT_NANOS) {
            return;
        }
        long dropped = queue.takeDropped();
        if (dropped > 0) {
            lastReport = now;
            String message = dropped == 1
                    ? "1 log line was dropped: standard error did not take it in time"
                    : dropped + " log lines were dropped: standard error did not take them in time";
            add(lines, new LogLine(System.currentTimeMillis(), Log.Level.WARN, "log", message, Fields.NONE, ""));
        }
    }

    private void add(JsonLines lines, LogLine line) {
        try {
            lines.add(line);
        } catch (IOException | RuntimeException | Error e) {
            // The next one may be written: files can be opened again, say.
            lose(lines, 1);
        }
    }

    private void flush(JsonLines lines) {
        try {
            lines.flush();
        } catch (IOException e) {
            lose(lines, 0);
        }
    }

    private void lose(JsonLines lines, int more) {
        queue.countDropped(lines.waiting() + more);
        lines.discard();
    }
}
