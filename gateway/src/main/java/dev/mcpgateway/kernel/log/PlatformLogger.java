// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** A log in the JDK's own clothes. Texts are made at once: parameters are objects of plugins. */
final class PlatformLogger implements System.Logger {

    private final String name;
    private final Log log;
    private final Log.Level least;

    /** @param least what is less urgent is not written, whatever the log's level */
    PlatformLogger(String name, Log log, Log.Level least) {
        this.name = name;
        this.log = log;
        this.least = least;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level != Level.OFF && ours(level).compareTo(least) >= 0 && log.isEnabled(ours(level));
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (!isLoggable(level)) {
            return;
        }
        String text = message == null ? "" : message;
        if (thrown == null) {
            log.log(ours(level), text, Fields.NONE);
        } else {
            log.failure(ours(level), text, Fields.NONE, thrown);
        }
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        if (isLoggable(level)) {
            log.log(ours(level), format(format == null ? "" : format, parameters), Fields.NONE);
        }
    }

    private static String format(String format, @Nullable Object @Nullable [] parameters) {
        if (parameters == null || parameters.length == 0) {
            return format;
        }
        try {
            return MessageFormat.format(format, parameters);
        } catch (Throwable hostile) {
            // A format that is none, or a parameter whose toString() throws: the line is still worth having.
            return format;
        }
    }

    private static Log.Level ours(Level level) {
        return switch (level) {
            case ALL, TRACE -> Log.Level.TRACE;
            case DEBUG -> Log.Level.DEBUG;
            case INFO -> Log.Level.INFO;
            case WARNING -> Log.Level.WARN;
            case ERROR, OFF -> Log.Level.ERROR;
        };
    }
}
