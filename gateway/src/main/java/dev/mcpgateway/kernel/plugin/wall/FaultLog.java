// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Where a plugin's faults are written down, each under a reference that clients and operators are given. Thread-safe. */
public final class FaultLog {

    private static final int REFERENCE_DIGITS = 6;

    private final Log log;
    private volatile String last = "";

    /** @param log named after the plugin */
    public FaultLog(Log log) {
        this.log = log;
    }

    /**
     * Writes what was thrown, as a fault of the plugin's.
     *
     * @return the reference under which it is found, six hexadecimal digits
     */
    public String report(String what, Throwable thrown) {
        String reference = reportStanding(what, thrown);
        last = message(what, reference);
        return reference;
    }

    /** The same of a fault that is known for as long as it stands, and is not {@link #last} when it is over. */
    String reportStanding(String what, Throwable thrown) {
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), REFERENCE_DIGITS);
        String message = message(what, reference);
        try {
            log.failure(Log.Level.WARN, message, Fields.NONE, thrown);
        } catch (Throwable hostile) { // describing it ran into the plugin's own code
            log.warn(message);
        }
        return reference;
    }

    private static String message(String what, String reference) {
        return what + " failed (ref " + reference + ")";
    }

    /** The last fault in a line, with its reference; empty where there was none. */
    public String last() {
        return last;
    }

    /** Writes a line of the kernel's own about the plugin. */
    public void warn(String message) {
        log.warn(message);
    }
}
