package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.util.concurrent.TimeUnit;

/** Waits for a file to be left alone. One per file and staging; for one thread. */
final class Settling {

    private static final long BETWEEN_LOOKS_MILLIS = 250;

    private final DroppedFile dropped;
    private final long deadlineNanos;
    private final Runnable unsettled;

    Settling(DroppedFile dropped, long deadlineNanos, Runnable unsettled) {
        this.dropped = dropped;
        this.deadlineNanos = deadlineNanos;
        this.unsettled = unsettled;
    }

    /** The file as it is at first sight if nobody has touched it for a while, else when two looks agree. */
    Sighting first() throws PluginFault, InterruptedException {
        Sighting sighting = dropped.look();
        return sighting.isUntouched() ? sighting : next(sighting);
    }

    /** The first look that equals the one before it. */
    Sighting next(Sighting before) throws PluginFault, InterruptedException {
        Sighting last = before;
        while (true) {
            Sighting now = lookLater();
            if (now.equals(last)) {
                return now;
            }
            unsettled.run();
            last = now;
        }
    }

    /**
     * What was just found wanting may be a copy that stalled: as long as the file is young, waits for it to change.
     *
     * @throws PluginFault the fault itself, when the file is left as it is
     */
    Sighting afterwards(Sighting wanting, PluginFault fault) throws PluginFault, InterruptedException {
        if (!couldBeHalfACopy(fault.code())) {
            throw fault;
        }
        unsettled.run();
        while (!wanting.isUntouched() && System.nanoTime() < deadlineNanos) {
            Sighting now = lookLater();
            if (!now.equals(wanting)) {
                return next(now);
            }
        }
        throw fault;
    }

    private static boolean couldBeHalfACopy(Code code) {
        return code == Code.EMPTY || code == Code.NOT_A_ZIP || code == Code.DAMAGED;
    }

    private Sighting lookLater() throws PluginFault, InterruptedException {
        if (System.nanoTime() >= deadlineNanos) {
            throw new PluginFault(
                    Code.STILL_CHANGING,
                    "it is still being written: copy it under another name first, then rename it to .jar");
        }
        TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS);
        return dropped.look();
    }
}
