// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers which file each copy was made from, so that a jar is not read anew at every start. One small text file per
 * origin: a format number, path, sighting and SHA-256, a line each. Thread-safe.
 */
final class Origins {

    /** Raised whenever {@link Archive} becomes stricter: what was staged before is then checked again. */
    private static final String FORMAT = "1";

    private final PrivateFolder folder;

    Origins(PrivateFolder folder) {
        this.folder = folder;
    }

    Optional<StagedJar> find(FileObservation sighting) {
        try {
            List<String> lines = Files.readAllLines(record(sighting.file()));
            if (lines.size() != 4 || !lines.subList(0, 3).equals(identity(sighting))) {
                return Optional.empty();
            }
            StagedJar staged = new StagedJar(folder.path().resolve(lines.get(3) + ".jar"), lines.get(3));
            return Files.size(staged.file()) == sighting.size() ? Optional.of(staged) : Optional.empty();
        } catch (IOException e) { // never staged, or swept away
            return Optional.empty();
        }
    }

    /** Also deletes copies that are of no use any more. Does what it can: without a record the next start is slower. */
    void remember(FileObservation sighting, StagedJar staged) {
        try {
            Path incoming = folder.newFile();
            Files.writeString(incoming, String.join("\n", identity(sighting)) + "\n" + staged.sha256() + "\n");
            Files.move(incoming, record(sighting.file()), StandardCopyOption.ATOMIC_MOVE);
            sweep();
        } catch (IOException e) {
            // no room, or another gateway is at it as well
        }
    }

    /** Spares what is younger than ten minutes: another gateway may be about to load it. */
    private void sweep() throws IOException {
        Instant old = Instant.now().minus(10, ChronoUnit.MINUTES);
        Set<String> used = new HashSet<>();
        try (DirectoryStream<Path> records = Files.newDirectoryStream(folder.path(), "*.origin")) {
            for (Path record : records) {
                List<String> lines = Files.readAllLines(record);
                if (lines.size() == 4 && Files.exists(Path.of(lines.get(1)))) {
                    used.add(lines.get(3) + ".jar");
                } else {
                    deleteIfOlder(record, old);
                }
            }
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.path(), "*.{jar,tmp}")) {
            for (Path file : files) {
                if (!used.contains(String.valueOf(file.getFileName()))) {
                    deleteIfOlder(file, old);
                }
            }
        }
    }

    private static void deleteIfOlder(Path file, Instant than) throws IOException {
        try {
            if (Files.getLastModifiedTime(file).toInstant().isBefore(than)) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // another gateway was quicker
        }
    }

    private static List<String> identity(FileObservation sighting) {
        return List.of(
                FORMAT,
                sighting.file().toAbsolutePath().toString(),
                sighting.size() + " " + sighting.modifiedNanos() + " " + sighting.key());
    }

    /** The name need not be unique: the path is in the record. */
    private Path record(Path origin) {
        return folder.path()
                .resolve(Integer.toHexString(origin.toAbsolutePath().toString().hashCode()) + ".origin");
    }
}
