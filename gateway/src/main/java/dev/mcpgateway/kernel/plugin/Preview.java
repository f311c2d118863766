// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.DroppedFile;
import dev.mcpgateway.kernel.plugin.drop.Look;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.drop.Staging;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.settings.ListenSettings.UnusableAddress;
import dev.mcpgateway.kernel.settings.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What would become of the files in the folder, found out without copying one or loading a class. */
final class Preview {

    private final PluginStates states = new PluginStates(change -> {});
    private final AllowList admission;
    private final Map<String, Settings> settings;

    Preview(List<String> allowedSha256, Map<String, Settings> settings) {
        this.admission = new AllowList(allowedSha256);
        this.settings = settings;
    }

    PluginFolder.Inspected of(Path pluginsDir) {
        DropFolder.Listing listing = new DropFolder(pluginsDir).list();
        states.ignored(listing.ignored());
        Map<String, List<Jar>> fit = new TreeMap<>();
        long number = 0;
        for (DroppedFile each : listing.jars()) {
            Optional<Look> look = each.look();
            if (look.isPresent()) {
                Jar jar = new Jar(each.file(), number++, look.get());
                states.seen(jar);
                inspect(jar, each);
                if (jar.wasFit()) {
                    fit.computeIfAbsent(jar.id(), id -> new ArrayList<>()).add(jar);
                }
            }
        }
        List<Jar> elected = new ArrayList<>();
        fit.values().forEach(rivals -> {
            Election<Jar> election = Election.of(rivals, null, elected);
            election.refused().forEach(states::ended);
            election.winner().ifPresent(elected::add);
        });
        return new PluginFolder.Inspected(listing.isThere(), states.files(), listing.warning());
    }

    private void inspect(Jar jar, DroppedFile dropped) {
        try {
            Staging.check(dropped);
            String sha256 = Staging.sha256(jar.file());
            admission.check(sha256);
            InspectedJar.Introduction introduction = (id, version) -> states.introduce(jar, id, version);
            try (InspectedJar inspection = InspectedJar.of(jar.file(), settings, introduction)) {
                jar.markFit(new StagedJar(jar.file(), sha256), inspection);
                jar.takeInspection();
                checkListen(inspection);
                states.inspected(jar);
                states.noteOffers(jar, inspection.providerTypes());
            }
        } catch (PluginFault fault) {
            states.ended(jar, fault);
        }
    }

    /** The gateway that serves would not start with it. */
    private static void checkListen(InspectedJar inspection) throws PluginFault {
        try {
            if (inspection.listen().isPresent()) {
                inspection.listen().get().resolved();
            }
        } catch (UnusableAddress unusable) {
            throw new PluginFault(
                    Code.SETTINGS_INVALID,
                    "correct plugins." + inspection.id() + ".listen in the configuration: " + unusable.getMessage());
        }
    }
}
