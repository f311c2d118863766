// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.InterceptorOffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel's threads go into a plugin's blocking code and come back: with a value, a {@link
 * dev.mcpgateway.api.ProviderException} whose text is fit for the log and for clients, or a {@link CancellationException} where
 * the call is over. Thread-safe.
 */
final class InterceptorGate {

    private final Gate gate;
    private final String what;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** @param what was opened and checked in at the gate: to be ended once */
    InterceptorGate(Gate gate, String what) {
        this.gate = gate;
        this.what = what;
    }

    /** What is done inside. */
    interface Body<T, C> {
        @Nullable T run(C inside) throws Exception;
    }

    /** Makes the kernel's own of what was opened. */
    interface Gated<T> {
        T of(InterceptorGate visit, T opened);
    }

    /** @throws dev.mcpgateway.api.ProviderException when the plugin's own opening ended in anything but what it was to open */
    static <T> T open(Gate gate, String name, InterceptorOffer.Opener<? extends T> opener, Gated<T> gated) {
        gate.checkIn();
        boolean isOpen = false;
        String what = "interceptor '" + name + "'";
        try {
            T opened = gate.inside(opener::open);
            if (Gate.isMissing(opened)) {
                throw new IllegalStateException("open returned null: it must return something or throw");
            }
            isOpen = true;
            return gated.of(new InterceptorGate(gate, what), opened);
        } catch (Throwable thrown) {
            throw gate.asText("opening " + what, "failed", thrown);
        } finally {
            if (!isOpen) {
                gate.checkOut();
            }
        }
    }

    /** To an interceptor or observer. */
    <T> T make(InterceptedCall call, Body<T, InterceptedCall> body) {
        return make(gate, what, "failed", call, new GatedInterceptedCall(gate, call), body);
    }

    /**
     * @param what for the log
     * @param failed for the client
     * @param inside the call as the plugin sees it
     */
    static <T, C> T make(Gate gate, String what, String failed, CallContext call, C inside, Body<T, C> body) {
        if (gate.isClosed()) {
            throw gate.gone();
        }
        gate.callBegins();
        ClassLoader before = gate.enter();
        try {
            T value = body.run(inside);
            if (value == null) {
                throw new IllegalStateException("it returned null");
            }
            return value;
        } catch (Throwable thrown) {
            if (call.isCancelled()) {
                throw new CancellationException();
            }
            throw gate.asText(what, failed, thrown);
        } finally {
            gate.leave(before);
            gate.callEnds();
            Thread.interrupted(); // a plugin's own doing is not for those who come after it: they ask whether a call
            // is over
        }
    }

    boolean isEnded() {
        return ended.get();
    }

    /** Closes what was opened, the first time, and checks it out whatever comes of that. */
    void end(Runnable close) {
        if (ended.compareAndSet(false, true)) {
            try {
                gate.quietly("closing " + what, close);
            } finally {
                gate.checkOut();
            }
        }
    }
}
