package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fresh folder, mode 0700, for the sockets of this gateway's provider processes. In {@code XDG_RUNTIME_DIR}, else in
 * the temporary folder: the path of a Unix socket has room for 107 bytes on Linux and 103 on macOS. Its name holds the
 * gateway's pid. Thread-safe.
 */
public final class SocketFolder implements AutoCloseable {

    private static final String PREFIX = "mcp-gateway-";
    private static final int ATTEMPTS = 100;
    private static final int LONGEST_PATH = System.getProperty("os.name", "").startsWith("Linux") ? 107 : 103;
    private static final int WIDEST_INDEX = 10;

    private final Path folder;

    private SocketFolder(Path folder) {
        this.folder = folder;
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
        delete(folder, each -> true); // which we have made, and nobody else may enter
    }

    /** Deletes what gateways that are dead left behind. Reads whole folders: not to be called on the way to an answer. */
    public static void deleteStale() {
        places(System.getenv()).forEach(SocketFolder::deleteStale);
    }

    static void deleteStale(Path place) {
        Pattern ours = Pattern.compile(PREFIX + "([0-9]{1,18})-[0-9]+");
        List<Path> stale = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(place, PREFIX + "*")) {
            for (Path each : folders) {
                Matcher name = ours.matcher(each.getFileName().toString());
                if (name.matches() && isDead(Long.parseLong(name.group(1)))) {
                    stale.add(each);
                }
            }
            if (!stale.isEmpty()) {
                Ownership ownership = Ownership.in(place);
                stale.stream().filter(ownership::isPrivateFolder).forEach(each -> delete(each, ownership::isSocket));
            }
        } catch (IOException e) {
            // A place that cannot be read, or written to, holds nothing of ours.
        }
    }

    private static boolean isDead(long pid) {
        return ProcessHandle.of(pid).isEmpty();
    }

    /** Not by Files.createTempDirectory, whose random names cost a SecureRandom: creating is what refuses a taken name. */
    private static Path createIn(Path place) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path folder = place.resolve(PREFIX + ProcessHandle.current().pid() + "-" + attempt);
            int length = folder.toString().getBytes(UTF_8).length + 1 + WIDEST_INDEX;
            if (length > LONGEST_PATH) {
                throw new IOException("too long: a socket in it would have a path of up to " + length + " bytes, "
                        + LONGEST_PATH + " are possible");
            }
            try {
                return Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Of an earlier gateway with our pid, or of somebody else: the next number.
            } catch (IOException e) {
                throw new IOException(Files.isDirectory(place) ? "cannot be written to" : "is no folder", e);
            }
        }
        throw new IOException(ATTEMPTS + " leftovers in it");
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
