// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import org.jspecify.annotations.Nullable;

/** A line as its caller gave it, and the link to the next one in the queue. */
final class LogLine {

    /** No more of a message can ever be written, so no more of it is kept. */
    static final int LONGEST_MESSAGE = 16 * 1024;

    private static final int OBJECTS = 256;

    final long epochMillis;
    final Log.Level level;
    final String logger;
    final String message;
    final Fields fields;
    final String thrown;

    volatile @Nullable LogLine next;

    LogLine(long epochMillis, Log.Level level, String logger, String message, Fields fields, String thrown) {
        this.epochMillis = epochMillis;
        this.level = level;
        this.logger = logger;
        this.message = message.length() <= LONGEST_MESSAGE ? message : LineLength.cutMark(message, LONGEST_MESSAGE);
        this.fields = fields;
        this.thrown = thrown;
    }

    /** About how many bytes of heap it holds. */
    int weight() {
        int weight = OBJECTS
                + message.length()
                + thrown.length()
                + fields.capability().length();
        for (String value : fields.extra().values()) {
            weight += OBJECTS + value.length();
        }
        return weight;
    }
}
