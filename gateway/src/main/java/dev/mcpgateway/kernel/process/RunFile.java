// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.process.RunFileText.Child;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What this gateway tells other gateways about itself, in {@code run/ID.json} of the working folder: its provider
 * processes, so that the next gateway ends what outlived this one, and its plugin files, for {@code plugins}.
 *
 * <p>Written whole at every change, by rename, so that nobody ever reads half of it. Where that is not possible, one
 * warning says so and the gateway goes on without. Thread-safe.
 */
public final class RunFile implements AutoCloseable {

    private static final Log LOG = Log.named("process");
    private static final Duration REMEMBERED = Duration.ofDays(7);
    private static final FileAttribute<?> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<?> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path folder;
    private final Path configuration;
    private final Path pluginsDir;
    private final ProcessIdentity gateway = ProcessIdentity.current();
    private final String id = GatewayId.next();

    @GuardedBy("this") private final List<Child> children = new ArrayList<>();

    @GuardedBy("this") private List<PluginState> plugins = List.of();

    @GuardedBy("this") private List<ProviderState> providers = List.of();

    @GuardedBy("this") private boolean isFirst = true;

    @GuardedBy("this") private boolean hasWarned;

    @GuardedBy("this") private boolean isClosed;

    @GuardedBy("this") private @Nullable AliveLock lock;

    /** Nothing is written before there is something to tell. */
    public RunFile(Path workDir, Path configuration, Path pluginsDir) {
        this.folder = folderOf(workDir);
        this.configuration = configuration;
        this.pluginsDir = pluginsDir;
    }

    synchronized void childStarted(String provider, ProcessIdentity child) {
        children.add(new Child(provider, child));
        write();
    }

    synchronized void childEnded(ProcessIdentity child) {
        children.removeIf(each -> each.process().equals(child));
        write();
    }

    /** Replaces what is told about the plugin folder and the providers. */
    public synchronized void tell(List<PluginState> plugins, List<ProviderState> providers) {
        this.plugins = List.copyOf(plugins);
        this.providers = List.copyOf(providers);
        write();
    }

    /** Deletes the file: the gateway ends and has ended its processes. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (!isFirst) {
            delete(file());
        }
        if (lock != null) {
            lock.close();
        }
    }

    /**
     * Ends the provider processes of gateways that are dead, with all that those started, and removes their files; files
     * that cannot be understood are removed too. Those of living gateways are left alone. Takes up to 3 s where there is
     * something to end that does not want to: not to be called on the way to an answer.
     */
    public static void endOrphans(Path workDir) {
        Set<ProcessIdentity> orphans = new HashSet<>();
        List<Path> stale = new ArrayList<>();
        List<AliveLock> locks = new ArrayList<>();
        for (Path file : files(workDir)) {
            Optional<RunFileText> text = read(file);
            boolean isElsewhere = text.map(RunFile::isOfElsewhere).orElse(false) && isOfTheseDays(file);
            if (isElsewhere || lives(file, text, locks)) {
                continue;
            }
            text.ifPresent(known -> known.children().forEach(child -> orphans.add(child.process())));
            stale.add(file);
            stale.add(halfOf(file));
        }
        end(orphans);
        stale.forEach(RunFile::delete);
        locks.forEach(AliveLock::close);
    }

    /** The gateways that run now with this working folder, in no order. */
    public static List<RunningGateway> running(Path workDir) {
        List<RunningGateway> running = new ArrayList<>();
        for (Path file : files(workDir)) {
            Optional<RunFileText> read = isWhole(file) ? read(file) : Optional.empty();
            boolean isHeld = AliveLock.isHeld(lockOf(file));
            read.filter(text -> isHeld || text.gateway().isAlive())
                    .ifPresent(text -> running.add(new RunningGateway(
                            text.gateway().pid(),
                            text.configuration(),
                            text.pluginsDir(),
                            text.plugins(),
                            text.providers())));
        }
        return running;
    }

    /**
     * Whether the gateway lives that has written the file.
     *
     * @param ofDead is given the lock of one that does not
     */
    private static boolean lives(Path file, Optional<RunFileText> text, List<AliveLock> ofDead) {
        try {
            Optional<AliveLock> lock = AliveLock.ofDead(lockOf(file));
            lock.ifPresent(ofDead::add);
            return lock.isEmpty();
        } catch (NoSuchFileException noLock) { // a file system without: what the pid says is all there is
            return text.map(known -> known.gateway().isAlive()).orElse(false);
        }
    }

    private static boolean isOfTheseDays(Path file) {
        try {
            return Files.getLastModifiedTime(file)
                    .toInstant()
                    .isAfter(Instant.now().minus(REMEMBERED));
        } catch (IOException gone) {
            return true;
        }
    }

    private static boolean isWhole(Path file) {
        return file.toString().endsWith(".json");
    }

    private static Path halfOf(Path file) {
        return file.resolveSibling(idOf(file) + ".json.half");
    }

    private static String idOf(Path file) {
        return file.getFileName().toString().substring(0, GatewayId.LENGTH);
    }

    /** Only a gateway in that container could end them: its file stays for that, for some days. */
    private static boolean isOfElsewhere(RunFileText text) {
        return text.gateway().isElsewhere()
                || text.children().stream().anyMatch(child -> child.process().isElsewhere());
    }

    private static Path lockOf(Path file) {
        return file.resolveSibling(idOf(file) + ".lock");
    }

    private static void end(Set<ProcessIdentity> orphans) {
        Set<ProcessIdentity> all = new HashSet<>();
        for (ProcessIdentity orphan : orphans) {
            Set<ProcessIdentity> its = new HashSet<>(orphan.started());
            orphan.handle().ifPresent(process -> its.add(orphan));
            if (!its.isEmpty()) {
                LOG.info("ending process " + orphan.pid()
                        + " and what it has started, which a gateway that is gone has left behind");
                all.addAll(its);
            }
        }
        try {
            Termination.of(all, new ShutdownUrgency());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @GuardedBy("this") private void write() {
        if (isClosed) {
            return;
        }
        try {
            if (isFirst) {
                prepare();
                isFirst = false;
            }
            byte[] text = new RunFileText(gateway, configuration, pluginsDir, children, plugins, providers).toBytes();
            Path half = folder.resolve(id + ".json.half");
            Files.deleteIfExists(half);
            Files.createFile(half, FILE_MODE);
            try (FileOutputStream out = new FileOutputStream(half.toFile())) {
                out.write(text);
            }
            Files.move(half, file(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (hasWarned) {
                return;
            }
            hasWarned = true;
            LOG.warn("cannot write " + file() + ": provider processes that outlive a killed gateway will not be ended"
                    + " by the next one, and the command 'plugins' will not see this gateway;"
                    + " set gateway.workDir to a folder that can be written to");
        }
    }

    @GuardedBy("this") private void prepare() throws IOException {
        Files.createDirectories(folder, FOLDER_MODE);
        if (!Ownership.in(folder).isPrivateFolder(folder)) {
            throw new IOException("it is a link, or others may write to it");
        }
        try {
            lock = AliveLock.take(folder.resolve(id + ".lock"));
        } catch (IOException e) {
            LOG.warn(
                    "cannot lock a file in " + folder + " (" + e.getMessage()
                            + "): a gateway in another container may take this one for dead; set gateway.workDir to a local disk");
        }
    }

    private Path file() {
        return folder.resolve(id + ".json");
    }

    private static Path folderOf(Path workDir) {
        return workDir.resolve("run");
    }

    private static List<Path> files(Path workDir) {
        Pattern ours = Pattern.compile(GatewayId.PATTERN + "\\.json(\\.half)?");
        List<Path> files = new ArrayList<>();
        Path folder = folderOf(workDir);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                boolean isOurs = ours.matcher(file.getFileName().toString()).matches();
                if (isOurs && (isWhole(file) || Files.notExists(folder.resolve(idOf(file) + ".json")))) {
                    files.add(file);
                }
            }
            if (!files.isEmpty()) { // processes are ended by what they say
                Ownership ownership = Ownership.in(folder);
                boolean isOurs = ownership.isPrivateFolder(folder);
                files.removeIf(file -> !isOurs || !ownership.isPrivateFile(file));
            }
        } catch (IOException e) {
            return List.of(); // No such folder yet: nobody ran here. Or it is not for us to write in.
        }
        return files;
    }

    /** Empty where it is not a run file of ours. */
    private static Optional<RunFileText> read(Path file) {
        try {
            return RunFileText.parse(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete " + file);
        }
    }
}
