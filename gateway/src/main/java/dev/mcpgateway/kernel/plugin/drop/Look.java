// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import java.util.Optional;

/**
 * What one look at a dropped file showed: a file that may be taken, or why it may not be. Immutable.
 *
 * @param sighting present where there is no objection
 */
public record Look(Optional<FileObservation> sighting, Optional<PluginFault> objection) {

    static Look at(FileObservation sighting) {
        return new Look(Optional.of(sighting), Optional.empty());
    }

    static Look objection(PluginFault fault) {
        return new Look(Optional.empty(), Optional.of(fault));
    }

    /** Whether nobody has touched the file in between, and nothing else is to be said of it. */
    public boolean showsTheSame(Look other) {
        return sighting.equals(other.sighting) && words().equals(other.words());
    }

    /** Whether one look is enough: an objection, or a file that nobody has written to for 2 s. */
    public boolean isEnough() {
        return sighting.map(FileObservation::isUntouched).orElse(true);
    }

    private String words() {
        return objection.map(fault -> fault.code() + " " + fault.reason()).orElse("");
    }
}
