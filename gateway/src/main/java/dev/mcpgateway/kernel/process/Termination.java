package dev.mcpgateway.kernel.process;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The end of processes that did not end by themselves. */
final class Termination {

    private static final Duration KILLED = Duration.ofMillis(500);
    private static final long POLL_MILLIS = 5;

    private Termination() {}

    /** SIGTERM to those that live, SIGKILL to those that still live when the grace is over. Returns when all are gone. */
    static void of(Collection<ProcessIdentity> processes, Duration grace) throws InterruptedException {
        List<ProcessIdentity> alive = alive(processes);
        alive.forEach(process -> process.handle().ifPresent(ProcessHandle::destroy));
        alive = await(alive, grace);
        kill(alive);
        await(alive, KILLED);
    }

    static void kill(Collection<ProcessIdentity> processes) {
        processes.forEach(process -> process.handle().ifPresent(ProcessHandle::destroyForcibly));
    }

    private static List<ProcessIdentity> await(List<ProcessIdentity> processes, Duration atMost)
            throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        List<ProcessIdentity> alive = alive(processes);
        while (!alive.isEmpty() && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            alive = alive(alive);
        }
        return alive;
    }

    private static List<ProcessIdentity> alive(Collection<ProcessIdentity> processes) {
        return processes.stream().filter(ProcessIdentity::isAlive).toList();
    }
}
