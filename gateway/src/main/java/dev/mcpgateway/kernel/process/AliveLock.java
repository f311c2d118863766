// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file that is locked for as long as the gateway lives that made it. Others tell by that who lives, since a pid says nothing
 * where another container numbers its own processes. Thread-safe.
 */
final class AliveLock implements AutoCloseable {

    /** POSIX gives a lock up when the process closes any descriptor of the file: ours are never opened again. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path known;
    private final FileChannel channel;

    private AliveLock(Path file, FileChannel channel) {
        this.file = file;
        this.known = known(file);
        this.channel = channel;
    }

    /** Makes the file, which is locked from the first moment that others can see it. */
    static AliveLock take(Path file) throws IOException {
        Path unseen = file.resolveSibling("." + file.getFileName());
        FileChannel channel = FileChannel.open(
                unseen,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Path known = known(file);
        boolean isTaken = false;
        try {
            if (channel.tryLock() == null) {
                throw new IOException("somebody else has locked it");
            }
            OURS.add(known);
            Files.move(unseen, file, StandardCopyOption.ATOMIC_MOVE);
            isTaken = true;
            return new AliveLock(file, channel);
        } finally {
            if (!isTaken) {
                OURS.remove(known);
                channel.close();
                Files.deleteIfExists(unseen);
            }
        }
    }

    /** That of a gateway that is dead, so that nobody else clears up after it; empty where it lives, or may live. */
    static Optional<AliveLock> ofDead(Path file) throws NoSuchFileException {
        if (OURS.contains(known(file))) {
            return Optional.empty();
        }
        Set<OpenOption> existing = Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        @Nullable FileChannel channel = null;
        try {
            channel = FileChannel.open(file, existing);
            FileLock lock = channel.tryLock();
            if (lock != null && Files.exists(file)) {
                AliveLock taken = new AliveLock(file, channel);
                channel = null;
                return Optional.of(taken);
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | OverlappingFileLockException cannotBeTold) {
            return Optional.empty();
        } finally {
            close(channel);
        }
    }

    /** Whether the gateway lives that made the file; false where there is no such file. */
    static boolean isHeld(Path file) {
        if (OURS.contains(known(file))) {
            return true;
        }
        try {
            Optional<AliveLock> dead = ofDead(file);
            dead.ifPresent(lock -> close(lock.channel));
            return dead.isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Deletes the file. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // whoever finds it finds it unlocked
        }
        OURS.remove(known);
        close(channel);
    }

    /** The same for every way that leads to it. */
    private static Path known(Path file) {
        Path absolute = file.toAbsolutePath();
        try {
            return absolute.resolveSibling("").toRealPath().resolve(absolute.getFileName());
        } catch (IOException gone) {
            return absolute;
        }
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // nothing was written to it
        }
    }
}
