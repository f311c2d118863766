// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

/** A throwable as text, whatever its own methods do. */
final class ThrownText {

    private static final int LONGEST = 8 * 1024;
    private static final int FRAMES = 40;
    private static final int CAUSES = 5;

    private ThrownText() {}

    static String of(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        try {
            Throwable current = thrown;
            for (int depth = 0; current != null && depth <= CAUSES && text.length() < LONGEST; depth++) {
                if (depth > 0) {
                    text.append("\ncaused by ");
                }
                append(text, current);
                current = current.getCause();
            }
        } catch (Throwable hostile) {
            text.append(" (and could not be described further: ")
                    .append(hostile.getClass().getName())
                    .append(')');
        }
        return text.length() <= LONGEST ? text.toString() : LineLength.cutMark(text.toString(), LONGEST);
    }

    private static void append(StringBuilder text, Throwable thrown) {
        text.append(thrown.getClass().getName());
        String message = thrown.getMessage();
        if (message != null) {
            text.append(": ").append(message, 0, Math.min(message.length(), LONGEST));
        }
        StackTraceElement[] frames = thrown.getStackTrace();
        for (int i = 0; i < frames.length && i < FRAMES; i++) {
            text.append("\n  at ").append(frames[i]);
        }
        if (frames.length > FRAMES) {
            text.append("\n  … ").append(frames.length - FRAMES).append(" more");
        }
    }
}
