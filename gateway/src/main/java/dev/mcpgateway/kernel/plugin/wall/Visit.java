package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel's threads go into an interceptor or observer and come back: with a value, a {@link ProviderException} whose
 * text is fit for the log and for clients, or a {@link CancellationException} where the call is over. Thread-safe.
 */
final class Visit {

    private final Gate gate;
    private final String what;
    private final AtomicBoolean ended = new AtomicBoolean();

    private Visit(Gate gate, String what) {
        this.gate = gate;
        this.what = what;
    }

    /** What is done inside. */
    interface Body<T> {
        @Nullable T run(InterceptedCall inside) throws Exception;
    }

    /** Makes the kernel's own of what was opened. */
    interface Gated<T> {
        T of(Visit visit, T opened);
    }

    /** @throws ProviderException when the plugin's own opening ended in anything but what it was to open */
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
            return gated.of(new Visit(gate, what), opened);
        } catch (Throwable thrown) {
            throw gate.asText("opening " + what, "failed", thrown);
        } finally {
            if (!isOpen) {
                gate.checkOut();
            }
        }
    }

    <T> T make(InterceptedCall call, Body<T> body) {
        if (gate.isClosed()) {
            throw gate.gone();
        }
        gate.callBegins();
        ClassLoader before = gate.enter();
        try {
            T value = body.run(new GatedInterceptedCall(gate, call));
            if (value == null) {
                throw new IllegalStateException("it returned null");
            }
            return value;
        } catch (Throwable thrown) {
            if (call.isCancelled()) {
                throw new CancellationException();
            }
            throw gate.asText(what, "failed", thrown);
        } finally {
            gate.leave(before);
            gate.callEnds();
            Thread.interrupted(); // a plugin's own doing is not for those who come after it; that a call is over,
            // they ask
        }
    }

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
