// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.drop.Look;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One content of one dropped file, from its first sight until another one lies there. Belongs to the folder's thread, but
 * for what never changes.
 */
final class Jar implements Election.Candidate {

    /** How far it has come. */
    enum Station {
        /** It may still be in the making. */
        SETTLING,
        /** It is being copied and inspected. */
        TAKEN,
        /** It is fit to be loaded. */
        FIT,
        /** It is not. */
        UNFIT
    }

    private final Path file;
    private final long number;
    private Look look;
    private Station station = Station.SETTLING;
    private boolean isCurrent = true;
    private Optional<PluginFault> doubt = Optional.empty();
    private Optional<PluginFault> fault = Optional.empty();
    private @Nullable Fit fit;
    private @Nullable InspectedJar open;

    /** What is known of a jar that may be loaded. */
    record Fit(StagedJar staged, String id, PluginVersion version, Set<String> types) {}

    /** @param number grows with every jar that is seen */
    Jar(Path file, long number, Look look) {
        this.file = file;
        this.number = number;
        this.look = look;
    }

    Path file() {
        return file;
    }

    @Override
    public String fileName() {
        return String.valueOf(file.getFileName());
    }

    @Override
    public long number() {
        return number;
    }

    Look look() {
        return look;
    }

    Station station() {
        return station;
    }

    void to(Station next) {
        station = next;
    }

    /** Whether it is what lies there now. */
    boolean isCurrent() {
        return isCurrent;
    }

    void supersede() {
        isCurrent = false;
    }

    /** It has changed before it settled. */
    void changed(Look now) {
        look = now;
        doubt = Optional.empty();
    }

    /** What is wrong with it, unless it turns out to be half a copy that goes on. */
    Optional<PluginFault> doubt() {
        return doubt;
    }

    void doubted(PluginFault fault) {
        doubt = Optional.of(fault);
        station = Station.SETTLING;
    }

    /** What keeps it from running, as things are: it is not fit, or it was and could not be started. */
    Optional<PluginFault> fault() {
        return fault;
    }

    void markUnfit(PluginFault why) {
        fault = Optional.of(why);
        station = Station.UNFIT;
    }

    void couldNotStart(PluginFault why) {
        fault = Optional.of(why);
    }

    /** Something is another now: it may have another try. */
    void allowRetry() {
        fault = Optional.empty();
    }

    /** @param inspection kept open for its start, which is a little quicker then */
    void markFit(StagedJar staged, InspectedJar inspection) {
        fit = new Fit(
                staged,
                inspection.id(),
                inspection.version(),
                inspection.providerTypes().orElse(Set.of()));
        open = inspection;
        station = Station.FIT;
    }

    /** The inspection, where it is still open: whoever takes it closes it. */
    Optional<InspectedJar> takeInspection() {
        Optional<InspectedJar> taken = Optional.ofNullable(open);
        open = null;
        return taken;
    }

    /** Whether its inspection ended well, whatever came after that. */
    boolean wasFit() {
        return fit != null;
    }

    Fit fit() {
        Fit known = fit;
        if (known == null) {
            throw new IllegalStateException("not inspected");
        }
        return known;
    }

    @Override
    public String id() {
        return fit().id;
    }

    @Override
    public PluginVersion version() {
        return fit().version;
    }

    @Override
    public String sha256() {
        return fit().staged.sha256();
    }

    @Override
    public Set<String> types() {
        return fit().types;
    }
}
