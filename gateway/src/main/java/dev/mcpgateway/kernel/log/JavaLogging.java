// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Takes what libraries say through java.util.logging (gRPC does) into {@link Log}: warnings and worse; at log level
 * debug also {@code INFO}, at trace also {@code FINE}.
 *
 * <p>Public, with a public constructor, only because java.util.logging makes an instance by name.
 */
public final class JavaLogging {

    /** Called by java.util.logging when it comes up; see {@link #claim()}. */
    public JavaLogging() {
        LogManager.getLogManager().reset();
        install(Logger.getLogger(""));
    }

    /**
     * To be called first thing in main: when anything uses java.util.logging, it will be configured by this class and
     * write to {@link Log} from its first line on. Costs nothing where nobody does.
     */
    public static void claim() {
        System.setProperty("java.util.logging.config.class", JavaLogging.class.getName());
    }

    /** For a JVM where java.util.logging was up before {@link #claim()}. */
    static void ensureInstalled() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            if (handler instanceof ToLog) {
                return;
            }
        }
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        install(root);
    }

    private static void install(Logger root) {
        root.setLevel(
                switch (Threshold.ofLibraries()) {
                    case TRACE, DEBUG -> Level.FINE;
                    case INFO -> Level.INFO;
                    case WARN -> Level.WARNING;
                    case ERROR -> Level.SEVERE;
                });
        root.addHandler(new ToLog());
    }

    private static final class ToLog extends Handler {

        private final Formatter formatter = new SimpleFormatter();

        @Override
        public void publish(@Nullable LogRecord record) {
            if (record == null) {
                return;
            }
            Log.Level level = ours(record.getLevel());
            String name = record.getLoggerName();
            Log log = Log.named(name == null ? "java" : name);
            if (!log.isEnabled(level)) {
                return;
            }
            Throwable thrown = record.getThrown();
            if (thrown == null) {
                log.log(level, message(record), Fields.NONE);
            } else {
                log.failure(level, message(record), Fields.NONE, thrown);
            }
        }

        private String message(LogRecord record) {
            String raw = record.getMessage();
            if (raw == null) {
                return "";
            }
            try {
                return formatter.formatMessage(record);
            } catch (Throwable hostile) {
                // A parameter whose toString() throws: the line is still worth having.
                return raw;
            }
        }

        private static Log.Level ours(Level level) {
            int value = level.intValue();
            if (value >= Level.SEVERE.intValue()) {
                return Log.Level.ERROR;
            }
            if (value >= Level.WARNING.intValue()) {
                return Log.Level.WARN;
            }
            if (value >= Level.INFO.intValue()) {
                return Log.Level.INFO;
            }
            return value >= Level.FINE.intValue() ? Log.Level.DEBUG : Log.Level.TRACE;
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
