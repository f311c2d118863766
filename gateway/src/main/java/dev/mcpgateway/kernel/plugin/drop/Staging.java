// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The private copies that plugins are loaded from, so that nobody who overwrites, half-copies or deletes a dropped file
 * can hurt a running plugin. Thread-safe; several gateways may share one folder.
 */
public final class Staging implements AutoCloseable {

    private final Path wanted;

    @GuardedBy("this") private @Nullable PrivateFolder folder;

    /** Copies go to {@code staged} in {@code workDir}, or to a temporary folder where that cannot be written. */
    public Staging(Path workDir) {
        this.wanted = workDir.resolve("staged");
    }

    /**
     * Copies a file as it was seen; one that was staged before is recognised by its size, time and key and not read again.
     *
     * @return empty where the file has changed since it was seen
     */
    public Optional<StagedJar> stage(FileObservation sighting) throws PluginFault {
        PrivateFolder into = folder();
        Origins origins = new Origins(into);
        Optional<StagedJar> known = origins.find(sighting);
        if (known.isPresent()) {
            return known;
        }
        checkSize(sighting);
        Path incoming = newFile(into);
        try {
            String sha256 = copy(sighting, incoming);
            if (!sighting.again().equals(sighting)) {
                return Optional.empty();
            }
            Archive.check(incoming, sighting.size());
            StagedJar staged = new StagedJar(into.path().resolve(sha256 + ".jar"), sha256);
            Files.move(incoming, staged.file(), StandardCopyOption.ATOMIC_MOVE);
            origins.remember(sighting, staged);
            return Optional.of(staged);
        } catch (IOException e) {
            throw cannotStage(into.path());
        } finally {
            into.discard(incoming);
        }
    }

    /** Looks at a file where it lies, without a copy. */
    public static void check(DroppedFile dropped) throws PluginFault {
        FileObservation sighting = dropped.sighting();
        checkSize(sighting);
        try {
            Archive.check(sighting.file(), sighting.size());
        } catch (IOException e) {
            throw DroppedFile.unreadable(e);
        }
    }

    /** The SHA-256 of a file, in hexadecimal. */
    public static String sha256(Path file) throws PluginFault {
        try {
            return digest(file, OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw DroppedFile.unreadable(e);
        }
    }

    /** Deletes the copies where they are temporary. */
    @Override
    public synchronized void close() {
        if (folder != null) {
            folder.close();
        }
    }

    /** Made when the first jar is staged. */
    private synchronized PrivateFolder folder() throws PluginFault {
        PrivateFolder made = folder;
        if (made == null) {
            try {
                made = PrivateFolder.in(wanted);
            } catch (IOException e) {
                throw cannotStage(wanted);
            }
            folder = made;
        }
        return made;
    }

    private static void checkSize(FileObservation sighting) throws PluginFault {
        if (sighting.size() == 0) {
            throw new PluginFault(Code.EMPTY, "it is empty: copy it again");
        }
        if (sighting.size() > Archive.MOST_BYTES) {
            throw new PluginFault(
                    Code.TOO_LARGE,
                    "it has " + sighting.size() + " bytes, more than the " + Archive.MOST_BYTES + " a plugin may have");
        }
    }

    private static Path newFile(PrivateFolder into) throws PluginFault {
        try {
            return into.newFile();
        } catch (IOException e) {
            throw cannotStage(into.path());
        }
    }

    private static String copy(FileObservation sighting, Path to) throws IOException, PluginFault {
        try (OutputStream out = Files.newOutputStream(to)) {
            return digest(sighting.file(), out);
        } catch (AccessDeniedException | NoSuchFileException e) {
            throw DroppedFile.unreadable(e);
        }
    }

    private static String digest(Path file, OutputStream copy) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestOutputStream out = new DigestOutputStream(copy, newSha256())) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    private static PluginFault cannotStage(Path folder) {
        return new PluginFault(
                Code.STAGING_FAILED,
                "no private copy of it could be made in " + folder
                        + ": make room there, or set gateway.workDir to a folder with more");
    }
}
