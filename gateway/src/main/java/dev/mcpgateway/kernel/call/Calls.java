package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The life of a tool call: find, limit, validate, queue, invoke, validate. Thread-safe; nothing here blocks.
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
    private final int payloadLimit;
    private volatile Optional<String> refusal = Optional.empty();
    private final Executor heavy = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param catalog what is offered now
     * @param firstDiscovery of every provider: calls of unknown names wait for it
     * @param payloadLimit bytes of arguments and of results
     */
    public Calls(Supplier<Catalog> catalog, Hold firstDiscovery, int payloadLimit) {
        this.catalog = catalog;
        this.firstDiscovery = firstDiscovery;
        this.payloadLimit = payloadLimit;
    }

    /**
     * A request to call a tool.
     *
     * @param name as the client knows it
     * @param depth of the arguments: arrays and objects in one another
     * @param arrival on the scale of {@link System#nanoTime()}; the deadline counts from here
     */
    public record ToolRequest(String name, JsonValue arguments, int depth, long arrival) {}

    /**
     * Makes no call while something that was required is missing: to go on without it could mean to go on without a
     * policy.
     *
     * @param reason for clients, e.g. which plugin is missing; empty when everything is there
     */
    public void refuse(Optional<String> reason) {
        refusal = reason;
    }

    /** Why nothing is served now; empty where it is. */
    public Optional<String> refusal() {
        return refusal;
    }

    /**
     * Calls a tool.
     *
     * @param then is told the outcome, once, on any thread; it must not block
     * @return how to cancel the call: then the outcome is {@link Outcome.Cancelled}, unless there was one already
     */
    public Runnable call(ToolRequest request, Consumer<Outcome> then) {
        if (refusal.isPresent()) {
            then.accept(new Outcome.Unserved(refusal.get()));
            return () -> {};
        }
        Optional<ToolEntry> entry = catalog.get().tool(request.name());
        if (entry.isPresent()) {
            return call(request, entry.get(), then);
        }
        OngoingCall held = new OngoingCall(then);
        firstDiscovery.await(request.arrival(), () -> {
            Optional<ToolEntry> found = catalog.get().tool(request.name());
            if (found.isPresent()) {
                held.goOnAs(call(request, found.get(), held::end));
            } else {
                held.end(new Outcome.Refused(unknown(request.name())));
            }
        });
        return held::cancel;
    }

    private Runnable call(ToolRequest request, ToolEntry entry, Consumer<Outcome> then) {
        ToolCall call = new ToolCall(request, entry, payloadLimit, heavy, then);
        JsonValue arguments = request.arguments();
        if (arguments.length() > payloadLimit) {
            call.refuse("arguments of '" + request.name() + "' have " + arguments.length() + " bytes, the limit is "
                    + payloadLimit + " bytes");
        } else if (request.depth() > MAX_DEPTH) {
            call.refuse("arguments of '" + request.name() + "' are nested more than " + MAX_DEPTH + " levels deep");
        } else if (!arguments.tree().isObject()) {
            call.refuse("arguments of '" + request.name() + "' must be an object");
        } else if (arguments.length() > LIGHT || !entry.offered().input().isCheap()) {
            heavy.execute(() -> validate(call, arguments, entry));
        } else {
            validate(call, arguments, entry);
        }
        return call::cancel;
    }

    private static void validate(ToolCall call, JsonValue arguments, ToolEntry entry) {
        List<Violation> violations;
        try {
            violations = entry.offered().input().validate(arguments.tree());
        } catch (RuntimeException | Error bug) {
            call.broke(bug);
            return;
        }
        if (violations.isEmpty()) {
            entry.slot().submit(call);
        } else {
            call.argumentsViolate(violations);
        }
    }

    private String unknown(String name) {
        StringBuilder text = new StringBuilder("unknown tool '").append(name).append('\'');
        String before = "; unavailable: ";
        for (Slot slot : catalog.get().slots()) {
            if (!slot.status().isAvailable()) {
                text.append(before).append("provider '").append(slot.name()).append("' ");
                text.append(slot.status().reason());
                before = ", ";
            }
        }
        LOG.log(
                Log.Level.INFO,
                "call refused",
                Fields.NONE.withCapability(PlainText.of(name)).withOutcome("unknown"));
        return PlainText.of(text.toString());
    }
}
