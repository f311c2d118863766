// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The end of processes that did not end by themselves. */
final class Termination {

    private static final Duration GRACE = Duration.ofMillis(600);
    private static final Duration HURRIED = Duration.ofMillis(300);
    private static final Duration KILLED = Duration.ofMillis(500);

    private Termination() {}

    /** SIGTERM to those that live, SIGKILL to those that still live 0.6 s later. Returns when all are gone. */
    static void of(Collection<ProcessIdentity> processes, ShutdownUrgency urgency) throws InterruptedException {
        List<ProcessIdentity> alive = new ArrayList<>(processes);
        alive.removeIf(each -> !each.isAlive());
        alive.forEach(process -> process.handle().ifPresent(ProcessHandle::destroy));
        urgency.await(() -> areGone(alive), GRACE, HURRIED);
        kill(alive);
        urgency.await(() -> areGone(alive), KILLED, KILLED);
    }

    static void kill(Collection<ProcessIdentity> processes) {
        processes.forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
    }

    /** Returns when they are gone, so that what they had is free. */
    static void killAndAwait(Collection<ProcessIdentity> processes) throws InterruptedException {
        kill(processes);
        List<ProcessIdentity> alive = new ArrayList<>(processes);
        new ShutdownUrgency().await(() -> areGone(alive), KILLED, KILLED);
    }

    private static boolean areGone(List<ProcessIdentity> processes) {
        processes.removeIf(each -> !each.isAlive());
        return processes.isEmpty();
    }
}
