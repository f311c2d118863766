// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A folder that only this user may enter. Immutable. */
final class PrivateFolder implements AutoCloseable {

    private static final Set<PosixFilePermission> OURS_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> AS_OURS =
            PosixFilePermissions.asFileAttribute(OURS_ONLY);
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final Path path;
    private final boolean temporary;

    private PrivateFolder(Path path, boolean temporary) {
        this.path = path;
        this.temporary = temporary;
    }

    /** The wanted folder where it is ours or can be made, else a temporary one that {@link #close()} deletes. */
    static PrivateFolder in(Path wanted) throws IOException {
        try {
            Path parent = wanted.getParent();
            if (parent != null && !Files.isDirectory(parent)) {
                Files.createDirectories(parent, AS_OURS);
            }
            if (!Files.isDirectory(wanted, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(wanted, AS_OURS);
            }
            if (isOurs(wanted)) {
                return new PrivateFolder(wanted, false);
            }
        } catch (IOException | UnsupportedOperationException e) {
            // read-only, full, in the way: the gateway starts all the same
        }
        return new PrivateFolder(Files.createTempDirectory("mcp-gateway-staged-"), true);
    }

    Path path() {
        return path;
    }

    /** A new, empty file under a name of its own. */
    Path newFile() throws IOException {
        return newFileIn(path);
    }

    /** Deletes a file in it, if it is still there. */
    void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the sweep takes it another day
        }
    }

    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            files.forEach(this::discard);
        } catch (IOException e) {
            // what cannot be listed cannot be deleted
        }
        discard(path);
    }

    /** As {@link Files#createTempFile} does, without the start of a secure random generator (10 ms). */
    private static Path newFileIn(Path folder) throws IOException {
        String name = "incoming-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + "-"
                + COUNTER.getAndIncrement() + ".tmp";
        return Files.createFile(folder.resolve(name));
    }

    /** Ours is where a file that we make has the folder's owner, and nobody else may enter. */
    private static boolean isOurs(Path folder) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Path probe = newFileIn(folder);
        try {
            if (!Files.getOwner(probe).equals(attributes.owner())) {
                return false;
            }
        } finally {
            Files.deleteIfExists(probe);
        }
        if (!attributes.permissions().equals(OURS_ONLY)) {
            Files.setPosixFilePermissions(folder, OURS_ONLY);
        }
        return true;
    }
}
