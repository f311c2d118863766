// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Caller;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.request.RequestContext.Ending;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to a provider and back. It ends exactly once: answered, failed, or because its request is over; what
 * comes later is ignored.
 *
 * @param <R> what the provider answers
 */
public abstract class Invocation<R> implements CallContext, BiConsumer<R, Throwable>, RequestContext.Holder {

    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int ANSWERED = 2;
    private static final int CANCELLED = 3;
    /** A provider counts the same deadline, by its own clock, and may say so a little sooner. */
    private static final Duration AT_THE_DEADLINE = Duration.ofMillis(25);

    private static final VarHandle STATE;
    private static final VarHandle PERMIT;
    private static final VarHandle ACTION;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Invocation.class, "state", int.class);
            PERMIT = lookup.findVarHandle(Invocation.class, "permit", int.class);
            ACTION = lookup.findVarHandle(Invocation.class, "cancelAction", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Slot slot;
    private final boolean takesPermit;
    private final RequestContext request;
    private volatile int state;
    private volatile int permit;
    private volatile @Nullable Runnable cancelAction;
    private volatile @Nullable Runnable interrupt;
    private volatile boolean hasLentThread;
    private @Nullable Instance instance; // written before it begins
    private boolean isKept; // this and below are guarded by the slot's queue
    private boolean hasLeft;

    protected Invocation(Slot slot, RequestContext request) {
        this(slot, request, true);
    }

    /** @param takesPermit whether it is one of the calls that the slot counts, and not how the provider is discovered */
    Invocation(Slot slot, RequestContext request, boolean takesPermit) {
        this.slot = slot;
        this.takesPermit = takesPermit;
        this.request = request;
    }

    /** Asks the provider; called at most once. */
    protected abstract CompletionStage<R> ask(Provider provider);

    /** The provider has answered. Called at most once, and never after {@link #failed}. Must not block. */
    protected abstract void answered(R answer);

    /** The call has failed. Called at most once, and never after {@link #answered}. Must not block. */
    protected abstract void failed(Failure failure);

    /** What is called, for people; empty where that needs no word. */
    protected String what() {
        return "";
    }

    /** The request is over: its time, or nobody wants it any more. */
    @Override
    public final void over(Ending ending) {
        Failure failure = ending == Ending.TIMED_OUT
                ? slot.timedOut()
                : new Failure(Failure.Kind.CANCELLED, "was not waited for: the call was cancelled");
        if (end(CANCELLED, failure)) {
            Runnable inside = interrupt;
            if (inside != null) {
                inside.run();
            }
            runCancelAction();
        }
    }

    protected final RequestContext request() {
        return request;
    }

    @Override
    public final String correlationId() {
        return request.correlationId();
    }

    @Override
    public final Optional<Caller> caller() {
        return request.caller();
    }

    @Override
    public final Duration remaining() {
        return request.remaining();
    }

    @Override
    public final boolean isCancelled() {
        return state == CANCELLED;
    }

    /** @param action run where that is known, so it must hand on what takes time or is a plugin's: the gate does */
    @Override
    public final void onCancel(Runnable action) {
        cancelAction = action;
        if (state == CANCELLED) {
            runCancelAction();
        }
    }

    /** The provider's stage has completed; see {@link CompletionStage#whenComplete}. */
    @Override
    public final void accept(@Nullable R answer, @Nullable Throwable thrown) {
        if (state == CANCELLED) {
            answeredLate();
        } else if (thrown != null) {
            boolean outOfTime = remaining().compareTo(AT_THE_DEADLINE) < 0;
            Failure failure = outOfTime ? slot.timedOut() : failureOf(thrown);
            if (takesPermit && failure.kind() == Failure.Kind.UNAVAILABLE) {
                slot.suspect();
            }
            failWith(failure);
        } else if (answer == null) {
            failWith(new Failure(Failure.Kind.BROKEN, "answered nothing"));
        } else if (STATE.compareAndSet(this, RUNNING, ANSWERED)) {
            try {
                answered(answer);
            } finally {
                ended(true, false);
            }
        } else {
            answeredLate();
        }
    }

    /** Ends a call that has not been asked yet, or whose provider has said that it failed. */
    final void failWith(Failure failure) {
        if (!end(ANSWERED, failure)) {
            answeredLate();
        }
    }

    private void answeredLate() {
        if (takesPermit) {
            slot.answeredLate(this);
        }
    }

    /** Where it is to be asked; stays open until its permit is back. */
    final void letInTo(Instance its) {
        instance = its;
    }

    final @Nullable Instance instance() {
        return instance;
    }

    final boolean begin() {
        return STATE.compareAndSet(this, WAITING, RUNNING);
    }

    final boolean isOver() {
        return state > RUNNING;
    }

    /** It goes on on a thread that says itself when it is {@linkplain #threadIsBack back}, and can be interrupted like this. */
    final void lendThread(Runnable interruption) {
        interrupt = interruption;
        hasLentThread = true;
        if (state == CANCELLED) {
            interruption.run();
        }
    }

    /** Whether it has gone on elsewhere. */
    final boolean hasLentThread() {
        return hasLentThread;
    }

    /** The thread that was lent is done with it. */
    final void threadIsBack() {
        interrupt = null;
        if (takesPermit && permitIsBack()) {
            slot.release(this);
        }
    }

    /**
     * The permit goes back when the provider has both returned the thread and let the call end: a provider that keeps
     * threads can keep no more of them than it has permits. Called once on each of the two occasions.
     *
     * @return whether this was the second of them
     */
    final boolean permitIsBack() {
        return (int) PERMIT.getAndAdd(this, 1) == 1;
    }

    // of the slot, under the lock of its queue

    boolean isKept() {
        return isKept;
    }

    /** Returns false where it has left: then its thread is not kept. */
    boolean keep() {
        isKept = !hasLeft;
        return isKept;
    }

    void leave() {
        hasLeft = true;
    }

    private boolean end(int how, Failure failure) {
        int before;
        do {
            before = state;
            if (before > RUNNING) {
                return false;
            }
        } while (!STATE.compareAndSet(this, before, how));
        try {
            failed(failure);
        } finally {
            ended(before == RUNNING, how == CANCELLED);
        }
        return true;
    }

    private void ended(boolean wasRunning, boolean isAbandoned) {
        if (!takesPermit) {
            return;
        }
        if (!wasRunning) {
            slot.leaveQueue(this);
            return;
        }
        if (isAbandoned) {
            slot.abandoned(this);
        }
        if (permitIsBack()) {
            slot.release(this);
        } else if (isAbandoned) {
            slot.keeps(this);
        }
    }

    private void runCancelAction() {
        Runnable action = (Runnable) ACTION.getAndSet(this, null);
        if (action != null) {
            action.run();
        }
    }

    private static Failure failureOf(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof ProviderException refused) {
            return switch (refused.code()) {
                case NOT_FOUND -> new Failure(Failure.Kind.NOT_FOUND, refused.getMessage());
                case UNAVAILABLE -> new Failure(Failure.Kind.UNAVAILABLE, refused.getMessage());
                case DEADLINE_EXCEEDED -> new Failure(Failure.Kind.TIMED_OUT, refused.getMessage());
                case DATA_LOSS -> new Failure(Failure.Kind.BROKEN, refused.getMessage());
                default -> new Failure(Failure.Kind.REFUSED, refused.getMessage());
            };
        }
        if (cause instanceof CancellationException) {
            return new Failure(Failure.Kind.REFUSED, "gave up the call");
        }
        return new Failure(Failure.Kind.BROKEN, "failed");
    }
}
