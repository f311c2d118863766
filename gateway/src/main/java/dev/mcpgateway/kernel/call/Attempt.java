package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Slot;
import java.util.concurrent.CompletionStage;

/**
 * A call that another provider may answer where this one is down or does not have what is asked for. One that was made
 * and failed is not made elsewhere.
 */
abstract class Attempt<R> extends Call<R> {

    private final Search<?> search;
    private volatile boolean wasMade;

    Attempt(Slot slot, Search<?> search, Limits limits) {
        super(slot, search.correlationId(), search.arrival(), limits, search::end);
        this.search = search;
    }

    /** Checks what there is to check, and calls. */
    abstract void start();

    abstract CompletionStage<R> askFor(Provider provider);

    @Override
    protected final CompletionStage<R> ask(Provider provider) {
        wasMade = true;
        return askFor(provider);
    }

    @Override
    protected final void failed(Failure failure) {
        boolean isMissing = failure.kind() == Failure.Kind.NOT_FOUND;
        boolean isDown = failure.kind() == Failure.Kind.UNAVAILABLE && !wasMade;
        if (isMissing || isDown) {
            search.missed(this, failure);
        } else {
            super.failed(failure);
        }
    }

    /** There is no other. */
    final void giveUp(Failure failure) {
        super.failed(failure);
    }

    /** Nobody has it. */
    final void giveUp(Outcome outcome) {
        end(outcome, "not_found", "call refused: not found");
    }
}
