// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.util.concurrent.TimeUnit;

/**
 * Says what has become of one provider, four times a second at most: of more the last is said when the second is over, with
 * how many were not. Belongs to the control thread.
 */
final class StateNews {

    private static final int MOST_A_SECOND = 4;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final String provider;
    private final ControlThread control;
    private long begun = System.nanoTime() - SECOND;
    private int told;
    private int held;
    private String last = "";
    private boolean isLastAWarning;
    private boolean hasEnded;

    StateNews(String provider, ControlThread control) {
        this.provider = provider;
        this.control = control;
    }

    void end() {
        hasEnded = true;
    }

    void say(boolean isWarning, String text) {
        if (hasEnded) {
            return;
        }
        long left = begun + SECOND - System.nanoTime();
        if (held == 0 && left <= 0) {
            begun = System.nanoTime();
            told = 0;
        }
        if (held == 0 && told < MOST_A_SECOND) {
            told++;
            control.say(isWarning, provider, text);
            return;
        }
        last = text;
        isLastAWarning = isWarning;
        held++;
        if (held == 1) {
            control.schedule(this::sayLast, left, TimeUnit.NANOSECONDS);
        }
    }

    private void sayLast() {
        if (hasEnded) {
            return;
        }
        int untold = held - 1;
        held = 0;
        begun = System.nanoTime();
        told = 1;
        String before = switch (untold) {
            case 0 -> "";
            case 1 -> " (1 change before this one was not told)";
            default -> " (" + untold + " changes before this one were not told)";
        };
        control.say(isLastAWarning, provider, last + before);
    }
}
