// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.request.RequestContext.Ending;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: looked for, checked, taken through the chain, brought to one provider after the other, its answer judged
 * and told. It moves on on one thread at a time, and ends once: by what comes of it, or because its context is over, at
 * whatever stage it is.
 *
 * @param <C> a provider that may be asked, and for what
 * @param <R> what providers answer
 */
final class CallRun<C, R> implements RequestContext.Holder {

    private static final Log LOG = Log.named("call");

    private final CallKind<C, R> kind;
    private final RequestContext context;
    private final CallRoom room;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile @Nullable Consumer<Outcome> then; // null once it was told
    private volatile Stage stage = Stage.LOOKED_FOR;
    private volatile @Nullable ProviderCall<C, R> asked; // last
    private volatile @Nullable InterceptedRun<R> around;
    private final CallArguments<C> arguments;
    private Candidates<C> candidates; // of the thread that it moves on on

    CallRun(CallKind<C, R> kind, JsonValue arguments, RequestContext context, CallRoom room, Consumer<Outcome> then) {
        this.kind = kind;
        this.context = context;
        this.room = room;
        this.then = then;
        this.candidates = new Candidates<>(kind, List.of());
        this.arguments = new CallArguments<>(arguments);
    }

    void begin() {
        if (!endWhereRefused(room.interceptors().refusal()) && context.heldBy(this)) {
            try {
                find(this::waitForSomebody);
            } catch (RuntimeException | Error bug) { // a chain that it has entered must be left
                broke(bug);
            }
        }
    }

    private void waitForSomebody() {
        room.barrier().await(context, () -> kind.isKnown(room.catalog()), guarded(() -> find(this::nobodyHasIt)));
    }

    private void find(Runnable whereNobodyIs) {
        Catalog catalog = room.catalog();
        if (kind.isKnown(catalog)) {
            found(catalog, whereNobodyIs);
        } else if (kind.failsOver()) { // one template is matched after the other: not here, where others wait
            elsewhere(this, 0, () -> found(catalog, whereNobodyIs));
        } else {
            whereNobodyIs.run();
        }
    }

    private void found(Catalog catalog, Runnable whereNobodyIs) {
        candidates = new Candidates<>(kind, kind.candidates(catalog, context::isOver));
        if (context.isOver()) {
            return;
        }
        if (candidates.isEmpty()) {
            whereNobodyIs.run();
            return;
        }
        C first = candidates.firstAvailable();
        context.allow(kind.slot(first).terms().timeout());
        Optional<String> fault = arguments.fault(kind.name(), room.payloadLimit());
        if (fault.isPresent()) {
            refuse(first, fault.get());
            return;
        }
        Chain chain = room.interceptors().enter();
        if (endWhereRefused(chain.refusal())) { // it may have waited to be found
            return;
        }
        if (chain.isEmpty()) {
            askNext();
        } else {
            intercept(chain, first);
        }
    }

    private void nobodyHasIt() {
        if (endWhereRefused(room.interceptors().refusal())) {
            return;
        }
        LOG.log(Log.Level.INFO, "call refused", fields("unknown"));
        end(kind.unknown(room.unknown(kind.word(), kind.name())));
    }

    /** Nothing is served for that reason, where there is one. */
    private boolean endWhereRefused(Optional<String> reason) {
        reason.ifPresent(each -> end(new Outcome.Unserved(each)));
        return reason.isPresent();
    }

    /** Interceptors see the arguments as the first that is available wants them; each that is asked checks them again. */
    private void intercept(Chain chain, C first) {
        InterceptedRun<R> run = new InterceptedRun<>(chain, kind, first, context, room, this::end);
        around = run;
        if (isEnded.get()) { // by another thread, which may not have seen it
            run.ended(new Outcome.Cancelled());
            return;
        }
        check(
                first,
                valid -> run.enter(valid, changed -> {
                    arguments.onIntercepted(valid, changed, first);
                    elsewhere(kind.slot(first), 0, this::askNext); // no provider on an interceptor's thread
                }));
    }

    private void askNext() {
        C next = candidates.next();
        if (next != null) {
            ask(next);
        }
    }

    private void ask(C candidate) {
        if (arguments.areCheckedFor(candidate)) {
            submit(candidate, arguments.current());
        } else {
            check(candidate, valid -> submit(candidate, valid));
        }
    }

    private void submit(C candidate, JsonValue valid) {
        valid.dropTreeIfLarge();
        ProviderCall<C, R> call = new ProviderCall<>(this, kind, candidate, valid, context);
        asked = call;
        stage = Stage.WITH_PROVIDER; // after that, so that whoever sees it sees the call
        if (context.isOver()) { // and whoever said so may not have seen the call
            call.abandon();
        } else {
            kind.slot(candidate).submit(call);
        }
    }

    /** Holds the arguments to the candidate's schema, here or where it takes time. */
    private void check(C candidate, Consumer<JsonValue> goOn) {
        stage = Stage.CHECKED;
        JsonValue current = arguments.current();
        Optional<CompiledSchema> schema = kind.schema(candidate);
        if (schema.isEmpty()) {
            goOn.accept(current);
        } else if (schema.get().isQuick() && room.isLightHere(current.length())) {
            check(candidate, schema.get(), goOn);
        } else {
            long weight = schema.get().sight().isWhole() ? current.weight() : current.length();
            Runnable check = guarded(() -> check(candidate, schema.get(), goOn));
            refuseUnless(room.work(kind.slot(candidate), weight, !schema.get().isCheap(), check));
        }
    }

    private void check(C candidate, CompiledSchema schema, Consumer<JsonValue> goOn) {
        JsonValue written;
        try {
            written = kind.written(candidate, arguments.current());
        } catch (JsonFault fault) {
            refuse(candidate, "arguments of '" + kind.name() + "': " + fault.text());
            return;
        }
        List<Violation> violations = schema.validate(written, context::isOver);
        if (context.isOver()) {
            return; // and that was told
        }
        if (violations.isEmpty()) {
            goOn.accept(written);
            return;
        }
        Outcome invalid = kind.invalid(Violation.inWords(violations));
        String what = invalid instanceof Outcome.Failed ? "input" : "args";
        log(candidate, "call refused: arguments violate the " + what + " schema", "invalid");
        end(invalid);
    }

    private void refuse(C candidate, String reason) {
        log(candidate, "call refused: " + reason, "refused");
        end(new Outcome.Refused(reason));
    }

    // what came of a provider's call, on the thread that brings it

    void answered(ProviderCall<C, R> call, R answer) {
        stage = Stage.JUDGED;
        long size = kind.size(answer);
        C candidate = call.candidate();
        if (kind.isJudgedHere(candidate, answer, size)) {
            judge(candidate, answer, size);
        } else {
            elsewhere(kind.slot(candidate), kind.weight(candidate, size), () -> judge(candidate, answer, size));
        }
    }

    private void judge(C candidate, R answer, long size) {
        try {
            CallKind.limit("returned", size, room.payloadLimit());
            Outcome outcome = kind.judge(candidate, answer, size, context::isOver);
            if (isEnded.get()) {
                return; // and that was told
            }
            boolean isError = outcome instanceof Outcome.Answered answered && answered.isError();
            log(candidate, "call", isError ? "error" : "ok");
            finish(outcome);
        } catch (CallKind.Unusable unusable) {
            if (!isEnded.get()) {
                String text = kind.provider(candidate) + unusable.reason();
                fail(Log.Level.WARN, text, kind.fields(candidate, context, "broken"));
            }
        } catch (RuntimeException | Error bug) {
            broke(bug);
        }
    }

    void failed(ProviderCall<C, R> call, Failure failure) {
        C candidate = call.candidate();
        boolean isDown = failure.kind() == Failure.Kind.UNAVAILABLE && !call.wasMade();
        if (failure.kind() == Failure.Kind.CANCELLED) {
            log(candidate, "call cancelled", "cancelled");
            end(new Outcome.Cancelled());
        } else if (kind.failsOver() && (isDown || failure.kind() == Failure.Kind.NOT_FOUND)) {
            missed(candidate, failure);
        } else {
            giveUp(candidate, failure);
        }
    }

    /** The provider is down, or has no such thing. One that was asked and failed is not followed by another. */
    private void missed(C candidate, Failure failure) {
        if (failure.kind() == Failure.Kind.NOT_FOUND) {
            candidates.onMissing();
        }
        C next = candidates.next();
        if (next != null) {
            LOG.log(
                    Log.Level.DEBUG,
                    "not there, the next provider is asked",
                    kind.fields(candidate, context, "not_found"));
            arguments.checkAgain();
            elsewhere(kind.slot(next), 0, () -> ask(next)); // not on the thread that brought the first one's answer
        } else if (candidates.isMissing()) {
            log(candidate, "call refused: not found", "not_found");
            end(kind.unknown(room.unknown(kind.word(), kind.name())));
        } else {
            giveUp(candidate, failure);
        }
    }

    private void giveUp(C candidate, Failure failure) {
        String text = PlainText.of(kind.provider(candidate) + failure.text());
        fail(
                Log.Level.INFO,
                text,
                kind.fields(candidate, context, failure.kind().outcome()));
    }

    private void fail(Log.Level level, String text, Fields fields) {
        LOG.log(level, "call failed: " + text, fields);
        end(new Outcome.Failed(text, true));
    }

    // how it ends

    @Override
    public void over(Ending ending) {
        InterceptedRun<R> chain = around;
        Optional<String> inside = chain == null ? Optional.empty() : chain.inside();
        ProviderCall<C, R> call = asked;
        if (inside.isEmpty() && call != null && call.isOpen()) {
            call.over(ending); // says itself who had it
        }
        if (isEnded.get()) {
            return;
        }
        if (ending == Ending.CANCELLED) {
            LOG.log(Log.Level.INFO, "call cancelled", fields("cancelled"));
            end(new Outcome.Cancelled());
        } else {
            fail(Log.Level.INFO, late(inside), fields("timeout"));
        }
        if (call != null) {
            call.over(ending);
        }
    }

    /** That its time is over, and who had it then. */
    private String late(Optional<String> inside) {
        String text = "timed out after " + Slot.seconds(context.limit());
        if (inside.isPresent()) {
            return text + ": it was still with " + inside.get();
        }
        Stage where = stage; // before the call: see submit
        ProviderCall<C, R> call = asked;
        return where == Stage.WITH_PROVIDER && call != null
                ? kind.provider(call.candidate()) + text // whose answer is on its way to be told
                : text + ": " + where.words();
    }

    /** An answer goes back through the chain before it is told. */
    private void finish(Outcome outcome) {
        InterceptedRun<R> chain = around;
        if (chain == null) {
            end(outcome);
        } else {
            chain.leave(outcome);
        }
    }

    /** The end, whatever comes later; those in the chain hear of it. */
    private void end(Outcome outcome) {
        if (!isEnded.compareAndSet(false, true)) {
            return;
        }
        Consumer<Outcome> told = then;
        then = null; // a provider that never answers keeps this run, and must not keep what it was asked
        arguments.release();
        context.done();
        try {
            if (told != null) {
                told.accept(outcome);
            }
        } finally {
            InterceptedRun<R> chain = around;
            if (chain != null) {
                chain.ended(outcome);
            }
        }
    }

    void broke(Throwable bug) {
        end(CallRoom.broken(bug, fields("broken")));
    }

    private void elsewhere(Object owner, long size, Runnable work) {
        refuseUnless(room.work(owner, size, false, guarded(work)));
    }

    private void refuseUnless(boolean isTaken) {
        if (!isTaken) {
            String text = "overloaded: too much waits to be checked already; try again later";
            fail(Log.Level.WARN, text, fields("refused"));
        }
    }

    /** A fault of ours costs one request, which is answered; one that is over goes no further. */
    private Runnable guarded(Runnable work) {
        return () -> {
            if (!context.isOver()) {
                try {
                    work.run();
                } catch (RuntimeException | Error bug) {
                    broke(bug);
                }
            }
        };
    }

    private void log(C candidate, String message, String outcome) {
        if (LOG.isEnabled(Log.Level.INFO)) {
            LOG.log(Log.Level.INFO, message, kind.fields(candidate, context, outcome));
        }
    }

    private Fields fields(String outcome) {
        ProviderCall<C, R> call = asked;
        return call != null
                ? kind.fields(call.candidate(), context, outcome)
                : Fields.NONE
                        .withCorrelationId(context.correlationId())
                        .withCapability(PlainText.of(kind.name()))
                        .withOutcome(outcome);
    }
}
