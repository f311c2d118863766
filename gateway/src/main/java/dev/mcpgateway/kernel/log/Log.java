// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

/**
 * A named source of log lines. Any thread may call it; a call costs one allocation and one queue operation, never
 * blocks, never formats, and loses the line (counted and reported) where standard error cannot keep up.
 *
 * <p>Arguments, results and tokens are never logged: that is up to the caller.
 */
public final class Log {

    /** How urgent a line is, least first. */
    public enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    private final String name;
    private final LogQueue queue;

    Log(String name, LogQueue queue) {
        this.name = name;
        this.queue = queue;
    }

    /** @param name what stands in {@code logger}, e.g. {@code provider.hello-go} */
    public static Log named(String name) {
        return new Log(name, LogQueue.LINES);
    }

    /** Whether lines of this level are written, by {@code MCP_GATEWAY_LOG_LEVEL}. */
    public boolean isEnabled(Level level) {
        return Threshold.admits(level);
    }

    public void trace(String message) {
        log(Level.TRACE, message, Fields.NONE);
    }

    public void debug(String message) {
        log(Level.DEBUG, message, Fields.NONE);
    }

    public void info(String message) {
        log(Level.INFO, message, Fields.NONE);
    }

    public void warn(String message) {
        log(Level.WARN, message, Fields.NONE);
    }

    public void error(String message) {
        log(Level.ERROR, message, Fields.NONE);
    }

    public void log(Level level, String message, Fields fields) {
        if (isEnabled(level)) {
            queue.offer(new LogLine(System.currentTimeMillis(), level, name, message, fields, ""));
        }
    }

    /**
     * Passes on, at info, a line that a provider wrote. Where standard error cannot keep up, these are given up before
     * the gateway's own: half of the queue is not for them.
     */
    public void relay(String message, Fields fields) {
        if (isEnabled(Level.INFO)) {
            queue.offerRelayed(new LogLine(System.currentTimeMillis(), Level.INFO, name, message, fields, ""));
        }
    }

    /**
     * Logs with what was thrown, as the field {@code exception}. Its text is made at once and no reference to it is
     * kept, because an exception of a plugin would keep the plugin's classes in memory.
     */
    public void failure(Level level, String message, Fields fields, Throwable thrown) {
        if (isEnabled(level)) {
            queue.offer(new LogLine(System.currentTimeMillis(), level, name, message, fields, ThrownText.of(thrown)));
        }
    }

    /** This log for code that knows only the JDK: plugins. Messages are formatted on the caller's thread. */
    public System.Logger asSystemLogger() {
        return new PlatformLogger(name, this, Level.TRACE);
    }
}
