// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Caller;
import java.time.Duration;
import java.util.Optional;

/** A call that can be cancelled. */
final class FakeCall implements CallContext {

    private boolean cancelled;
    private Runnable action = () -> {};

    synchronized void cancel() {
        cancelled = true;
        action.run();
    }

    @Override
    public String correlationId() {
        return "c0ffee";
    }

    @Override
    public Optional<Caller> caller() {
        return Optional.empty();
    }

    @Override
    public Duration remaining() {
        return Duration.ofSeconds(2);
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public synchronized void onCancel(Runnable onCancel) {
        action = onCancel;
        if (cancelled) {
            onCancel.run();
        }
    }
}
