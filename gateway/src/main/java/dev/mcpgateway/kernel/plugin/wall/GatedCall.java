package dev.mcpgateway.kernel.plugin.wall;

import static java.util.Objects.requireNonNull;

import dev.mcpgateway.api.CallContext;
import java.security.Principal;
import java.time.Duration;
import java.util.Optional;

/** What surrounds a call, as the plugin sees it: the action it leaves behind is run through the gate. */
final class GatedCall implements CallContext {

    private final Gate gate;
    private final CallContext call;

    GatedCall(Gate gate, CallContext call) {
        this.gate = gate;
        this.call = call;
    }

    @Override
    public String correlationId() {
        return call.correlationId();
    }

    @Override
    public Optional<Principal> caller() {
        return call.caller();
    }

    @Override
    public Duration remaining() {
        return call.remaining();
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public void onCancel(Runnable action) {
        requireNonNull(action, "action");
        call.onCancel(() -> gate.quietly("cancelling a call", action));
    }
}
