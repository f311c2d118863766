// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import com.sun.security.auth.module.UnixSystem;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Warns of who else may change the files that the gateway relies on, or read its keys. Each is said once, and nothing is refused, since
 * containers do such things on purpose. Nothing is said of what is not there, or lies where there are no POSIX attributes. Thread-safe.
 */
public final class FileAccessWarnings {

    private static final String ATTRIBUTES = "unix:uid,owner,mode"; // the POSIX view does not have the sticky bit
    private static final int STICKY = 0_1000;
    private static final int OTHERS_READ = 0_004;
    private static final int OTHERS_WRITE = 0_002;

    private final Consumer<String> warn;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Looked up where it is needed first: loading what knows it takes some milliseconds. */
    private static final class Us {
        static final long UID = new UnixSystem().getUid();
    }

    private record Access(int uid, String owner, int mode) {

        boolean isOpenTo(int right) {
            return (mode & right) != 0;
        }
    }

    /** @param warn told one line for each path and what is wrong with it */
    public FileAccessWarnings(Consumer<String> warn) {
        this.warn = warn;
    }

    /** Looks at the configuration's file, the plugin folder, and the files for TLS. */
    public void warnOfWriters(Configuration configuration) {
        lookAtFolders(configuration.file());
        lookAtFolders(configuration.gateway().pluginsDir());
        tls(configuration)
                .flatMap(files -> Stream.of(files.ca(), files.certificate(), files.key()))
                .flatMap(Optional::stream)
                .forEach(this::lookAtFolders);
    }

    /** Looks at the jars that are loaded, or would be. Their folder has been looked at. */
    public void warnOfWriters(Collection<PluginFile> files) {
        for (PluginFile each : files) {
            if (each.state() != State.REFUSED && each.state() != State.IGNORED) {
                lookAtOwner(each.file());
            }
        }
    }

    /** Looks at the private keys. In a gateway that runs those who read them do so, whenever they read another one. */
    public void warnOfKeyReaders(Configuration configuration) {
        tls(configuration).flatMap(files -> files.key().stream()).forEach(this::lookAtReaders);
    }

    private static Stream<ProviderConfig.Tls> tls(Configuration configuration) {
        return configuration.providers().stream().filter(ProviderEntry::enabled).flatMap(each -> each.tls().stream());
    }

    /** By its owner. */
    void lookAtOwner(Path path) {
        lookAtOwner(path, access(path));
    }

    private void lookAtOwner(Path path, @Nullable Access access) {
        if (access != null && access.uid != 0 && Integer.toUnsignedLong(access.uid) != Us.UID) {
            say(
                    path + " belongs to '" + access.owner
                            + "', who may change it and so what the gateway does: chown it to root or to the gateway's user unless that is meant");
        }
    }

    /** By its owner, by everyone, and by everyone in a folder above it. The plugin folder itself is judged where it is looked into. */
    void lookAtFolders(Path path) {
        Access own = access(path);
        lookAtOwner(path, own);
        if (own != null && own.isOpenTo(OTHERS_WRITE) && Files.isRegularFile(path)) {
            say("everyone may write to " + path
                    + " and so change what the gateway does: chmod o-w it unless that is meant");
        }
        for (Path folder : foldersAbove(path)) {
            Access access = access(folder);
            if (access != null && access.isOpenTo(OTHERS_WRITE) && !access.isOpenTo(STICKY)) {
                say("everyone may write to the folder " + folder
                        + " and so replace what the gateway uses below it: chmod o-w it unless that is meant");
            }
        }
    }

    void lookAtReaders(Path key) {
        Access access = access(key);
        if (access != null && access.isOpenTo(OTHERS_READ)) {
            say("everyone may read the private key " + key + ": chmod o-r it unless that is meant");
        }
    }

    private void say(String text) {
        if (told.add(text)) {
            warn.accept(text);
        }
    }

    /** Above its name and above what its name leads to: links are replaced as easily as files. */
    private static Set<Path> foldersAbove(Path path) {
        Set<Path> folders = new LinkedHashSet<>();
        try {
            for (Path start : List.of(path.toAbsolutePath(), path.toRealPath())) {
                for (Path folder = start.getParent(); folder != null; folder = folder.getParent()) {
                    folders.add(folder.toRealPath());
                }
            }
        } catch (IOException e) {
            // it is not there, or we may not look
        }
        return folders;
    }

    private static @Nullable Access access(Path path) {
        try {
            Map<String, Object> read = Files.readAttributes(path, ATTRIBUTES);
            return read.get("uid") instanceof Integer uid && read.get("mode") instanceof Integer mode
                    ? new Access(uid, String.valueOf(read.get("owner")), mode)
                    : null;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return null;
        }
    }
}
