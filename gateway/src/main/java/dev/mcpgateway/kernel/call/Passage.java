package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.text.PlainText;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through a chain: in, before a provider is asked, and out again with what comes of it. Its outcome is
 * told once. Thread-safe.
 *
 * @param <R> what the request is answered with
 */
final class Passage<R> implements InterceptedCall {

    private static final Log LOG = Log.named("call");

    /** For observers to hear of the end of a call whose own time is over. */
    private static final long LAST_WORD_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    private final Chain chain;
    private final Way<R> way;
    private final Slot slot;
    private final String capability;
    private final String correlationId;
    private final long arrival;
    private final int payloadLimit;
    private final Consumer<Outcome> then;
    private final ArrayDeque<Stage> entered = new ArrayDeque<>(); // guarded by itself
    private final AtomicInteger uses =
            new AtomicInteger(1); // of the chain: threads inside it, and that nothing was told yet
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicReference<@Nullable Outcome> told = new AtomicReference<>();
    private final AtomicReference<@Nullable Runnable> cancelAction = new AtomicReference<>();
    private volatile JsonValue arguments = JsonValue.emptyObject();
    private volatile @Nullable Phase phase;
    private volatile @Nullable Stage inside;
    private volatile boolean isTimeOver;

    /** What differs between tools, resources and prompts. */
    interface Way<R> {

        Kind kind();

        Verdict<R> before(Interceptor interceptor, InterceptedCall call, Json arguments) throws Exception;

        R after(Interceptor interceptor, InterceptedCall call, Json arguments, R result) throws Exception;

        /** What is wrong with arguments that an interceptor has changed. */
        Optional<String> faultOf(JsonValue arguments);

        /** Bytes of an answer. */
        long size(R result);

        /** The outcome as the API has it; empty where there is no answer. */
        Optional<R> result(Outcome outcome);

        /**
         * An interceptor's answer, checked and shaped as the provider's would have been.
         *
         * @throws ProviderException where it cannot be used
         */
        Outcome judge(R result, long size);
    }

    /**
     * @param chain entered by this call, which leaves it
     * @param slot of the provider that is asked first
     * @param then is told the outcome, once
     */
    Passage(
            Chain chain,
            Way<R> way,
            Slot slot,
            String capability,
            String correlationId,
            long arrival,
            int payloadLimit,
            Consumer<Outcome> then) {
        this.chain = chain;
        this.way = way;
        this.slot = slot;
        this.capability = capability;
        this.correlationId = correlationId;
        this.arrival = arrival;
        this.payloadLimit = payloadLimit;
        this.then = then;
    }

    /**
     * Takes valid arguments through the chain; returns at once.
     *
     * @param goOn given the arguments that come out, on a virtual thread, where the call is to be made
     * @param stop given the outcome where it is not
     */
    void begin(JsonValue valid, Consumer<JsonValue> goOn, Consumer<Outcome> stop, Runnable outOfTime) {
        arguments = valid;
        Phase inward = new Phase(deadline(), slot.deadlines(), () -> {
            timeIsOver();
            outOfTime.run();
        });
        phase = inward;
        if (left.get()) {
            inward.cancel(); // cancelled before it began
        }
        run(inward, () -> {
            Optional<Outcome> stopped;
            try {
                stopped = before(inward);
            } catch (RuntimeException | Error bug) {
                stopped = Optional.of(Call.broken(bug, fields("broken")));
            }
            if (!inward.isInTime()) {
                return; // that was said where it was decided
            }
            if (stopped.isPresent()) {
                stop.accept(stopped.get());
            } else {
                goOn.accept(arguments);
            }
        });
    }

    /** What has come of the call: goes back through the chain, and is told. */
    void end(Outcome outcome) {
        if (!left.compareAndSet(false, true)) {
            return;
        }
        Phase inward = phase;
        if (inward != null) {
            inward.cancel();
        }
        if (way.result(outcome).isPresent() && !isEmpty()) {
            Phase outward = new Phase(deadline(), slot.deadlines(), () -> {
                timeIsOver();
                tell(timedOut());
            });
            phase = outward;
            if (told.get() != null) {
                outward.cancel(); // cancelled meanwhile
            }
            run(outward, () -> {
                Outcome last;
                try {
                    last = after(outcome, outward);
                } catch (RuntimeException | Error bug) {
                    last = Call.broken(bug, fields("broken"));
                }
                if (outward.isInTime()) {
                    tell(last);
                }
            });
        } else {
            tell(outcome);
        }
    }

    /** The client does not want the answer any more. */
    void cancel() {
        left.set(true);
        Phase now = phase;
        if (told.get() == null) {
            if (now != null) {
                now.cancel();
            }
            tell(new Outcome.Cancelled());
        }
    }

    /** Whether one of the chain has the call at this moment, and not the provider. */
    boolean isWithInterceptor() {
        return inside != null;
    }

    /** Says who had the call when its time was over. */
    Outcome timedOut() {
        String text =
                whoHasIt() + " timed out after " + Slot.seconds(slot.terms().timeout());
        log("call failed: " + text, "timeout");
        return new Outcome.Failed(text, true);
    }

    @Override
    public Kind kind() {
        return way.kind();
    }

    @Override
    public String provider() {
        return slot.name();
    }

    @Override
    public String capability() {
        return capability;
    }

    @Override
    public String correlationId() {
        return correlationId;
    }

    @Override
    public Optional<Principal> caller() {
        return Optional.empty();
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline() - System.nanoTime()));
    }

    @Override
    public boolean isCancelled() {
        Phase now = phase;
        return isTimeOver || told.get() instanceof Outcome.Cancelled || (now != null && now.isOver());
    }

    @Override
    public void onCancel(Runnable action) {
        cancelAction.set(action);
        if (isCancelled()) {
            runCancelAction();
        }
    }

    /** Stays so for who is still inside while others hear of the end. */
    private void timeIsOver() {
        isTimeOver = true;
        runCancelAction();
    }

    private void runCancelAction() {
        Runnable action = cancelAction.getAndSet(null);
        if (action != null) {
            Thread.ofVirtual().name("cancel").start(action);
        }
    }

    private long deadline() {
        return arrival + slot.terms().timeout().toNanos();
    }

    /** Empty where the call is to be made. */
    private Optional<Outcome> before(Phase inward) {
        for (Stage stage : chain.stages()) {
            if (inward.isOver()) {
                return Optional.empty();
            }
            try {
                Optional<Outcome> stopped = before(stage);
                if (stopped.isPresent()) {
                    return stopped;
                }
            } catch (Exception failed) {
                if (inward.isOver()) {
                    return Optional.empty();
                }
                if (!stage.failsOpen()) {
                    return Optional.of(refusedBy(stage + " " + words(failed)));
                }
                passedBy(stage, failed);
            }
        }
        return Optional.empty();
    }

    private Optional<Outcome> before(Stage stage) throws Exception {
        inside = stage;
        try {
            return in(stage);
        } finally {
            inside = null;
        }
    }

    private Optional<Outcome> in(Stage stage) throws Exception {
        CallObserver observer = stage.observer();
        if (observer != null) {
            observer.begins(this, arguments);
            enter(stage);
            return Optional.empty();
        }
        Interceptor interceptor = stage.interceptor();
        if (interceptor == null) {
            throw new IllegalStateException("neither");
        }
        switch (way.before(interceptor, this, arguments)) {
            case Verdict.Pass<R> pass -> enter(stage);
            case Verdict.PassWith<R> with -> {
                arguments = checked(with.arguments());
                enter(stage);
            }
            case Verdict.Answer<R> answer -> {
                LOG.log(Log.Level.INFO, "call answered by " + stage, fields("intercepted"));
                return Optional.of(judged(answer.result()));
            }
            case Verdict.Refuse<R> refusal -> {
                return Optional.of(refused(refusal.reason(), "call refused by " + stage));
            }
        }
        return Optional.empty();
    }

    private JsonValue checked(Json changed) {
        JsonValue value;
        try {
            value = JsonValue.parse(changed, Calls.MAX_DEPTH);
        } catch (JsonFault fault) {
            throw unusable("gave arguments that are not valid JSON: " + fault.text());
        }
        if (value.length() > payloadLimit) {
            throw unusable("gave arguments of " + value.length() + " bytes, the limit is " + payloadLimit + " bytes");
        }
        Optional<String> fault = value.tree().isObject() ? way.faultOf(value) : Optional.of("they are no object");
        if (fault.isPresent()) {
            throw unusable("gave arguments that violate the schema: " + fault.get());
        }
        return value;
    }

    private Outcome judged(R result) {
        long size = way.size(result);
        if (size > payloadLimit) {
            throw unusable("gave a result of " + size + " bytes, the limit is " + payloadLimit + " bytes");
        }
        return way.judge(result, size);
    }

    /** Backwards through those that the call has passed. */
    private Outcome after(Outcome outcome, Phase outward) {
        Outcome now = outcome;
        for (Stage stage = leaveOne(); stage != null; stage = leaveOne()) {
            if (outward.isOver()) {
                enter(stage); // who sees to the end tells it
                return now;
            }
            try {
                now = after(stage, now);
            } catch (Exception failed) {
                if (outward.isOver()) {
                    return now;
                }
                if (stage.failsOpen() || told.get() != null) {
                    passedBy(stage, failed);
                } else {
                    now = refusedBy(stage + " " + words(failed));
                }
            }
        }
        return now;
    }

    private Outcome after(Stage stage, Outcome outcome) throws Exception {
        inside = stage;
        try {
            return out(stage, outcome);
        } finally {
            inside = null;
        }
    }

    private Outcome out(Stage stage, Outcome outcome) throws Exception {
        CallObserver observer = stage.observer();
        if (observer != null) {
            observer.ended(this, new Ended(outcome));
            return outcome;
        }
        Interceptor interceptor = stage.interceptor();
        Optional<R> result = way.result(outcome);
        if (interceptor == null || result.isEmpty()) {
            return outcome;
        }
        R changed = way.after(interceptor, this, arguments, result.get());
        return changed.equals(result.get()) ? outcome : judged(changed);
    }

    private void tell(Outcome outcome) {
        if (told.compareAndSet(null, outcome)) {
            if (outcome instanceof Outcome.Cancelled) {
                runCancelAction();
            }
            try {
                then.accept(outcome);
            } finally {
                lastWord();
                release();
            }
        }
    }

    /** The outcome was told: those that the call has passed hear of it, and can change nothing any more. */
    private void lastWord() {
        Outcome outcome = told.get();
        if (outcome != null && !isEmpty()) {
            Phase last = new Phase(System.nanoTime() + LAST_WORD_NANOS, slot.deadlines(), () -> {});
            phase = last;
            run(last, () -> {
                after(outcome, last);
                last.isInTime();
            });
        }
    }

    /** A thread goes into the chain, which stays open for it, however long it takes to come out. */
    private void run(Phase work, Runnable body) {
        if (!use()) {
            return;
        }
        work.run(() -> {
            try {
                body.run();
            } finally {
                lastWord(); // of those that it passed when all was told already
                release();
            }
        });
    }

    /** False where all is over. */
    private boolean use() {
        int now;
        do {
            now = uses.get();
            if (now == 0) {
                return false;
            }
        } while (!uses.compareAndSet(now, now + 1));
        return true;
    }

    private void release() {
        if (uses.decrementAndGet() == 0) {
            chain.leave();
        }
    }

    private void enter(Stage stage) {
        synchronized (entered) {
            entered.addLast(stage);
        }
    }

    private @Nullable Stage leaveOne() {
        synchronized (entered) {
            return entered.pollLast();
        }
    }

    private boolean isEmpty() {
        synchronized (entered) {
            return entered.isEmpty();
        }
    }

    private Outcome refused(String reason, String message) {
        log(message, "refused");
        return new Outcome.Failed(
                "call of '" + PlainText.of(capability) + "' was refused: " + PlainText.of(reason), false);
    }

    /** What an interceptor has done wrong. */
    private Outcome refusedBy(String whoAndWhat) {
        return refused(whoAndWhat, "call refused: " + whoAndWhat);
    }

    private void passedBy(Stage stage, Exception failed) {
        LOG.log(Log.Level.WARN, "call not seen by " + stage + ", which " + words(failed), fields(""));
    }

    static ProviderException unusable(String what) {
        return new ProviderException(ProviderException.Code.DATA_LOSS, what);
    }

    private String whoHasIt() {
        Stage now = inside;
        return now == null ? "provider '" + slot.name() + "'" : now.toString();
    }

    /** The gate lets nothing through but this one kind. */
    private static String words(Exception failed) {
        return failed instanceof ProviderException said ? String.valueOf(said.getMessage()) : "failed";
    }

    private void log(String message, String outcome) {
        LOG.log(Log.Level.INFO, message, fields(outcome));
    }

    private Fields fields(String outcome) {
        return Fields.ofCall(correlationId, slot.name(), capability, System.nanoTime() - arrival, outcome);
    }
}
