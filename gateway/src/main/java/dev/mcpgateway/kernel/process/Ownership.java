// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whose the things in a place are that others may write to: what somebody else has put there, or a link, is neither followed, nor believed,
 * nor deleted. Immutable.
 */
final class Ownership {

    private static final FileAttribute<Set<PosixFilePermission>> AS_OURS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final UserPrincipal us;

    private Ownership(UserPrincipal us) {
        this.us = us;
    }

    /**
     * As that place has it: on a network file system we may be somebody else than elsewhere.
     *
     * @throws IOException where we cannot make a file there
     */
    static Ownership in(Path place) throws IOException {
        Path probe = place.resolve(
                ".mcp-gateway-" + ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
        Files.createFile(probe, AS_OURS);
        try {
            return new Ownership(Files.getOwner(probe, LinkOption.NOFOLLOW_LINKS));
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    /** Whether it is a folder, no link to one, that is ours and into which nobody else can put anything. */
    boolean isPrivateFolder(Path path) {
        return is(path, attributes -> attributes.isDirectory() && isForOwner(attributes.permissions()));
    }

    /** Whether it is a file, no link to one, that is ours and that nobody else can write to. */
    boolean isPrivateFile(Path path) {
        return is(path, attributes -> attributes.isRegularFile() && isForOwner(attributes.permissions()));
    }

    /** Whether it is a socket; nothing else that is neither file, folder nor link lies in folders of ours. */
    boolean isSocket(Path path) {
        return is(path, PosixFileAttributes::isOther);
    }

    private static boolean isForOwner(Set<PosixFilePermission> permissions) {
        return !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }

    private boolean is(Path path, Predicate<PosixFileAttributes> wanted) {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.owner().equals(us) && wanted.test(attributes);
        } catch (IOException e) {
            return false;
        }
    }
}
