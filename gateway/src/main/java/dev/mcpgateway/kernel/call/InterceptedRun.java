// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.thread.BoundedThreads;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through a chain: in, before a provider is asked; out again with its answer; and, when all is told, once
 * more to those that it has passed and that have not heard of its end. What it is at is one state behind one lock; plugins' code
 * is never run under it.
 *
 * @param <R> what the request is answered with
 */
final class InterceptedRun<R> {

    private static final Log LOG = Log.named("call");
    /** For those that it has passed to hear of its end. */
    private static final long NOTICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    private final Chain chain;
    private final CallKind<?, R> kind;
    private final CallView<?, R> call;
    private final RequestContext context;
    private final CallRoom room;
    private final Consumer<Outcome> end;
    private volatile JsonValue arguments = JsonValue.emptyObject();

    @GuardedBy("this") private final ArrayDeque<ChainEntry> passed = new ArrayDeque<>();

    @GuardedBy("this") private int uses = 1; // of the chain: visits that are planned or under way, and that nothing was told yet

    @GuardedBy("this") private @Nullable Visit visit;

    @GuardedBy("this") private @Nullable Outcome told;

    /** What comes of one visit on the way in. */
    private sealed interface Step {

        record GoOn() implements Step {}

        record Stop(Outcome outcome) implements Step {}
    }

    /**
     * @param chain entered by this call, which leaves it
     * @param first the provider that is asked first, and for what
     * @param end given the outcome where there is one
     */
    <C> InterceptedRun(
            Chain chain, CallKind<C, R> kind, C first, RequestContext context, CallRoom room, Consumer<Outcome> end) {
        this.chain = chain;
        this.kind = kind;
        this.call = new CallView<>(kind, first, context, room.payloadLimit());
        this.context = context;
        this.room = room;
        this.end = end;
    }

    /**
     * Takes valid arguments through the chain; returns at once.
     *
     * @param goOn given the arguments that come out, on a thread of a plugin, where the call is to be made
     */
    void enter(JsonValue valid, Consumer<JsonValue> goOn) {
        arguments = valid;
        in(0, goOn, null);
    }

    /** What has come of the call: goes back through those that it has passed, where there is an answer, and is told. */
    void leave(Outcome outcome) {
        leave(outcome, null);
    }

    private void leave(Outcome outcome, @Nullable BoundedThreads here) {
        ChainEntry last = kind.answer(outcome).isPresent() ? lastPassed() : null;
        if (last == null) {
            end.accept(outcome);
        } else {
            out(last, outcome, here);
        }
    }

    /** All is told. Those that it has passed hear of it, and can change nothing any more; called once or more. */
    void ended(Outcome outcome) {
        Visit inside;
        synchronized (this) {
            if (told != null) {
                return;
            }
            told = outcome;
            inside = visit;
        }
        if (context.isAbandoned()) {
            if (inside != null) {
                inside.abandon();
            }
            call.abandoned();
        }
        notice();
        release();
    }

    /** Who of the chain has the call at this moment; empty where nobody of it has. */
    synchronized Optional<String> inside() {
        return visit == null || told != null
                ? Optional.empty()
                : Optional.of(visit.entry().toString());
    }

    // the way in

    /** @param here the threads of a plugin's that this is one of; null where it is another */
    private void in(int index, Consumer<JsonValue> goOn, @Nullable BoundedThreads here) {
        List<ChainEntry> entries = chain.entries();
        if (index == entries.size()) {
            goOn.accept(arguments);
            return;
        }
        ChainEntry entry = entries.get(index);
        if (!entry.trouble().isEmpty()) {
            if (entry.failsOpen()) {
                in(index + 1, goOn, here);
            } else {
                end.accept(refusedBy(entry + " " + entry.trouble()));
            }
            return;
        }
        visit(entry, here, () -> {
            if (before(entry) instanceof Step.Stop stop) {
                leave(stop.outcome, entry.threads());
            } else if (!context.isOver()) {
                in(index + 1, goOn, entry.threads());
            }
        });
    }

    private Step before(ChainEntry entry) {
        Visit stay = new Visit(entry);
        try {
            return begin(stay) ? before(entry, stay) : new Step.GoOn();
        } catch (Exception failed) {
            if (context.isOver()) {
                return new Step.GoOn(); // to where its end is seen
            }
            if (entry.failsOpen()) {
                passedBy(entry, failed);
                return new Step.GoOn();
            }
            return new Step.Stop(refusedBy(entry + " " + words(failed)));
        }
    }

    private Step before(ChainEntry entry, Visit stay) throws Exception {
        Verdict<R> verdict;
        try {
            verdict = entry.before(kind, call, arguments);
        } finally {
            end(stay);
        }
        return switch (verdict) {
            case Verdict.Pass<R> pass -> passed(entry);
            case Verdict.PassWith<R> with -> {
                arguments = call.checked(with.arguments());
                yield passed(entry);
            }
            case Verdict.Answer<R> answer -> {
                LOG.log(Log.Level.INFO, "call answered by " + entry, call.fields("intercepted"));
                yield new Step.Stop(call.judge(answer.result()));
            }
            case Verdict.Refuse<R> refusal -> new Step.Stop(refused(refusal.reason(), "call refused by " + entry));
        };
    }

    private Step passed(ChainEntry entry) {
        synchronized (this) {
            passed.addLast(entry);
        }
        return new Step.GoOn();
    }

    // the way out

    private void out(ChainEntry entry, Outcome outcome, @Nullable BoundedThreads here) {
        visit(entry, here, () -> {
            Outcome now = after(entry, outcome);
            ChainEntry next = context.isOver() ? null : lastPassed();
            if (next == null) {
                end.accept(now);
            } else {
                out(next, now, entry.threads());
            }
        });
    }

    private Outcome after(ChainEntry entry, Outcome outcome) {
        Visit stay = new Visit(entry);
        try {
            if (!begin(stay)) {
                passed(entry); // it hears of the end when all is told
                return outcome;
            }
            return after(entry, stay, outcome);
        } catch (Exception failed) {
            if (!context.isOver() && !entry.failsOpen()) {
                return refusedBy(entry + " " + words(failed));
            }
            if (!context.isAbandoned()) {
                passedBy(entry, failed);
            }
            return outcome;
        }
    }

    private Outcome after(ChainEntry entry, Visit stay, Outcome outcome) throws Exception {
        Optional<R> result = kind.answer(outcome); // none, where one before has refused it
        R changed;
        try {
            if (entry.isObserver()) {
                entry.ended(call, outcome);
                return outcome;
            }
            if (result.isEmpty()) {
                return outcome;
            }
            changed = entry.after(kind, call, arguments, result.get());
        } finally {
            end(stay);
        }
        return changed.equals(result.get()) ? outcome : call.judge(changed);
    }

    // when all is told

    private void notice() {
        ChainEntry next = lastPassed();
        if (next == null) {
            return;
        }
        Visit stay = new Visit(next);
        Deadlines.Entry deadline = room.after(NOTICE_NANOS, stay::abandon);
        visit(next, null, () -> {
            try {
                if (stay.begin()) {
                    hear(next);
                }
            } catch (Exception failed) {
                passedBy(next, failed);
            } finally {
                stay.end();
                room.deadlines().remove(deadline);
                notice();
            }
        });
    }

    private void hear(ChainEntry entry) throws Exception {
        Outcome outcome;
        synchronized (this) {
            outcome = told;
        }
        if (outcome != null) {
            entry.ended(call, outcome);
        }
    }

    // one visit

    /** Plans a visit on a thread of the plugin's; one of the same plugin as the last goes on where it is. */
    private void visit(ChainEntry entry, @Nullable BoundedThreads here, Runnable work) {
        if (isSame(here, entry.threads())) {
            work.run();
            return;
        }
        synchronized (this) {
            if (uses == 0) {
                return;
            }
            uses++;
        }
        boolean isTaken = entry.threads().execute(() -> {
            try {
                work.run();
            } catch (RuntimeException | Error bug) {
                end.accept(CallRoom.broken(bug, call.fields("broken")));
            } finally {
                if (isTold()) {
                    notice(); // of those that it passed when all was told already
                }
                release();
            }
        });
        if (!isTaken) {
            if (isTold()) {
                notice(); // the others
            } else {
                end.accept(refusedBy(entry + " has more calls waiting than it can take"));
            }
            release();
        }
    }

    @SuppressWarnings("ReferenceEquality") // those of one plugin are one object
    private static boolean isSame(@Nullable BoundedThreads here, BoundedThreads its) {
        return here == its;
    }

    private boolean begin(Visit stay) {
        synchronized (this) {
            if (told != null || context.isOver()) {
                return false;
            }
            visit = stay;
        }
        return stay.begin();
    }

    private void end(Visit stay) {
        synchronized (this) {
            visit = null;
        }
        stay.end();
    }

    private synchronized boolean isTold() {
        return told != null;
    }

    private synchronized @Nullable ChainEntry lastPassed() {
        return passed.pollLast();
    }

    private void release() {
        boolean isLast;
        synchronized (this) {
            isLast = --uses == 0;
        }
        if (isLast) {
            arguments = JsonValue.emptyObject();
            chain.leave();
        }
    }

    // in words

    private Outcome refused(String reason, String message) {
        LOG.log(Log.Level.INFO, message, call.fields("refused"));
        return new Outcome.Failed(
                "call of '" + PlainText.of(call.capability()) + "' was refused: "
                        + (reason.isBlank() ? "no reason was given" : PlainText.of(reason)),
                false);
    }

    /** What an interceptor has done wrong. */
    private Outcome refusedBy(String whoAndWhat) {
        return refused(whoAndWhat, "call refused: " + whoAndWhat);
    }

    private void passedBy(ChainEntry entry, Exception failed) {
        LOG.log(Log.Level.WARN, "call not seen by " + entry + ", which " + words(failed), call.fields(""));
    }

    /** The gate lets nothing through but one kind. */
    private static String words(Exception failed) {
        return switch (failed) {
            case ProviderException said -> said.getMessage();
            case CallKind.Unusable unusable -> unusable.reason();
            default -> "failed";
        };
    }
}
