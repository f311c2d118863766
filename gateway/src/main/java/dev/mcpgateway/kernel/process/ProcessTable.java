// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The processes that run, as Linux tells of them (proc(5)). */
final class ProcessTable {

    static final boolean IS_THERE = new File("/proc/self/stat").canRead();

    // Behind the name in parentheses, which may hold anything, also spaces and parentheses.
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int SESSION = 3;
    private static final int START = 19;

    private static final File PROC = new File("/proc");

    private ProcessTable() {}

    /**
     * @param start the boot and the clock ticks since then, which a change of the wall clock does not move, and the container
     *     (the PID namespace) whose numbers these are
     */
    record Row(long pid, long parent, long session, String start) {}

    /** Empty where there is no such process, or it is dead and only waits to be reaped. */
    static Optional<Row> row(long pid) {
        try {
            String stat = read("/proc/" + pid + "/stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", START + 2);
            if (fields[STATE].equals("Z") || fields[STATE].equals("X") || fields.length <= START) {
                return Optional.empty();
            }
            return Optional.of(new Row(
                    pid, Long.parseLong(fields[PARENT]), Long.parseLong(fields[SESSION]), Here.ID + fields[START]));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * What a process has started, and what these have: its descendants, and those of its session, which they stay in when
     * those in between have ended. Where it is dead itself, its number may be that of another session by now: then only who has
     * been given the environment of a provider process counts.
     */
    static Set<ProcessIdentity> startedBy(ProcessIdentity leader) {
        Map<Long, Row> rows = rows();
        Row current = rows.get(leader.pid());
        Set<ProcessIdentity> found = new HashSet<>();
        boolean isOfHere = leader.start().startsWith(Here.ID);
        boolean isAnothersByNow = current != null && !current.start().equals(leader.start()); // so its session is empty
        if (!isOfHere || isAnothersByNow) {
            return found;
        }
        for (Row row : rows.values()) {
            if (row.pid() != leader.pid()
                    && descends(row, leader.pid(), rows)
                    && (current != null || isOfAProvider(row.pid()))) {
                found.add(new ProcessIdentity(row.pid(), row.start()));
            }
        }
        return found;
    }

    private static boolean isOfAProvider(long pid) {
        try {
            return ("\0" + read("/proc/" + pid + "/environ")).contains("\0" + Launch.SUPERVISED + "\0");
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean descends(Row row, long leader, Map<Long, Row> rows) {
        Set<Long> seen = new HashSet<>(); // the rows were not read at one moment
        for (Row each = row; each != null && seen.add(each.pid()); each = rows.get(each.parent())) {
            if (each.session() == leader || each.parent() == leader) {
                return true;
            }
        }
        return false;
    }

    /** Whether that is a process of another container on this machine, of which nothing can be known here. */
    static boolean isElsewhere(ProcessIdentity process) {
        return process.start().startsWith(Here.BOOT) && !process.start().startsWith(Here.ID);
    }

    private static Map<Long, Row> rows() {
        Map<Long, Row> rows = new HashMap<>();
        String[] names = PROC.list();
        if (names != null) {
            for (String name : names) {
                if (Character.isDigit(name.charAt(0))) {
                    row(Long.parseLong(name)).ifPresent(row -> rows.put(row.pid(), row));
                }
            }
        }
        return rows;
    }

    /** Not through java.nio.file, whose channels take milliseconds to load. */
    private static String read(String file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static final class Here {

        static final String BOOT = boot() + "/";
        static final String ID = BOOT + namespace() + ":";

        private static String boot() {
            try {
                return read("/proc/sys/kernel/random/boot_id").strip();
            } catch (IOException e) {
                return "?";
            }
        }

        private static String namespace() {
            try {
                return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            } catch (IOException | UnsupportedOperationException e) {
                return "?";
            }
        }
    }
}
