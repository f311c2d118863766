// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Whose socket is gone serves on over its connections, but none can be made anew: another process takes its place. Who stops
 * in good order removes its socket first: so it is looked at twice. Each look is on a thread that may wait, one after the
 * other.
 */
final class SocketWatch {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final ControlThread control;
    private final Supplier<List<SupervisedProcess>> processes;
    private final Consumer<Set<SupervisedProcess>> lost;
    private Set<SupervisedProcess> lostBefore = Set.of(); // of one look after the other

    /**
     * @param processes that are looked at
     * @param lost told of those among them that have lost their sockets
     */
    SocketWatch(
            ControlThread control, Supplier<List<SupervisedProcess>> processes, Consumer<Set<SupervisedProcess>> lost) {
        this.control = control;
        this.processes = processes;
        this.lost = lost;
    }

    /** Until the control thread ends. */
    void start() {
        control.schedule(() -> control.runBlocking(this::look), BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        try {
            Set<SupervisedProcess> now = new HashSet<>();
            for (SupervisedProcess each : processes.get()) {
                if (each.hasLostItsSocket()) {
                    now.add(each);
                }
            }
            Set<SupervisedProcess> twice = new HashSet<>(now);
            twice.retainAll(lostBefore);
            lostBefore = now;
            if (!twice.isEmpty()) {
                lost.accept(twice);
            }
        } finally {
            start();
        }
    }
}
