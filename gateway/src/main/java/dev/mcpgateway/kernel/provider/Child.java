package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.process.ProviderProcess;
import dev.mcpgateway.kernel.process.RunFile;
import org.jspecify.annotations.Nullable;

/** A provider's own process, for as long as an instance dials it. Thread-safe, but for {@link #listens()}. */
final class Child {

    private final ProviderProcess.Command command;
    private final RunFile runFile;
    private final Control control;
    private @Nullable ProviderProcess process; // this and closed are guarded by this
    private boolean closed;
    private boolean listens; // on the control thread

    Child(ProviderProcess.Command command, RunFile runFile, Control control) {
        this.command = command;
        this.runFile = runFile;
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

    /** Starts it, once, and returns at once; what becomes of it is told on the control thread. */
    synchronized void start(Life life) {
        if (closed || process != null) {
            return;
        }
        process = ProviderProcess.start(command, runFile, new ProviderProcess.Events() {
            @Override
            public void listening() {
                control.run(() -> {
                    listens = true;
                    life.childListens(Child.this);
                });
            }

            @Override
            public void died(String reason) {
                control.run(() -> {
                    listens = false;
                    life.childDied(Child.this, reason);
                });
            }
        });
    }

    /** Ends it; returns when it is gone, after 5 s at the latest. */
    void close() {
        ProviderProcess running;
        synchronized (this) {
            closed = true;
            running = process;
        }
        if (running != null) {
            running.close();
        }
    }
}
