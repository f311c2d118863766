// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.concurrent.TimeUnit;

/**
 * One look at a file. Two equal ones say that it was not written to in between.
 *
 * @param size in bytes
 * @param modifiedNanos since the epoch, by the file system's clock
 * @param key device and inode
 */
public record FileObservation(Path file, long size, long modifiedNanos, String key) {

    private static final long UNTOUCHED_NANOS = TimeUnit.SECONDS.toNanos(2);

    static FileObservation of(Path file) throws IOException, PluginFault {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new PluginFault(
                    Code.NOT_A_FILE,
                    "it is " + (attributes.isDirectory() ? "a folder" : "not a regular file")
                            + ": a plugin is one jar file");
        }
        if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new PluginFault(
                    Code.WRITABLE_BY_ALL, "everyone may write to it, so anyone could plant code in it: chmod o-w it");
        }
        return new FileObservation(
                file,
                attributes.size(),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                String.valueOf(attributes.fileKey()));
    }

    FileObservation again() throws IOException, PluginFault {
        return of(file);
    }

    /** Whether nobody has written to it for 2 s; a time in the future says nothing. */
    boolean isUntouched() {
        long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        return now - modifiedNanos >= UNTOUCHED_NANOS;
    }
}
