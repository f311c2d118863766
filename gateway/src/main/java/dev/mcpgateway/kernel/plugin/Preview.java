package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.drop.DropFolder;
import dev.mcpgateway.kernel.plugin.drop.DroppedFile;
import dev.mcpgateway.kernel.plugin.drop.Staging;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.Inspection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What would become of the files in the folder, found out without copying one or loading a class. */
final class Preview {

    private final Ledger ledger = new Ledger(change -> {});
    private final Admission admission;
    private final Map<String, Map<String, Object>> settings;

    Preview(List<String> allowedSha256, Map<String, Map<String, Object>> settings) {
        this.admission = new Admission(allowedSha256);
        this.settings = settings;
    }

    List<PluginFile> of(Path pluginsDir) {
        DropFolder.Listing listing = new DropFolder(pluginsDir).list();
        listing.ignored().forEach(ledger::ignored);
        Election election = new Election(listing.jars());
        for (DroppedFile dropped : listing.jars()) {
            inspect(dropped, election);
        }
        for (DroppedFile dropped : listing.jars()) {
            try {
                election.decide(dropped.file());
            } catch (PluginFault fault) {
                ledger.ended(dropped.file(), fault);
            }
        }
        return ledger.files();
    }

    private void inspect(DroppedFile dropped, Election election) {
        Path file = dropped.file();
        ledger.seen(file);
        try {
            Staging.check(dropped);
            String sha256 = Staging.sha256(file);
            admission.check(sha256);
            try (Inspection inspection =
                    Inspection.of(file, settings, (id, version) -> ledger.introduce(file, id, version))) {
                election.enter(file, inspection.id(), inspection.version(), sha256);
            }
            ledger.inspected(file);
        } catch (PluginFault fault) {
            ledger.ended(file, fault);
        } finally {
            election.leave(file);
        }
    }
}
