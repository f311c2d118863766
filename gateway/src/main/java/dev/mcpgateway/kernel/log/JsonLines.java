// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.NullConfiguration;
import org.apache.logging.log4j.core.impl.MutableLogEvent;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.status.StatusLogger;
import org.apache.logging.log4j.util.SortedArrayStringMap;

/**
 * Lays lines out as JSON and collects them into writes that a pipe takes whole or not at all: where the process ends while
 * standard error is stalled, or others write to it too, no line is cut in two but one that is longer than that. For one thread.
 *
 * <p>log4j's layout is used without its loggers and appenders: there is one event object for all lines, and an appender
 * of log4j flushes after each line, which would be a system call per line.
 */
final class JsonLines {

    /** A line is never longer than this, with its line break. */
    static final int LONGEST_LINE = 16 * 1024;

    /** Room for the frame of a line: punctuation, timestamp, level and the names of the fixed fields. */
    private static final int FRAME = 256;

    private static final int LONGEST_FIELD = 1024;

    private static final String TEMPLATE = """
            {"timestamp": {"$resolver": "timestamp",
                           "pattern": {"format": "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "timeZone": "UTC"}},
             "level": {"$resolver": "level", "field": "name"},
             "logger": {"$resolver": "logger", "field": "name"},
             "message": {"$resolver": "message", "stringified": true},
             "fields": {"$resolver": "mdc", "flatten": true}}
            """;

    private final OutputStream out;
    private final JsonTemplateLayout layout;
    private final MutableLogEvent event = new MutableLogEvent();
    private final SortedArrayStringMap fields = new SortedArrayStringMap();
    private final byte[] buffer = new byte[LONGEST_LINE];
    private int length;
    private int lines;

    JsonLines(OutputStream out) {
        // log4j reports its own troubles as plain text on standard error, where only JSON lines may stand.
        StatusLogger.getLogger().getFallbackListener().setLevel(Level.OFF);
        this.out = out;
        layout = JsonTemplateLayout.newBuilder()
                .setConfiguration(new NullConfiguration())
                .setCharset(StandardCharsets.UTF_8)
                .setLocationInfoEnabled(false)
                .setStackTraceEnabled(false)
                .setEventTemplate(TEMPLATE)
                .setEventDelimiter("\n")
                .setMaxStringLength(LONGEST_LINE + LineLength.MARK.length())
                .build();
        event.setContextData(fields);
    }

    /** Puts a line into the buffer; writes the buffer out where the line would not fit into what a pipe takes as a whole. */
    void add(LogLine line) throws IOException {
        byte[] bytes = layOut(line);
        if (length > 0 && bytes.length > DescriptorOutput.SHORT - length) {
            flush();
        }
        System.arraycopy(bytes, 0, buffer, length, bytes.length);
        length += bytes.length;
        lines++;
    }

    /** How many lines are in the buffer and not yet written. */
    int waiting() {
        return lines;
    }

    /** Blocks for as long as standard error does. What cannot be written is gone. */
    void flush() throws IOException {
        int count = length;
        length = 0;
        if (count > 0) {
            out.write(buffer, 0, count);
        }
        lines = 0;
    }

    /** Forgets what could not be written. */
    void discard() {
        length = 0;
        lines = 0;
    }

    private byte[] layOut(LogLine line) {
        int left = LONGEST_LINE - FRAME;
        fields.clear();
        Fields given = line.fields;
        left -= put("correlation_id", given.correlationId(), left);
        left -= put("provider", given.provider(), left);
        left -= put("capability", given.capability(), left);
        left -= put("outcome", given.outcome(), left);
        if (given.durationNanos() >= 0) {
            fields.putValue("duration_ms", millis(given.durationNanos()));
        }
        for (Map.Entry<String, String> extra : given.extra().entrySet()) {
            left -= put(extra.getKey(), extra.getValue(), left);
        }
        String logger = LineLength.fit(line.logger, FRAME);
        left -= LineLength.of(logger);
        if (!line.thrown.isEmpty()) {
            String thrown = LineLength.fit(line.thrown, left / 2);
            fields.putValue("exception", thrown);
            left -= LineLength.of(thrown) + "\"exception\":\"\",".length();
        }
        event.setTimeMillis(line.epochMillis);
        event.setLevel(theirs(line.level));
        event.setLoggerName(logger);
        event.setMessage(new SimpleMessage(LineLength.fit(line.message, left)));
        return layout.toSerializable(event).getBytes(StandardCharsets.UTF_8);
    }

    /** @return how many bytes the field takes at most; a field that would leave too little for the rest is left out */
    private int put(String name, String value, int left) {
        int most = Math.min(LONGEST_FIELD, left - LONGEST_LINE / 2);
        if (value.isEmpty() || most <= LONGEST_FIELD / 2) {
            return 0;
        }
        String fitted = LineLength.fit(value, most);
        fields.putValue(name, fitted);
        return LineLength.of(fitted) + LineLength.of(name) + "\"\":\"\",".length();
    }

    private static Number millis(long nanos) {
        long micros = (nanos + 500) / 1000;
        if (micros % 1000 == 0) {
            return micros / 1000;
        }
        // Past this a double is printed with an exponent, and nobody minds the microseconds.
        return micros < 10_000_000_000L ? (Number) (micros / 1000.0) : (Number) (micros / 1000);
    }

    private static Level theirs(Log.Level level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
    }
}
