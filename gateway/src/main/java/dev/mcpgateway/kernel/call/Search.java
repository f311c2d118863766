package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Slot;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way from one provider to the next, until one of them does not say that it has no such thing. Those
 * that are down are passed over; where all are, the first of them is named. Moves on on one thread at a time.
 *
 * @param <C> a provider that may be asked, and for what
 */
final class Search<C> {

    private final String correlationId;
    private final long arrival;
    private final Iterator<C> candidates;
    private final Function<C, Slot> slots;
    private final Asking<C> asking;
    private final Supplier<Outcome> nobody;
    private final Executor elsewhere;
    private final OngoingCall ongoing;
    private @Nullable C down;
    private boolean someoneSaidNo;

    /** Makes the call of one candidate. */
    interface Asking<C> {
        Attempt<?> of(C candidate, Search<C> search);
    }

    /**
     * @param correlationId of the request
     * @param candidates one or more
     * @param asking makes an attempt, which is started right after
     * @param nobody the outcome where every one of them says that it has no such thing
     * @param elsewhere where the second and later are asked: not on the thread that brought the first one's answer
     */
    Search(
            String correlationId,
            long arrival,
            List<C> candidates,
            Function<C, Slot> slots,
            Asking<C> asking,
            Supplier<Outcome> nobody,
            Executor elsewhere,
            OngoingCall ongoing) {
        this.correlationId = correlationId;
        this.arrival = arrival;
        this.candidates = candidates.iterator();
        this.slots = slots;
        this.asking = asking;
        this.nobody = nobody;
        this.elsewhere = elsewhere;
        this.ongoing = ongoing;
    }

    /** Asks the first. */
    void begin() {
        C first = next();
        if (first != null) {
            ask(first);
        }
    }

    /** One id for all that are asked: to the client it is one call. */
    String correlationId() {
        return correlationId;
    }

    long arrival() {
        return arrival;
    }

    void end(Outcome outcome) {
        ongoing.end(outcome);
    }

    /** The provider is down, or has no such thing. */
    void missed(Attempt<?> attempt, Failure failure) {
        someoneSaidNo |= failure.kind() == Failure.Kind.NOT_FOUND;
        C next = next();
        if (next != null) {
            attempt.log(Log.Level.DEBUG, "not there, the next provider is asked", "not_found");
            elsewhere.execute(() -> ask(next));
        } else if (someoneSaidNo) {
            attempt.giveUp(nobody.get());
        } else {
            attempt.giveUp(failure);
        }
    }

    private @Nullable C next() {
        while (candidates.hasNext()) {
            C each = candidates.next();
            if (slots.apply(each).status().isAvailable()) {
                return each;
            }
            if (down == null) {
                down = each;
            }
        }
        C last = someoneSaidNo ? null : down;
        down = null; // asked once, to say why it is not there
        return last;
    }

    private void ask(C candidate) {
        try {
            Attempt<?> attempt = asking.of(candidate, this);
            ongoing.goOnAs(attempt::cancel);
            if (!attempt.isCancelled()) { // while it was on its way here
                attempt.start();
            }
        } catch (RuntimeException | Error bug) {
            ongoing.end(Call.broken(bug, Fields.NONE.withCorrelationId(correlationId)));
        }
    }
}
