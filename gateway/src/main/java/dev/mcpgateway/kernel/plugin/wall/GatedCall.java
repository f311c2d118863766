// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import static java.util.Objects.requireNonNull;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Caller;
import java.time.Duration;
import java.util.Optional;

/** What surrounds a call, as the plugin sees it: the action it leaves behind is run through the gate. */
class GatedCall implements CallContext {

    private final Gate gate;
    private final CallContext call;

    GatedCall(Gate gate, CallContext call) {
        this.gate = gate;
        this.call = call;
    }

    @Override
    public final String correlationId() {
        return call.correlationId();
    }

    @Override
    public final Optional<Caller> caller() {
        return call.caller();
    }

    @Override
    public final Duration remaining() {
        return call.remaining();
    }

    @Override
    public final boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public final void onCancel(Runnable action) {
        requireNonNull(action, "action");
        call.onCancel(() -> gate.cancel(action));
    }
}
