// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A jar in the drop folder, by name: what lies under that name may change at any time. Immutable. */
public final class DroppedFile {

    private final Path file;
    private final Path realFolder;
    private final Optional<PluginFault> objection;

    DroppedFile(Path file, Path realFolder, Optional<PluginFault> objection) {
        this.file = file;
        this.realFolder = realFolder;
        this.objection = objection;
    }

    /** Where it lies, as the folder's path was given. */
    public Path file() {
        return file;
    }

    /** Looks at it once, without opening it; empty where it went away meanwhile. */
    public Optional<Look> look() {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Look.at(sighting()));
        } catch (PluginFault fault) {
            return Optional.of(Look.objection(fault));
        }
    }

    FileObservation sighting() throws PluginFault {
        if (objection.isPresent()) {
            throw objection.get();
        }
        try {
            return FileObservation.of(target());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static PluginFault unreadable(IOException e) {
        return new PluginFault(
                Code.UNREADABLE,
                e instanceof NoSuchFileException
                        ? "it went away while it was looked at: drop it again"
                        : "it cannot be read: check its permissions and the disk");
    }

    private Path target() throws PluginFault {
        if (!Files.isSymbolicLink(file)) {
            return file;
        }
        Path target;
        try {
            target = file.toRealPath();
        } catch (IOException e) { // nothing there, or a loop
            throw new PluginFault(
                    Code.LINK_LEAVES_FOLDER, "it is a symbolic link that leads nowhere: put the jar itself there");
        }
        if (!target.startsWith(realFolder)) {
            throw new PluginFault(
                    Code.LINK_LEAVES_FOLDER,
                    "it is a symbolic link to " + target + ", outside the plugin folder: put the jar itself there");
        }
        return target;
    }
}
