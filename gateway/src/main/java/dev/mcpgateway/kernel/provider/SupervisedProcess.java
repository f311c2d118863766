// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.process.ProviderProcess;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import org.jspecify.annotations.Nullable;

/** A provider's own process, for as long as an instance dials it. Thread-safe, but for {@link #listens()}. */
final class SupervisedProcess {

    private final ProviderProcess.Command command;
    private final RunFile runFile;
    private final ShutdownUrgency urgency;
    private final ControlThread control;

    @GuardedBy("this") private @Nullable ProviderProcess process;

    @GuardedBy("this") private boolean closed;

    private volatile boolean listens; // set on the control thread

    SupervisedProcess(
            ProviderProcess.Command command, RunFile runFile, ShutdownUrgency urgency, ControlThread control) {
        this.command = command;
        this.runFile = runFile;
        this.urgency = urgency;
        this.control = control;
    }

    /** Where it is told to listen. */
    String address() {
        return command.listen();
    }

    /** Whether it accepts connections; to be asked on the control thread. */
    boolean listens() {
        return listens;
    }

    /** Whether the file is gone by which it was reached; may block. */
    boolean hasLostItsSocket() {
        return listens && !ProviderProcess.isReachable(command.listen());
    }

    /** Starts it, once, and returns at once; what becomes of it is told on the control thread. */
    synchronized void start(ProviderLifecycle lifecycle) {
        if (closed || process != null) {
            return;
        }
        process = ProviderProcess.start(command, runFile, urgency, new ProviderProcess.Events() {
            @Override
            public void listening() {
                control.run(() -> {
                    listens = true;
                    lifecycle.childListens(SupervisedProcess.this);
                });
            }

            @Override
            public void died(String reason) {
                control.run(() -> {
                    listens = false;
                    lifecycle.childDied(SupervisedProcess.this, reason);
                });
            }
        });
    }

    /** Kills it, now: the gateway itself is about to be killed. */
    void kill() {
        ProviderProcess running = end();
        if (running != null) {
            running.kill();
        }
    }

    /** Ends it; returns when it is gone, after 4 s at the latest. */
    void close() {
        ProviderProcess running = end();
        if (running != null) {
            running.close();
        }
    }

    /** It will not be started any more; null where it never was. */
    private synchronized @Nullable ProviderProcess end() {
        closed = true;
        return process;
    }
}
