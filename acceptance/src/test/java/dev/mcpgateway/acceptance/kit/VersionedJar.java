// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * One plugin jar in version after version, which differ in nothing but their {@code Plugin-Version}: packed once, so that
 * each costs a copy and no more. Immutable.
 */
public final class VersionedJar {

    private static final String KEY = "Plugin-Version";
    private static final String PREFIX = "1.0.";
    private static final int FIRST = 10_000; // five digits, as long as there are less than 90,000
    private static final int LOCAL_CRC =
            14; // where it stands in a local header, and below in a central one and in the end
    private static final int CENTRAL_CRC = 16;
    private static final int END_LENGTH = 22;
    private static final int END_CENTRAL = 16;

    /** After which a file counts as untouched, and then some. */
    private static final Duration OLD = Duration.ofSeconds(10);

    private final byte[] packed;
    private final int manifestFrom;
    private final int manifestLength;
    private final int digitsFrom;

    private VersionedJar(byte[] packed, byte[] manifest) {
        this.packed = packed;
        manifestLength = manifest.length;
        manifestFrom = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).getShort(26) + 30;
        String text = KEY + ": " + PREFIX;
        digitsFrom = manifestFrom + new String(manifest, US_ASCII).indexOf(text) + text.length();
    }

    /** Packed anew without compression, as our own plugins are. */
    public static VersionedJar of(byte[] jar) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(jar.length);
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
                ZipOutputStream out = new ZipOutputStream(packed)) {
            Map<String, byte[]> contents = new LinkedHashMap<>();
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                contents.put(entry.getName(), in.readAllBytes());
            }
            byte[] manifest = numbered(Objects.requireNonNull(contents.remove(JarFile.MANIFEST_NAME), "no manifest"));
            store(out, JarFile.MANIFEST_NAME, manifest); // the first of all, where its place is known
            for (Map.Entry<String, byte[]> content : contents.entrySet()) {
                store(out, content.getKey(), content.getValue());
            }
            out.finish();
            return new VersionedJar(packed.toByteArray(), manifest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the jar of that number says its version is; a higher number is a higher version. */
    public static String version(int number) {
        return PREFIX + (FIRST + number);
    }

    /** The jar of that number. */
    public byte[] bytes(int number) {
        byte[] jar = packed.clone();
        byte[] digits = Integer.toString(FIRST + number).getBytes(US_ASCII);
        System.arraycopy(digits, 0, jar, digitsFrom, digits.length);
        CRC32 crc = new CRC32();
        crc.update(jar, manifestFrom, manifestLength);
        ByteBuffer fields = ByteBuffer.wrap(jar).order(ByteOrder.LITTLE_ENDIAN);
        int central = fields.getInt(jar.length - END_LENGTH + END_CENTRAL);
        fields.putInt(LOCAL_CRC, (int) crc.getValue());
        fields.putInt(central + CENTRAL_CRC, (int) crc.getValue());
        return jar;
    }

    /** Puts the jar of that number there in place of what there is, in one step, as a file that nobody has touched for a while. */
    public void putAt(Path place, int number) {
        try {
            Path part = place.resolveSibling("." + place.getFileName() + ".part");
            Files.write(part, bytes(number));
            Files.setLastModifiedTime(part, FileTime.from(Instant.now().minus(OLD)));
            Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] numbered(byte[] manifest) throws IOException {
        Manifest changed = new Manifest(new ByteArrayInputStream(manifest));
        changed.getMainAttributes().putValue(KEY, version(0));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        changed.write(text);
        return text.toByteArray();
    }

    private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
