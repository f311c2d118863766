// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpgateway.kernel.log.Log;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fresh folder, mode 0700, for the sockets of this gateway's provider processes. In {@code XDG_RUNTIME_DIR}, else in
 * the temporary folder: the path of a Unix socket has room for 107 bytes on Linux and 103 on macOS. A lock in it says that
 * its gateway lives. Thread-safe.
 */
public final class SocketFolder implements AutoCloseable {

    private static final Log LOG = Log.named("process");
    private static final String PREFIX = "mcp-gateway-";
    private static final int ATTEMPTS = 100;
    private static final int LONGEST_PATH = System.getProperty("os.name", "").startsWith("Linux") ? 107 : 103;
    private static final int WIDEST_INDEX = 10;

    private static final String LOCK = "lock";
    private static final Duration LOCKING = Duration.ofMillis(500);

    /** Whoever has made a folder has locked it by then. */
    private static final Duration UNTIL_LOCKED = Duration.ofMinutes(1);

    private final Path folder;
    private final Thread locking;
    private volatile @Nullable AliveLock lock; // set by that thread

    private SocketFolder(Path folder) {
        this.folder = folder;
        this.locking = Thread.ofPlatform()
                .daemon()
                .name("socket-folder")
                .start(this::lock); // file channels take milliseconds to load
    }

    private void lock() {
        try {
            lock = AliveLock.take(folder.resolve(LOCK));
        } catch (IOException e) {
            LOG.warn("cannot lock " + folder + " (" + e.getMessage()
                    + "): another gateway may take it for a leftover; set XDG_RUNTIME_DIR to a folder on a local disk");
        }
    }

    /** Whether nobody has taken it away, as those do who clean temporary folders. */
    public boolean isThere() {
        return folder.toFile().isDirectory();
    }

    /** @throws IOException saying which folders were tried and why none would do */
    public static SocketFolder create() throws IOException {
        return create(places(System.getenv()));
    }

    static SocketFolder create(List<Path> places) throws IOException {
        List<String> reasons = new ArrayList<>();
        for (Path place : places) {
            try {
                return new SocketFolder(createIn(place));
            } catch (IOException e) {
                reasons.add(place + " (" + e.getMessage() + ")");
            }
        }
        throw new IOException("no folder for the sockets of provider processes: " + String.join(", ", reasons)
                + "; set XDG_RUNTIME_DIR to a short path that can be written to");
    }

    static List<Path> places(Map<String, String> environment) {
        List<Path> places = new ArrayList<>();
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        if (runtime.startsWith("/")) {
            places.add(Path.of(runtime));
        }
        places.add(Path.of(System.getProperty("java.io.tmpdir", "/tmp")).toAbsolutePath());
        return places;
    }

    /** The address of the process with this number, which no other must have, e.g. {@code unix:/run/user/1000/…/0}. */
    public String address(int index) {
        return "unix:" + folder.resolve(Integer.toString(index));
    }

    /** Deletes the folder and the sockets in it. */
    @Override
    public void close() {
        try {
            locking.join(LOCKING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        AliveLock held = lock;
        if (held != null) {
            held.close();
        }
        delete(folder, each -> true); // which we have made, and nobody else may enter
    }

    /** Deletes what gateways that are dead left behind. Reads whole folders: not to be called on the way to an answer. */
    public static void deleteStale() {
        places(System.getenv()).forEach(SocketFolder::deleteStale);
    }

    static void deleteStale(Path place) {
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(place, PREFIX + "*")) {
            for (Path each : all) {
                if (GatewayId.isOne(each.getFileName().toString().substring(PREFIX.length()))) {
                    folders.add(each);
                }
            }
            if (!folders.isEmpty()) {
                Ownership ownership = Ownership.in(place);
                folders.stream().filter(ownership::isPrivateFolder).forEach(each -> deleteIfStale(each, ownership));
            }
        } catch (IOException e) {
            // A place that cannot be read, or written to, holds nothing of ours.
        }
    }

    private static void deleteIfStale(Path folder, Ownership ownership) {
        Path file = folder.resolve(LOCK);
        Optional<AliveLock> ofDead = Optional.empty();
        try {
            if (ownership.isPrivateFile(file)) {
                ofDead = AliveLock.ofDead(file);
                if (ofDead.isEmpty()) {
                    return; // it lives
                }
            } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) || isYoung(folder)) {
                return;
            }
            if (ofDead.isEmpty() && isInUse(folder)) {
                return; // its lock was taken away by who cleans temporary folders, or it could have none
            }
        } catch (IOException e) {
            return; // being deleted by its own gateway, say
        }
        ofDead.ifPresent(AliveLock::close);
        Path unseen = folder.resolve("." + LOCK); // of one that died while it took its lock
        delete(folder, each -> ownership.isSocket(each) || each.equals(unseen));
    }

    private static boolean isInUse(Path folder) throws IOException {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder)) {
            for (Path each : sockets) {
                if (ListenAddress.of("unix:" + each).isOpen()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isYoung(Path folder) throws IOException {
        Instant made =
                Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
        return made.isAfter(Instant.now().minus(UNTIL_LOCKED));
    }

    /** Not by Files.createTempDirectory, whose random names cost a SecureRandom: creating is what refuses a taken name. */
    private static Path createIn(Path place) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path folder = place.resolve(PREFIX + GatewayId.next());
            int length = folder.toString().getBytes(UTF_8).length + 1 + WIDEST_INDEX;
            if (length > LONGEST_PATH) {
                throw new IOException("too long: a socket in it would have a path of up to " + length + " bytes, "
                        + LONGEST_PATH + " are possible");
            }
            try {
                return Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Somebody else's: another one.
            } catch (IOException e) {
                throw new IOException(Files.isDirectory(place) ? "cannot be written to" : "is no folder", e);
            }
        }
        throw new IOException("every name is taken");
    }

    private static void delete(Path folder, DirectoryStream.Filter<Path> which) {
        try (DirectoryStream<Path> sockets = Files.newDirectoryStream(folder, which)) {
            for (Path socket : sockets) {
                Files.deleteIfExists(socket);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            // Somebody else's, or gone already: the next start looks again.
        }
    }
}
