// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.Locale;
import java.util.Map;

/** The least urgent level that is written: {@code MCP_GATEWAY_LOG_LEVEL}, read once. */
final class Threshold {

    static final String VARIABLE = "MCP_GATEWAY_LOG_LEVEL";

    private static final Map<String, Log.Level> NAMES = Map.of(
            "trace", Log.Level.TRACE,
            "debug", Log.Level.DEBUG,
            "info", Log.Level.INFO,
            "warn", Log.Level.WARN,
            "error", Log.Level.ERROR);

    static final Log.Level LEVEL = read();

    private Threshold() {}

    static boolean admits(Log.Level level) {
        return level.compareTo(LEVEL) >= 0;
    }

    /** For what libraries say: warnings; at debug also information, at trace also their debugging. */
    static Log.Level ofLibraries() {
        return switch (LEVEL) {
            case TRACE -> Log.Level.DEBUG;
            case DEBUG -> Log.Level.INFO;
            case INFO, WARN -> Log.Level.WARN;
            case ERROR -> Log.Level.ERROR;
        };
    }

    private static Log.Level read() {
        String given = System.getenv(VARIABLE);
        if (given == null || given.isBlank()) {
            return Log.Level.INFO;
        }
        Log.Level level = NAMES.get(given.strip().toLowerCase(Locale.ROOT));
        if (level != null) {
            return level;
        }
        LogQueue.LINES.offer(new LogLine(
                System.currentTimeMillis(),
                Log.Level.WARN,
                "log",
                VARIABLE + " is '" + given
                        + "', which is no level; info is used. Levels: trace, debug, info, warn, error",
                Fields.NONE,
                ""));
        return Log.Level.INFO;
    }
}
