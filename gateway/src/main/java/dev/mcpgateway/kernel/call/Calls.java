package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.catalog.Reader;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.uri.Uris;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The life of a request to a provider: find, limit, validate, queue, invoke, validate. Thread-safe; nothing here blocks.
 *
 * <p>All of it happens on the thread that brings the call, and its end on the thread that brings the answer, as long as
 * that is a matter of microseconds. Large payloads and costly schemas go to a virtual thread.
 */
public final class Calls {

    /** How many arrays and objects may stand in one another in arguments and in results. */
    public static final int MAX_DEPTH = 64;

    private static final Log LOG = Log.named("call");
    /** Bytes up to which arguments and results are judged on the thread that brings them. */
    static final int LIGHT = 64 * 1024;

    private final Supplier<Catalog> catalog;
    private final Hold firstDiscovery;
    private final Limits limits;
    private final Interceptors interceptors = new Interceptors();

    /**
     * @param catalog what is offered now
     * @param firstDiscovery of every provider: what nobody knows waits for it
     * @param payloadLimit bytes of arguments and of results
     */
    public Calls(Supplier<Catalog> catalog, Hold firstDiscovery, int payloadLimit) {
        this.catalog = catalog;
        this.firstDiscovery = firstDiscovery;
        this.limits = new Limits(payloadLimit, Executors.newVirtualThreadPerTaskExecutor());
    }

    /**
     * A request to call a tool.
     *
     * @param name as the client knows it
     * @param depth of the arguments: arrays and objects in one another
     * @param arrival on the scale of {@link System#nanoTime()}; the deadline counts from here
     */
    public record ToolRequest(String name, JsonValue arguments, int depth, long arrival) {}

    /** A request to fill in a prompt; the parts as in {@link ToolRequest}. */
    public record PromptRequest(String name, JsonValue arguments, int depth, long arrival) {}

    /**
     * Makes no call while something that was required is missing: to go on without it could mean to go on without a
     * policy.
     *
     * @param reason for clients, e.g. which plugin is missing; empty when everything is there
     */
    public void refuse(Optional<String> reason) {
        interceptors.refuse(reason);
    }

    /** What stands around every call. */
    public Interceptors interceptors() {
        return interceptors;
    }

    /** Why nothing is served now; empty where it is. */
    public Optional<String> refusal() {
        return interceptors.refusal();
    }

    /**
     * Calls a tool.
     *
     * @param then is told the outcome, once, on any thread; it must not block
     * @return how to cancel the call: then the outcome is {@link Outcome.Cancelled}, unless there was one already
     */
    public Runnable call(ToolRequest request, Consumer<Outcome> then) {
        if (isRefused(refusal(), then)) {
            return () -> {};
        }
        Optional<ToolEntry> entry = catalog.get().tool(request.name());
        if (entry.isPresent()) {
            return call(request, entry.get(), then);
        }
        OngoingCall held = new OngoingCall(then);
        firstDiscovery.await(
                request.arrival(), () -> catalog.get().tool(request.name()).isPresent(), () -> {
                    Optional<ToolEntry> found = catalog.get().tool(request.name());
                    if (found.isPresent()) {
                        held.goOnAs(call(request, found.get(), held::end));
                    } else if (!isRefused(refusal(), held::end)) {
                        held.end(new Outcome.Refused(unknownAndLogged("tool", request.name())));
                    }
                });
        return held::cancel;
    }

    private Runnable call(ToolRequest request, ToolEntry entry, Consumer<Outcome> then) {
        Chain chain = interceptors.enter();
        if (isRefused(chain.refusal(), then)) { // it may have waited to be found
            return () -> {};
        }
        if (chain.isEmpty()) {
            ToolCall call = new ToolCall(request, entry, limits, then);
            begin(call, request, entry);
            return call::cancel;
        }
        Passage<ToolResult> passage = new Passage<>(
                chain,
                new Ways.OfTool(entry),
                entry.slot(),
                entry.canonicalName(),
                CorrelationId.next(),
                request.arrival(),
                limits.payload(),
                then);
        ToolCall call = new ToolCall(request, entry, limits, passage);
        begin(call, request, entry);
        return () -> {
            call.cancel();
            passage.cancel();
        };
    }

    private void begin(ToolCall call, ToolRequest request, ToolEntry entry) {
        Optional<String> fault = fault(request.name(), request.arguments(), request.depth());
        if (fault.isPresent()) {
            call.refuse(fault.get());
        } else if (request.arguments().length() > LIGHT
                || !entry.offered().input().isCheap()) {
            limits.heavy().execute(call::validateAndSubmit);
        } else {
            call.validateAndSubmit();
        }
    }

    /**
     * Reads what stands behind a URI: from the provider that the URI is qualified with; else from the first available one
     * that lists it and has it; where nobody lists it, from the first of its scheme, or with a template that fits, that
     * has it.
     *
     * @param uri as the client knows it
     * @param then as in {@link #call}; told {@link Outcome.Read} where all is well
     * @return how to cancel it, as in {@link #call}
     */
    public Runnable read(String uri, long arrival, Consumer<Outcome> then) {
        if (isRefused(refusal(), then)) {
            return () -> {};
        }
        if (uri.length() > Uris.MAX_LENGTH) {
            then.accept(new Outcome.Refused(
                    "params.uri has " + uri.length() + " characters, the limit is " + Uris.MAX_LENGTH));
            return () -> {};
        }
        OngoingCall ongoing = new OngoingCall(then);
        if (catalog.get().knowsAddress(uri)) {
            search(uri, arrival, ongoing, () -> ongoing.end(new Outcome.NotFound(unknown("resource", uri))));
        } else { // one template is matched after the other: not here, where others wait
            Runnable again = () -> search(
                    uri, arrival, ongoing, () -> ongoing.end(new Outcome.NotFound(unknownAndLogged("resource", uri))));
            limits.heavy()
                    .execute(() -> search(
                            uri,
                            arrival,
                            ongoing,
                            () -> firstDiscovery.await(
                                    arrival, () -> catalog.get().knowsAddress(uri), again)));
        }
        return ongoing::cancel;
    }

    private void search(String uri, long arrival, OngoingCall ongoing, Runnable whereNobodyCanBeAsked) {
        try {
            List<Reader> readers = catalog.get().readers(uri);
            if (readers.isEmpty()) {
                whereNobodyCanBeAsked.run();
                return;
            }
            Search<Reader> search = new Search<>(
                    CorrelationId.next(),
                    arrival,
                    readers,
                    Reader::slot,
                    (reader, by) -> new ResourceRead(uri, reader, by, limits),
                    () -> new Outcome.NotFound(unknown("resource", uri)),
                    limits.heavy(),
                    ongoing);
            Chain chain = interceptors.enter();
            if (isRefused(chain.refusal(), ongoing::end)) {
                return;
            }
            if (chain.isEmpty()) {
                search.begin();
            } else {
                Slot first = firstAvailable(readers, Reader::slot);
                passage(chain, new Ways.OfResource(uri), first, PlainText.of(uri), search, ongoing)
                        .ifPresent(passage ->
                                intercepted(passage, JsonValue.emptyObject(), ongoing, unchanged -> search.begin()));
            }
        } catch (RuntimeException | Error bug) {
            ongoing.end(Call.broken(bug, Fields.NONE));
        }
    }

    /** From here on what comes of the request goes back through the chain; empty where it has ended already. */
    private <R> Optional<Passage<R>> passage(
            Chain chain, Passage.Way<R> way, Slot slot, String capability, Search<?> search, OngoingCall ongoing) {
        Passage<R> passage = new Passage<>(
                chain,
                way,
                slot,
                capability,
                search.correlationId(),
                search.arrival(),
                limits.payload(),
                ongoing.afterwards());
        if (!ongoing.endsThrough(passage::end, passage::cancel)) {
            chain.leave();
            return Optional.empty();
        }
        return Optional.of(passage);
    }

    private static <R> void intercepted(
            Passage<R> passage, JsonValue arguments, OngoingCall ongoing, Consumer<JsonValue> goOn) {
        passage.begin(arguments, goOn, ongoing::end, () -> ongoing.end(passage.timedOut()));
    }

    private static <C> Slot firstAvailable(List<C> candidates, Function<C, Slot> slots) {
        return candidates.stream()
                .map(slots)
                .filter(slot -> slot.status().isAvailable())
                .findFirst()
                .orElseGet(() -> slots.apply(candidates.getFirst()));
    }

    /**
     * Fills in a prompt: by the provider that the name is qualified with, else by the first available one that has it.
     *
     * @param then as in {@link #call}; told {@link Outcome.Filled} where all is well
     * @return how to cancel it, as in {@link #call}
     */
    public Runnable fill(PromptRequest request, Consumer<Outcome> then) {
        if (isRefused(refusal(), then)) {
            return () -> {};
        }
        OngoingCall ongoing = new OngoingCall(then);
        if (catalog.get().prompts(request.name()).isEmpty()) {
            firstDiscovery.await(
                    request.arrival(),
                    () -> !catalog.get().prompts(request.name()).isEmpty(),
                    () -> search(request, ongoing));
        } else {
            search(request, ongoing);
        }
        return ongoing::cancel;
    }

    private void search(PromptRequest request, OngoingCall ongoing) {
        List<PromptEntry> claimants = catalog.get().prompts(request.name());
        Optional<String> fault = fault(request.name(), request.arguments(), request.depth());
        if (claimants.isEmpty()) {
            ongoing.end(new Outcome.Refused(unknownAndLogged("prompt", request.name())));
            return;
        }
        if (fault.isPresent()) {
            LOG.log(
                    Log.Level.INFO,
                    "call refused: " + fault.get(),
                    Fields.NONE.withCapability(request.name()).withOutcome("refused"));
            ongoing.end(new Outcome.Refused(fault.get()));
            return;
        }
        Chain chain = interceptors.enter();
        if (isRefused(chain.refusal(), ongoing::end)) {
            return;
        }
        if (chain.isEmpty()) {
            search(request, claimants, CorrelationId.next(), ongoing).begin();
        } else {
            limits.heavy().execute(() -> intercept(chain, request, claimants, ongoing));
        }
    }

    private Search<PromptEntry> search(
            PromptRequest request, List<PromptEntry> claimants, String correlationId, OngoingCall ongoing) {
        return new Search<>(
                correlationId,
                request.arrival(),
                claimants,
                PromptEntry::slot,
                (entry, by) -> new PromptFilling(request, entry, by, limits),
                () -> new Outcome.Refused(unknown("prompt", request.name())),
                limits.heavy(),
                ongoing);
    }

    /** Interceptors see the arguments as the first that is available wants them; each that is asked checks them again. */
    private void intercept(Chain chain, PromptRequest request, List<PromptEntry> claimants, OngoingCall ongoing) {
        try {
            Slot slot = firstAvailable(claimants, PromptEntry::slot);
            PromptEntry first = claimants.stream()
                    .filter(each -> each.slot() == slot)
                    .findFirst()
                    .orElseThrow();
            Search<PromptEntry> search = search(request, claimants, CorrelationId.next(), ongoing);
            Optional<Passage<PromptResult>> passage =
                    passage(chain, new Ways.OfPrompt(first), slot, first.canonicalName(), search, ongoing);
            if (passage.isEmpty()) {
                return;
            }
            JsonValue arguments =
                    WrittenArguments.read(request.arguments(), first.offered().arguments());
            Optional<String> fault = new Ways.OfPrompt(first).faultOf(arguments);
            if (fault.isPresent()) {
                search.begin(); // it is refused there, in words
            } else {
                intercepted(passage.get(), arguments, ongoing, out -> {
                    PromptRequest asked =
                            isSame(out, arguments) // as the client wrote them: each reads them its own way
                                    ? request
                                    : new PromptRequest(request.name(), out, request.depth(), request.arrival());
                    search(asked, claimants, search.correlationId(), ongoing).begin();
                });
            }
        } catch (JsonFault fault) {
            ongoing.end(new Outcome.Refused("arguments of '" + request.name() + "': " + fault.text()));
        } catch (RuntimeException | Error bug) {
            ongoing.end(Call.broken(bug, Fields.NONE));
        }
    }

    @SuppressWarnings("ReferenceEquality") // what nobody has changed is the same object
    private static boolean isSame(JsonValue out, JsonValue in) {
        return out == in;
    }

    /** Writes a fault of ours to the log, and says where. */
    public Outcome.Broken broken(Throwable bug) {
        return Call.broken(bug, Fields.NONE);
    }

    private static boolean isRefused(Optional<String> refusal, Consumer<Outcome> then) {
        if (refusal.isEmpty()) {
            return false;
        }
        then.accept(new Outcome.Unserved(refusal.get()));
        return true;
    }

    /** What is wrong with arguments before any schema is looked at. */
    private Optional<String> fault(String name, JsonValue arguments, int depth) {
        if (arguments.length() > limits.payload()) {
            return Optional.of("arguments of '" + name + "' have " + arguments.length() + " bytes, the limit is "
                    + limits.payload() + " bytes");
        }
        if (depth > MAX_DEPTH) {
            return Optional.of("arguments of '" + name + "' are nested more than " + MAX_DEPTH + " levels deep");
        }
        return arguments.tree().isObject()
                ? Optional.empty()
                : Optional.of("arguments of '" + name + "' must be an object");
    }

    /**
     * That nobody has it, and which providers cannot be asked and why; fit to be shown to a client.
     *
     * @param what {@code tool}, {@code resource} or {@code prompt}
     */
    public String unknown(String what, String name) {
        StringBuilder text = new StringBuilder("unknown ")
                .append(what)
                .append(" '")
                .append(name)
                .append('\'');
        String before = "; unavailable: ";
        for (Slot slot : catalog.get().slots()) {
            if (!slot.status().isAvailable()) {
                text.append(before).append("provider '").append(slot.name()).append("' ");
                text.append(slot.status().reason());
                before = ", ";
            }
        }
        return PlainText.of(text.toString());
    }

    private String unknownAndLogged(String what, String name) {
        LOG.log(
                Log.Level.INFO,
                "call refused",
                Fields.NONE.withCapability(PlainText.of(name)).withOutcome("unknown"));
        return unknown(what, name);
    }
}
