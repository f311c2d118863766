// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads a jar from end to end within bounds. The JDK opens damaged jars without complaint and never compares a
 * checksum, so a half-copied one would show later, as classes that are missing in the middle of a call.
 */
final class Archive {

    /** Of the jar itself, in bytes. */
    static final long MOST_BYTES = 256L << 20;

    private static final int MOST_ENTRIES = 65_534; // 65,535 says: see the ZIP64 record
    private static final long MOST_INDEX_BYTES = 16L << 20; // the JDK reads the index into memory in one piece
    private static final long MOST_EXPANDED_BYTES = 1L << 30;
    private static final long MOST_RATIO = 100;
    private static final long RATIO_COUNTS_FROM = 16L << 20;

    private static final String API = "dev/mcpgateway/api/";
    private static final String VERSIONS = "META-INF/versions/";

    private static final int END_LENGTH = 22;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int MOST_COMMENT = 0xFFFF;

    private final Path file;
    private final long size;

    private Archive(Path file, long size) {
        this.file = file;
        this.size = size;
    }

    /**
     * @param size of the file, in bytes
     * @throws IOException when the disk fails
     */
    static void check(Path file, long size) throws IOException, PluginFault {
        Archive archive = new Archive(file, size);
        archive.checkEnd();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            archive.checkIndex(zip);
            archive.checkContents(zip);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw damaged("its index is broken");
        }
    }

    /** The record at the end says how large the index is: looked at before the JDK loads it. */
    private void checkEnd() throws IOException, PluginFault {
        int length = (int) Math.min(size, END_LENGTH + MOST_COMMENT);
        ByteBuffer tail = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer head = ByteBuffer.allocate(2);
        try (FileChannel channel = FileChannel.open(file)) {
            readFully(channel, tail, size - length);
            readFully(channel, head, 0);
        }
        for (int at = length - END_LENGTH; at >= 0; at--) {
            if (tail.getInt(at) == END_SIGNATURE && at + END_LENGTH + u16(tail, at + 20) == length) {
                long index = Integer.toUnsignedLong(tail.getInt(at + 12));
                if (u16(tail, at + 10) > MOST_ENTRIES || index > MOST_INDEX_BYTES) {
                    throw tooLarge("has more than " + MOST_ENTRIES + " entries or an index over " + MOST_INDEX_BYTES
                            + " bytes");
                }
                return;
            }
        }
        boolean beginsAsZip = length >= 2 && head.get(0) == 'P' && head.get(1) == 'K';
        throw beginsAsZip
                ? damaged("its end is missing")
                : new PluginFault(Code.NOT_A_ZIP, "it is not a jar, whatever its name says: put the built jar there");
    }

    private void checkIndex(ZipFile zip) throws PluginFault {
        long expanded = 0;
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            checkName(entry.getName());
            expanded += Math.max(entry.getSize(), 0);
            if (expanded > MOST_EXPANDED_BYTES) {
                throw tooLarge("unpacks to more than " + MOST_EXPANDED_BYTES + " bytes");
            }
        }
        if (expanded > RATIO_COUNTS_FROM && expanded / MOST_RATIO > size) {
            throw tooLarge("unpacks to more than " + MOST_RATIO + " times its own size");
        }
    }

    private static void checkName(String name) throws PluginFault {
        if (climbs(name)) {
            throw new PluginFault(
                    Code.UNSAFE_ENTRY,
                    "its entry '" + name + "' leads out of the jar: build it anew with a tool that writes plain names");
        }
        if (!name.endsWith(".class")) {
            return;
        }
        String plain = name.startsWith(VERSIONS) ? name.substring(name.indexOf('/', VERSIONS.length()) + 1) : name;
        if (plain.startsWith(API)) {
            throw new PluginFault(
                    Code.API_BUNDLED,
                    "it brings its own copy of gateway-api (" + name
                            + "): the gateway supplies that; give the dependency the scope 'provided' and build again");
        }
    }

    private static boolean climbs(String name) {
        return name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || name.equals("..")
                || name.startsWith("../")
                || name.endsWith("/..")
                || name.contains("/../");
    }

    private void checkContents(ZipFile zip) throws IOException, PluginFault {
        byte[] buffer = new byte[64 << 10];
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            checkContents(zip, entries.nextElement(), buffer);
        }
    }

    /** Never inflates more than the index declares, which is bounded. */
    private void checkContents(ZipFile zip, ZipEntry entry, byte[] buffer) throws IOException, PluginFault {
        CRC32 crc = new CRC32();
        long length = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
                length += read;
                if (length > entry.getSize()) {
                    break;
                }
            }
        } catch (ZipException | EOFException e) {
            throw damaged("its entry '" + entry.getName() + "' cannot be unpacked");
        }
        if (length != entry.getSize() || crc.getValue() != entry.getCrc()) {
            throw damaged("the checksum of its entry '" + entry.getName() + "' is wrong");
        }
    }

    private static PluginFault damaged(String what) {
        return new PluginFault(Code.DAMAGED, "it is damaged or was copied only in part (" + what + "): copy it again");
    }

    private PluginFault tooLarge(String what) {
        return new PluginFault(
                Code.TOO_LARGE,
                "it " + what + ", more than a plugin may have (" + size + " bytes packed): split it up");
    }

    private static int u16(ByteBuffer buffer, int at) {
        return Short.toUnsignedInt(buffer.getShort(at));
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining() && channel.read(into, from + into.position()) >= 0) {
            // until it is full, or the file turned out to be shorter
        }
    }
}
