// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The folder that operators drop jars into. It is only ever read. Immutable. */
public final class DropFolder {

    private static final int MOST_JARS = 256;

    private final Path folder;

    public DropFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * What lies there now.
     *
     * @param isThere whether the folder could be read at all
     * @param jars in the order of their names
     * @param ignored files that look as if someone meant them to be loaded
     * @param warning about the folder itself, one line for the operator
     */
    public record Listing(boolean isThere, List<DroppedFile> jars, List<Path> ignored, Optional<String> warning) {}

    /** Never fails: what is wrong with the folder is a warning, what is wrong with a file shows when it is staged. */
    public Listing list() {
        try {
            Path real = folder.toRealPath();
            PosixFileAttributes attributes = Files.readAttributes(real, PosixFileAttributes.class);
            if (!attributes.isDirectory()) {
                return nothing("is not a folder: set gateway.pluginsDir to one");
            }
            return list(real, attributes);
        } catch (NoSuchFileException e) {
            return nothing("does not exist, so no plugin is loaded: create it or set gateway.pluginsDir");
        } catch (IOException | UnsupportedOperationException e) {
            return nothing("cannot be read, so no plugin is loaded: check its permissions");
        }
    }

    private Listing list(Path real, PosixFileAttributes attributes) throws IOException {
        List<Path> names = new ArrayList<>();
        List<Path> ignored = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(".")) {
                    continue; // rsync and editors write hidden files and rename them
                }
                if (name.endsWith(".jar")) {
                    names.add(entry);
                } else if (looksLikePlugin(name)) {
                    ignored.add(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(null);
        ignored.sort(null);
        boolean openToAll = attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        List<DroppedFile> jars = new ArrayList<>(names.size());
        for (Path name : names) {
            jars.add(new DroppedFile(name, real, objection(openToAll, jars.size())));
        }
        return new Listing(true, jars, ignored, warning(attributes, openToAll));
    }

    private Optional<PluginFault> objection(boolean openToAll, int before) {
        if (openToAll) {
            return Optional.of(new PluginFault(
                    Code.WRITABLE_BY_ALL,
                    "everyone may write to the folder " + folder + ", so anyone could plant code in it: chmod o-w it"));
        }
        if (before >= MOST_JARS) {
            return Optional.of(new PluginFault(
                    Code.TOO_MANY_FILES,
                    "the folder " + folder + " holds more than " + MOST_JARS
                            + " jars: remove those that are no plugins"));
        }
        return Optional.empty();
    }

    private Optional<String> warning(PosixFileAttributes attributes, boolean openToAll) {
        if (openToAll) {
            return Optional.of("everyone may write to the plugin folder " + folder
                    + ": nothing in it is loaded until that is changed (chmod o-w)");
        }
        if (attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)) {
            return Optional.of("the group '" + attributes.group().getName() + "' may write to the plugin folder "
                    + folder + " and so run code in the gateway: chmod g-w it unless that is meant");
        }
        return Optional.empty();
    }

    private Listing nothing(String why) {
        return new Listing(false, List.of(), List.of(), Optional.of("the plugin folder " + folder + " " + why));
    }

    private static boolean looksLikePlugin(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.contains(".jar") || lower.endsWith(".zip") || lower.endsWith(".war");
    }
}
