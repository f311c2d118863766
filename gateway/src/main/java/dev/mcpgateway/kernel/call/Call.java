package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Invocation;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.Violation;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.function.Consumer;

/**
 * One call of one provider for a client: its deadline counts from the request's arrival, it leaves one line in the log,
 * and its outcome is told once.
 *
 * @param <R> what the provider answers
 */
abstract class Call<R> extends Invocation<R> {

    private static final Log LOG = Log.named("call");

    private final Slot slot;
    private final long arrival;
    private final Consumer<Outcome> then;
    private final Limits limits;

    Call(Slot slot, String correlationId, long arrival, Limits limits, Consumer<Outcome> then) {
        super(slot, correlationId, arrival + slot.terms().timeout().toNanos());
        this.slot = slot;
        this.arrival = arrival;
        this.limits = limits;
        this.then = then;
    }

    /** What is called, as the log has it. */
    abstract String capability();

    /** Bytes of the answer, measured without copying it. */
    abstract long size(R answer);

    /** Whether the answer may be judged on the thread that brings it, if it is not large. */
    abstract boolean isJudgedQuickly();

    /** The answer, checked and shaped; logs how it ended. */
    abstract Outcome judge(R answer, long size);

    @Override
    protected final void answered(R answer) {
        long size = size(answer);
        if (size <= Calls.LIGHT && isJudgedQuickly()) {
            check(answer, size);
        } else {
            limits.heavy().execute(() -> check(answer, size));
        }
    }

    @Override
    protected void failed(Failure failure) {
        if (failure.kind() == Failure.Kind.CANCELLED) {
            end(new Outcome.Cancelled(), "cancelled", "call cancelled");
            return;
        }
        String text = provider() + PlainText.of(failure.text());
        end(new Outcome.Failed(text, true), outcomeOf(failure.kind()), "call failed: " + text);
    }

    final void refuse(String reason) {
        end(new Outcome.Refused(reason), "refused", "call refused: " + reason);
    }

    /** A fault of ours. */
    final void broke(Throwable bug) {
        then.accept(broken(bug, fields("broken")));
    }

    /** Writes a fault of ours to the log, and says where. */
    static Outcome.Broken broken(Throwable bug, Fields fields) {
        String reference = CorrelationId.next().substring(0, 8);
        LOG.failure(Log.Level.ERROR, "a call failed inside the gateway (ref " + reference + ")", fields, bug);
        return new Outcome.Broken(reference);
    }

    final void end(Outcome outcome, String word, String message) {
        log(Log.Level.INFO, message, word);
        then.accept(outcome);
    }

    final void log(Log.Level level, String message, String outcome) {
        if (LOG.isEnabled(level)) {
            LOG.log(level, message, fields(outcome));
        }
    }

    /** What a provider answered that cannot be used. */
    final Outcome unusable(String reason) {
        String text = provider() + reason;
        log(Log.Level.WARN, "call failed: " + text, "broken");
        return new Outcome.Failed(text, true);
    }

    static String joined(List<Violation> violations, String separator) {
        StringBuilder text = new StringBuilder();
        for (Violation each : violations) {
            text.append(text.isEmpty() ? "" : separator);
            text.append(each.path().isEmpty() ? "/" : each.path()).append(' ').append(each.reason());
        }
        return text.toString();
    }

    private void check(R answer, long size) {
        try {
            then.accept(
                    size > limits.payload()
                            ? unusable("returned a result of " + size + " bytes, the limit is " + limits.payload()
                                    + " bytes")
                            : judge(answer, size));
        } catch (RuntimeException | Error bug) {
            broke(bug);
        }
    }

    private Fields fields(String outcome) {
        return Fields.ofCall(correlationId(), slot.name(), capability(), System.nanoTime() - arrival, outcome);
    }

    private String provider() {
        return "provider '" + slot.name() + "' ";
    }

    private static String outcomeOf(Failure.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> "unavailable";
            case TIMED_OUT -> "timeout";
            case QUEUE_FULL -> "queue_full";
            case CANCELLED -> "cancelled";
            case NOT_FOUND, REFUSED -> "refused";
            case BROKEN -> "broken";
        };
    }
}
