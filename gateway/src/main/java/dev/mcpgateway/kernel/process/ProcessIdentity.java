package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process that cannot be mistaken for a later one with the same pid.
 *
 * @param start when it was started. On Linux the boot and the clock ticks since then, which a change of the wall clock
 *     does not move; elsewhere milliseconds since 1970. Only ever compared for equality
 */
record ProcessIdentity(long pid, String start) {

    private static final boolean LINUX = new File("/proc/self/stat").canRead();

    /** After the name in parentheses: the state is the first field, the start the twentieth (proc(5), fields 3 and 22). */
    private static final int START_FIELD = 19;

    /** What never matches any process: the one we asked for was gone before we could look. */
    private static final String UNKNOWN = "";

    static ProcessIdentity current() {
        return ofStarted(ProcessHandle.current());
    }

    static Optional<ProcessIdentity> of(ProcessHandle process) {
        String start = startOf(process);
        return start.equals(UNKNOWN) ? Optional.empty() : Optional.of(new ProcessIdentity(process.pid(), start));
    }

    /** Of a process that may have ended meanwhile; then it equals no other. */
    static ProcessIdentity ofStarted(ProcessHandle process) {
        return new ProcessIdentity(process.pid(), startOf(process));
    }

    /** As many as can be found: none where the system lets us open no more files. */
    static Set<ProcessIdentity> descendantsOf(ProcessHandle process) {
        Set<ProcessIdentity> found = new HashSet<>();
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            descendants.forEach(each -> of(each).ifPresent(found::add));
        } catch (RuntimeException unreadable) {
            return found;
        }
        return found;
    }

    /** Whether this very process runs; one that is dead and only waits to be reaped does not. */
    boolean isAlive() {
        return handle().isPresent();
    }

    Optional<ProcessHandle> handle() {
        return ProcessHandle.of(pid)
                .filter(process -> !start.equals(UNKNOWN) && startOf(process).equals(start));
    }

    private static String startOf(ProcessHandle process) {
        if (!LINUX) {
            return process.info()
                    .startInstant()
                    .map(start -> Long.toString(start.toEpochMilli()))
                    .orElse(UNKNOWN);
        }
        try {
            String stat = read("/proc/" + process.pid() + "/stat");
            // The name may hold anything, also spaces and parentheses.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START_FIELD + 2);
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return dead || fields.length <= START_FIELD ? UNKNOWN : Boot.ID + ":" + fields[START_FIELD];
        } catch (IOException | IndexOutOfBoundsException e) {
            return UNKNOWN;
        }
    }

    /** Not through java.nio.file, whose channels take milliseconds to load. */
    private static String read(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static final class Boot {

        static final String ID = read();

        private static String read() {
            try {
                return ProcessIdentity.read("/proc/sys/kernel/random/boot_id").strip();
            } catch (IOException e) {
                return "?";
            }
        }
    }
}
