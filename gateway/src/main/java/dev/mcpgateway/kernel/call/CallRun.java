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
import dev.mcpgateway.kernel.thread.Workers;
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
    /** What a block of an answer brings beside what stands in it, when it is written. */
    private static final int FRAME = 128;
    /** How many times as large as its text a tree may be, of which nobody has counted the values. */
    private static final int TREE = 16;

    private final CallKind<C, R> kind;
    private final RequestContext context;
    private final CallRoom room;
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile @Nullable Consumer<Outcome> then; // null once it was told
    private volatile Stage stage = Stage.LOOKED_FOR;
    private volatile @Nullable ProviderCall<C, R> asked; // last
    private volatile @Nullable InterceptedRun<R> around;
    // of the thread that it moves on on
    private Candidates<C> candidates;
    private JsonValue given; // by the client
    private JsonValue arguments; // as they are to be passed on
    private @Nullable C checkedFor; // whose schema the arguments have passed already

    /** Where a request is, as words behind the time that is over; with a provider it is that provider's time. */
    private enum Stage {
        LOOKED_FOR("it was still being looked for"),
        CHECKED("its arguments were still being checked"),
        WITH_PROVIDER(""),
        JUDGED("its answer was still being checked");

        private final String words;

        Stage(String words) {
            this.words = words;
        }
    }

    CallRun(CallKind<C, R> kind, JsonValue arguments, RequestContext context, CallRoom room, Consumer<Outcome> then) {
        this.kind = kind;
        this.context = context;
        this.room = room;
        this.then = then;
        this.candidates = new Candidates<>(kind, List.of());
        this.given = arguments;
        this.arguments = arguments;
    }

    void begin() {
        Optional<String> refusal = room.interceptors().refusal();
        if (refusal.isPresent()) {
            end(new Outcome.Unserved(refusal.get()));
        } else if (context.heldBy(this)) {
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
        Optional<String> fault = fault();
        if (fault.isPresent()) {
            refuse(first, fault.get());
            return;
        }
        Chain chain = room.interceptors().enter();
        if (chain.refusal().isPresent()) { // it may have waited to be found
            end(new Outcome.Unserved(chain.refusal().get()));
        } else if (chain.isEmpty()) {
            askNext();
        } else {
            intercept(chain, first);
        }
    }

    private void nobodyHasIt() {
        Optional<String> refusal = room.interceptors().refusal();
        if (refusal.isPresent()) {
            end(new Outcome.Unserved(refusal.get()));
            return;
        }
        LOG.log(
                Log.Level.INFO,
                "call refused",
                Fields.NONE.withCapability(PlainText.of(kind.name())).withOutcome("unknown"));
        end(kind.unknown(room.unknown(kind.word(), kind.name())));
    }

    /** Interceptors see the arguments as the first that is available wants them; each that is asked checks them again. */
    private void intercept(Chain chain, C first) {
        InterceptedRun<R> run =
                new InterceptedRun<>(chain, new InterceptedRun.Subject<>(kind, first), context, room, this::end);
        around = run;
        if (isEnded.get()) { // by another thread, which may not have seen it
            run.ended(new Outcome.Cancelled());
            return;
        }
        check(
                first,
                valid -> run.enter(valid, changed -> {
                    if (!isSame(changed, valid)) {
                        arguments = changed;
                    } else if (!isSame(valid, given)) {
                        arguments = given; // as the client wrote them: each reads them its own way
                    }
                    checkedFor = isSame(arguments, changed) ? first : null;
                    elsewhere(
                            kind.slot(first),
                            0,
                            this::askNext); // a provider has no business on an interceptor's thread
                }));
    }

    private void askNext() {
        C next = candidates.next();
        if (next != null) {
            ask(next);
        }
    }

    @SuppressWarnings("ReferenceEquality") // one candidate is one object
    private void ask(C candidate) {
        if (candidate == checkedFor) {
            submit(candidate, arguments);
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
        Optional<CompiledSchema> schema = kind.schema(candidate);
        if (schema.isEmpty()) {
            goOn.accept(arguments);
        } else if (schema.get().isQuick() && isLightHere(arguments.length())) {
            check(candidate, schema.get(), goOn);
        } else {
            long weight = schema.get().sight().isWhole() ? arguments.weight() : arguments.length();
            Runnable check = guarded(() -> check(candidate, schema.get(), goOn));
            Workers workers = room.workers();
            refuseUnless(
                    schema.get().isCheap()
                            ? workers.execute(kind.slot(candidate), weight, check)
                            : workers.executeCostly(kind.slot(candidate), weight, check));
        }
    }

    /** Whoever has taken a message of a middling size apart may as well check it: a hop to another thread costs more. */
    private boolean isLightHere(int bytes) {
        return bytes <= CallRoom.LIGHT
                || (bytes <= CallRoom.MIDDLING && room.workers().isOwnThread());
    }

    private void check(C candidate, CompiledSchema schema, Consumer<JsonValue> goOn) {
        JsonValue written;
        try {
            written = kind.written(candidate, arguments);
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
        Outcome invalid = kind.invalid(inWords(violations));
        String what = invalid instanceof Outcome.Failed ? "input" : "args";
        log(candidate, "call refused: arguments violate the " + what + " schema", "invalid");
        end(invalid);
    }

    /** What is wrong with arguments before any schema is looked at. */
    private Optional<String> fault() {
        String what = "arguments of '" + kind.name() + "' ";
        if (given.length() > room.payloadLimit()) {
            return Optional.of(
                    what + "have " + given.length() + " bytes, the limit is " + room.payloadLimit() + " bytes");
        }
        if (given.depth() > Calls.MAX_DEPTH) {
            return Optional.of(what + "are nested more than " + Calls.MAX_DEPTH + " levels deep");
        }
        return given.isObject() ? Optional.empty() : Optional.of(what + "must be an object");
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
        if (size + FRAME * kind.blocks(answer) <= CallRoom.LIGHT && kind.isJudgedQuickly(candidate)) {
            judge(candidate, answer, size);
        } else {
            long weight = kind.looksInto(candidate) ? TREE * size : size;
            elsewhere(kind.slot(candidate), weight, () -> judge(candidate, answer, size));
        }
    }

    private void judge(C candidate, R answer, long size) {
        try {
            if (size > room.payloadLimit()) {
                throw new CallKind.Unusable(
                        "returned a result of " + size + " bytes, the limit is " + room.payloadLimit() + " bytes");
            }
            Outcome outcome = kind.judge(candidate, answer, size, context::isOver);
            if (isEnded.get()) {
                return; // and that was told
            }
            boolean isError = outcome instanceof Outcome.Answered answered && answered.isError();
            log(candidate, "call", isError ? "error" : "ok");
            finish(outcome);
        } catch (CallKind.Unusable unusable) {
            if (isEnded.get()) {
                return;
            }
            String text = provider(candidate) + unusable.reason();
            LOG.log(Log.Level.WARN, "call failed: " + text, fields(candidate, "broken"));
            end(new Outcome.Failed(text, true));
        } catch (RuntimeException | Error bug) {
            broke(bug);
        }
    }

    void failed(ProviderCall<C, R> call, Failure failure) {
        C candidate = call.candidate();
        boolean isMissing = failure.kind() == Failure.Kind.NOT_FOUND;
        boolean isDown = failure.kind() == Failure.Kind.UNAVAILABLE && !call.wasMade();
        if (failure.kind() == Failure.Kind.CANCELLED) {
            log(candidate, "call cancelled", "cancelled");
            end(new Outcome.Cancelled());
        } else if (kind.failsOver() && (isMissing || isDown)) {
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
            LOG.log(Log.Level.DEBUG, "not there, the next provider is asked", fields(candidate, "not_found"));
            checkedFor = null;
            elsewhere(kind.slot(next), 0, () -> ask(next)); // not on the thread that brought the first one's answer
        } else if (candidates.isMissing()) {
            log(candidate, "call refused: not found", "not_found");
            end(kind.unknown(room.unknown(kind.word(), kind.name())));
        } else {
            giveUp(candidate, failure);
        }
    }

    private void giveUp(C candidate, Failure failure) {
        String text = PlainText.of(provider(candidate) + failure.text());
        log(candidate, "call failed: " + text, failure.kind().outcome());
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
            String text = late(inside);
            LOG.log(Log.Level.INFO, "call failed: " + text, fields("timeout"));
            end(new Outcome.Failed(text, true));
        }
        if (call != null) {
            call.over(ending);
        }
    }

    /** That its time is over, and who had it then. */
    private String late(Optional<String> inside) {
        String text = "timed out after " + Slot.seconds(context.limit());
        Stage where = stage;
        ProviderCall<C, R> call = asked;
        if (inside.isPresent()) {
            return text + ": it was still with " + inside.get();
        }
        return where == Stage.WITH_PROVIDER && call != null
                ? provider(call.candidate()) + text // whose answer is on its way to be told
                : text + ": " + where.words;
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
        given = JsonValue.emptyObject();
        arguments = given;
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
        refuseUnless(room.workers().execute(owner, size, guarded(work)));
    }

    private void refuseUnless(boolean isTaken) {
        if (!isTaken) {
            String text = "overloaded: too much waits to be checked already; try again later";
            LOG.log(Log.Level.WARN, "call failed: " + text, fields("refused"));
            end(new Outcome.Failed(text, true));
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

    @SuppressWarnings("ReferenceEquality") // what nobody has changed is the same object
    private static boolean isSame(JsonValue one, JsonValue other) {
        return one == other;
    }

    static List<String> inWords(List<Violation> violations) {
        return violations.stream()
                .map(each -> (each.path().isEmpty() ? "/" : each.path()) + " " + each.reason())
                .toList();
    }

    private String provider(C candidate) {
        return "provider '" + kind.slot(candidate).name() + "' ";
    }

    private void log(C candidate, String message, String outcome) {
        if (LOG.isEnabled(Log.Level.INFO)) {
            LOG.log(Log.Level.INFO, message, fields(candidate, outcome));
        }
    }

    private Fields fields(C candidate, String outcome) {
        return Fields.ofCall(
                context.correlationId(),
                kind.slot(candidate).name(),
                kind.capability(candidate),
                System.nanoTime() - context.arrival(),
                outcome);
    }

    private Fields fields(String outcome) {
        ProviderCall<C, R> call = asked;
        return call != null
                ? fields(call.candidate(), outcome)
                : Fields.NONE
                        .withCorrelationId(context.correlationId())
                        .withCapability(PlainText.of(kind.name()))
                        .withOutcome(outcome);
    }
}
