package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.drop.DroppedFile;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Decides which file of an id may start: the highest version. Each file waits until all have shown who they are or
 * have dropped out; one that comes later finds the id taken. Thread-safe.
 */
final class Election {

    // A disk that hangs for one file must not keep the others from the first list, which waits 2.5 s.
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Set<Path> awaited;
    private final long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    private final List<Candidate> candidates = new ArrayList<>();
    private boolean decided;

    /** @param late came when others may have been let through already */
    private record Candidate(int number, Path file, String id, Version version, String sha256, boolean late) {

        /** Among those on time there is no order; a late one knows only those before it. */
        boolean mustRegard(Candidate other) {
            return number != other.number && id.equals(other.id) && (!other.late || (late && other.number < number));
        }
    }

    Election(List<DroppedFile> files) {
        awaited = HashSet.newHashSet(files.size());
        for (DroppedFile each : files) {
            awaited.add(each.file());
        }
    }

    /** The file is not waited for any more. */
    synchronized void leave(Path file) {
        awaited.remove(file);
        notifyAll();
    }

    /** Shows who the file is, without waiting for the others. */
    synchronized void enter(Path file, String id, Version version, String sha256) {
        boolean late = decided || !awaited.contains(file);
        candidates.add(new Candidate(candidates.size(), file, id, version, sha256, late));
        leave(file);
    }

    /** Waits until the others have entered or left, for a while. */
    synchronized void awaitOthers() throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        while (!decided && !awaited.isEmpty() && left > 0) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        }
    }

    /**
     * Returns if the file may start.
     *
     * @throws PluginFault when another of the same id is to be preferred, or neither can be
     */
    synchronized void decide(Path file) throws PluginFault {
        decided = true;
        for (Candidate candidate : candidates) {
            if (candidate.file.equals(file)) {
                judge(candidate);
            }
        }
    }

    private void judge(Candidate candidate) throws PluginFault {
        List<Candidate> rivals = new ArrayList<>();
        for (Candidate other : candidates) {
            if (candidate.mustRegard(other)) {
                rivals.add(other);
            }
        }
        rivals.sort(Comparator.comparing(Candidate::version).reversed().thenComparing(Candidate::file));
        for (Candidate rival : rivals) {
            judge(candidate, rival);
        }
    }

    private static void judge(Candidate candidate, Candidate other) throws PluginFault {
        String rival = String.valueOf(other.file.getFileName());
        int order = candidate.version.compareTo(other.version);
        if (order < 0) {
            throw new PluginFault(
                    Code.LOWER_VERSION,
                    "its version " + candidate.version + " of '" + candidate.id + "' is lower than " + other.version
                            + " in " + rival + ": remove one of the two files");
        }
        if (order > 0 && candidate.late) {
            throw new PluginFault(
                    Code.RESTART_NEEDED,
                    "version " + other.version + " of '" + candidate.id + "' in " + rival
                            + " was there first: restart the gateway to run " + candidate.version);
        }
        if (order == 0 && !candidate.sha256.equals(other.sha256)) {
            throw new PluginFault(
                    Code.DUPLICATE_ID,
                    rival + " is another build of the same '" + candidate.id + "' " + candidate.version
                            + ": remove one of the two files");
        }
        if (order == 0 && (candidate.late || candidate.file.compareTo(other.file) > 0)) {
            throw new PluginFault(Code.DUPLICATE_FILE, "it is a copy of " + rival + ": remove one of the two files");
        }
    }
}
