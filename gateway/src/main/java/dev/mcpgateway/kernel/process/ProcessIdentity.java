// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A process that cannot be mistaken for a later one with the same pid.
 *
 * @param start when it was started: on Linux as {@link ProcessTable} has it, elsewhere milliseconds since 1970. Only ever
 *     compared for equality
 */
record ProcessIdentity(long pid, String start) {

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

    /**
     * The processes that it has started, with all that those have: as many as can be found, none where the system lets us
     * open no more files. On Linux also when it is dead.
     */
    Set<ProcessIdentity> started() {
        if (ProcessTable.IS_THERE) {
            return ProcessTable.startedBy(this);
        }
        Set<ProcessIdentity> found = new HashSet<>();
        handle().ifPresent(process -> {
            try (Stream<ProcessHandle> descendants = process.descendants()) {
                descendants.forEach(each -> of(each).ifPresent(found::add));
            } catch (RuntimeException unreadable) {
                // what was found until here
            }
        });
        return found;
    }

    /** Whether it is in another container on this machine: then nothing can be known of it here. */
    boolean isElsewhere() {
        return ProcessTable.IS_THERE && ProcessTable.isElsewhere(this);
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
        if (ProcessTable.IS_THERE) {
            return ProcessTable.row(process.pid()).map(ProcessTable.Row::start).orElse(UNKNOWN);
        }
        return process.info()
                .startInstant()
                .map(start -> Long.toString(start.toEpochMilli()))
                .orElse(UNKNOWN);
    }
}
