// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The lines that wait to be written: for tests, in a JVM where no {@link LogWriter} was started. */
public final class LoggedLines {

    private static final List<Line> TAKEN = new ArrayList<>();

    /** One line as it was logged. */
    public record Line(Log.Level level, String logger, String message, Map<String, String> extra, String thrown) {}

    private LoggedLines() {}

    /** Forgets what was logged before. */
    public static synchronized void forget() {
        all();
        TAKEN.clear();
    }

    /** Everything that was logged since then, in its order. */
    public static synchronized List<Line> all() {
        for (LogLine line = LogQueue.LINES.poll(); line != null; line = LogQueue.LINES.poll()) {
            TAKEN.add(new Line(line.level, line.logger, line.message, line.fields.extra(), line.thrown));
        }
        return List.copyOf(TAKEN);
    }
}
