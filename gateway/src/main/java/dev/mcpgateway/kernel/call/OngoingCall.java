package dev.mcpgateway.kernel.call;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request whose provider is not settled yet: it waits to learn who has what is asked for, or goes from one to the next. */
final class OngoingCall {

    private final Consumer<Outcome> afterwards;
    private Consumer<Outcome> then; // guarded by this
    private volatile Runnable cancelAround = () -> {};
    private boolean ended; // guarded by this
    private @Nullable Runnable cancelLater; // guarded by this
    private boolean cancelled; // guarded by this

    OngoingCall(Consumer<Outcome> then) {
        this.afterwards = then;
        this.then = then;
    }

    /** Who is told the outcome in the end. */
    Consumer<Outcome> afterwards() {
        return afterwards;
    }

    /**
     * Its outcome goes that way first, and somebody else is to hear where it is cancelled. Returns false where it has ended
     * already: then nothing of this holds.
     */
    synchronized boolean endsThrough(Consumer<Outcome> way, Runnable cancel) {
        if (ended) {
            return false;
        }
        then = way;
        cancelAround = cancel;
        return true;
    }

    /** A provider is found: the call is on its way, and is cancelled like this from now on. */
    void goOnAs(Runnable cancel) {
        boolean now;
        synchronized (this) {
            cancelLater = cancel;
            now = cancelled;
        }
        if (now) {
            cancel.run();
        }
    }

    void end(Outcome outcome) {
        Consumer<Outcome> told;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            told = then;
        }
        told.accept(outcome);
    }

    void cancel() {
        Runnable later;
        synchronized (this) {
            cancelled = true;
            later = cancelLater;
        }
        if (later != null) {
            later.run();
        } else {
            end(new Outcome.Cancelled());
        }
        cancelAround.run();
    }
}
