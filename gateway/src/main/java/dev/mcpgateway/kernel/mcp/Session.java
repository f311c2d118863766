// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static java.util.Objects.requireNonNull;

import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.Kind;
import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Params;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Request;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.request.RequestContext;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One client's session in the revisions of MCP that begin with {@code initialize} (2024-11-05 to 2025-11-25). */
final class Session implements Conversation {

    private static final Log LOG = Log.named("mcp");
    private static final String NOTHING = "{}";
    /** What is answered when there is room, and perhaps after a wait. */
    private static final Set<String> SERVED = Set.of(
            "tools/list",
            "tools/call",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "prompts/list",
            "prompts/get",
            "completion/complete");
    /** They wait for the start, for no longer than that takes, and for nobody else. */
    private static final Set<String> UNTIMED =
            Set.of("tools/list", "resources/list", "resources/templates/list", "prompts/list", "completion/complete");

    private final Protocol protocol;
    private final NotificationSink outlet;
    private final Map<RequestId, Pending> inFlight = new ConcurrentHashMap<>();
    private volatile @Nullable Client client;
    private volatile @Nullable LogLevel level;
    private final ListChanges listChanges;

    /** What a client has said of itself. */
    private record Client(Revision revision, boolean wantsPortableNames) {}

    Session(Protocol protocol, NotificationSink outlet) {
        this.protocol = protocol;
        this.outlet = outlet;
        this.listChanges = new ListChanges(outlet, protocol::catalog);
    }

    @Override
    public @Nullable Runnable request(Request request, Exchange exchange) {
        if (isAnsweredAtOnce(request.method())) {
            exchange.answer(inFlight.containsKey(request.id()) ? inFlightAlready(request.id()) : answerAtOnce(request));
            return null;
        }
        Pending pending = admit(request.id(), request.method(), exchange, "held back while plugins start");
        return pending == null ? null : work(pending, request);
    }

    @Override
    public @Nullable Expected expect(RequestId id, String method, Exchange exchange) {
        return admit(id, method, exchange, "read");
    }

    @Nullable Runnable expected(Pending pending, Request request) {
        if (pending.isOver()) {
            return null;
        }
        if (isAnsweredAtOnce(request.method())) {
            answer(pending, answerAtOnce(request));
            return null;
        }
        return work(pending, request);
    }

    /** Its message has been read, and is none. */
    void refused(Pending pending, Incoming.Refused refused) {
        answer(pending, Messages.error(refused.id(), refused.code(), refused.reason()));
    }

    void failed(Pending pending, String reason) {
        fail(pending, reason);
        say(LogLevel.WARNING, "call", reason);
    }

    /** @param where it was when its time was over */
    void timedOut(Pending pending, String where) {
        String reason = "timed out after " + Slot.seconds(pending.context().limit()) + ": " + where;
        LOG.log(
                Log.Level.INFO,
                "call failed: " + reason,
                Fields.NONE.withCorrelationId(pending.context().correlationId()).withOutcome("timeout"));
        fail(pending, reason);
        say(LogLevel.WARNING, "call", reason);
    }

    @Override
    public void notification(Incoming.Notification notification) {
        if (notification.method().equals("notifications/cancelled")) {
            JsonNode id = notification.params().members().get("requestId");
            if (id != null) {
                cancel(inFlight.remove(RequestId.of(id)));
            }
        }
    }

    @Override
    public void response(Incoming.Response response) {
        LOG.log(
                Log.Level.DEBUG,
                "an answer to a request that was never made is ignored: its id is " + response.id(),
                Fields.NONE);
    }

    @Override
    public void refused(Incoming.Refused refused, Exchange exchange) {
        boolean isAnothers = refused.id().map(inFlight::containsKey).orElse(false);
        Optional<RequestId> id = isAnothers ? Optional.empty() : refused.id();
        exchange.answer(Messages.error(id, refused.code(), refused.reason()));
    }

    @Override
    public void gone() {
        protocol.close(this);
        for (RequestId id : inFlight.keySet()) {
            cancel(inFlight.remove(id));
        }
    }

    private static void cancel(@Nullable Pending unwanted) {
        if (unwanted != null) {
            unwanted.exchange().cancel();
            unwanted.forget();
        }
    }

    void listsChanged() {
        listChanges.say();
    }

    void allListsChanged() {
        if (client != null) {
            listChanges.sayAll();
        }
    }

    @Override
    public void onRoom() {
        listChanges.onRoom();
    }

    void say(LogLevel severity, String logger, String text) {
        LogLevel wanted = level;
        if (wanted != null && severity.compareTo(wanted) >= 0) {
            outlet.send(Messages.logged(severity, logger, text));
        }
    }

    private Utf8Writer initialize(Request request) {
        if (client != null) {
            return error(
                    request.id(), Messages.INVALID_REQUEST, "already initialized: initialize opens a session once");
        }
        JsonNode members = request.params().members();
        Revision revision = Revision.negotiate(members.path("protocolVersion").asString(""));
        String name = members.path("clientInfo").path("name").asString("");
        client = new Client(revision, protocol.namesArePortable(name));
        return Messages.initialized(request.id(), revision, protocol.version());
    }

    private static Utf8Writer inFlightAlready(RequestId id) {
        return Messages.error(
                Optional.empty(),
                Messages.INVALID_REQUEST,
                "the id " + id + " is in flight already: the request is ignored");
    }

    /** Whether there is nothing to wait for; that is so also of what a client may not ask, yet or at all. */
    private boolean isAnsweredAtOnce(String method) {
        return client == null || !SERVED.contains(method);
    }

    private Utf8Writer answerAtOnce(Request request) {
        return switch (request.method()) {
            case "ping" -> Messages.result(request.id(), NOTHING);
            case "initialize" -> initialize(request);
            case "server/discover" -> unknownMethod(request);
            default -> {
                if (client == null) {
                    yield error(request.id(), Messages.INVALID_REQUEST, "not initialized: send initialize first");
                }
                yield request.method().equals("logging/setLevel") ? setLevel(request) : unknownMethod(request);
            }
        };
    }

    /**
     * From here on it has a deadline, and can be cancelled until it is answered.
     *
     * @return null where another has its id: then it has been answered
     */
    private @Nullable Pending admit(RequestId id, String method, Exchange exchange, String doing) {
        Pending pending = new Pending(this, id, method, exchange, doing);
        if (inFlight.putIfAbsent(id, pending) != null) {
            exchange.answer(inFlightAlready(id));
            return null;
        }
        if (!UNTIMED.contains(method)) {
            exchange.context().heldBy(pending);
            exchange.context().arm();
        }
        return pending;
    }

    /** What an initialized client asks, begun when there is room. */
    private Runnable work(Pending pending, Request request) {
        pending.params(request.params());
        Client from = requireNonNull(client);
        Runnable work = switch (request.method()) {
            case "tools/list" -> () -> list(Kind.TOOLS, pending, from);
            case "resources/list" -> () -> list(Kind.RESOURCES, pending, from);
            case "resources/templates/list" -> () -> list(Kind.RESOURCE_TEMPLATES, pending, from);
            case "prompts/list" -> () -> list(Kind.PROMPTS, pending, from);
            case "completion/complete" -> () -> complete(pending);
            default ->
                () -> protocol.boot()
                        .await(pending.context(), () -> false, guarded(pending, () -> call(pending, from)));
        };
        return guarded(pending, work);
    }

    /** A fault of ours costs one request, which is answered; what is over goes no further. */
    private Runnable guarded(Pending pending, Runnable work) {
        return () -> {
            if (pending.isOver()) {
                return;
            }
            try {
                work.run();
            } catch (RuntimeException | Error bug) {
                answer(pending, broken(pending.id(), protocol.calls().broken(bug)));
            }
        };
    }

    private void answer(Pending pending, Utf8Writer message) {
        pending.context().done();
        if (inFlight.remove(pending.id(), pending)) {
            pending.forget();
            pending.exchange().answer(message);
        } // else it was cancelled a moment ago
    }

    /** A request that could not be served: a tool's is a result, so that the model can do something else. */
    private void fail(Pending pending, String reason) {
        boolean isOfTool = pending.method().equals("tools/call");
        answer(
                pending,
                isOfTool
                        ? Messages.failed(pending.id(), reason)
                        : error(pending.id(), Messages.INTERNAL_ERROR, reason));
    }

    private void list(Kind kind, Pending pending, Client from) {
        Runnable list = () -> {
            Optional<String> refusal = protocol.calls().refusal();
            if (refusal.isPresent()) {
                answer(pending, unserved(pending.id(), refusal.get()));
                return;
            }
            JsonNode cursor = pending.params().members().get("cursor");
            if (cursor != null && cursor.isString() && cursor.stringValue().isEmpty()) {
                cursor = null; // as if it were not given, which is what some clients mean by it
            }
            Catalog catalog = protocol.catalog();
            if (cursor == null) { // pages of another that follow make no whole list of it
                listChanges.onFirstPage(kind, catalog);
            }
            Optional<Catalog.Page> page = cursor != null && !cursor.isString()
                    ? Optional.empty()
                    : catalog.page(kind, cursor == null ? null : cursor.stringValue());
            RequestId id = pending.id();
            answer(
                    pending,
                    page.isPresent()
                            ? Messages.list(
                                    id,
                                    kind,
                                    page.get(),
                                    from.wantsPortableNames(),
                                    from.revision().isRich())
                            : error(
                                    id,
                                    Messages.INVALID_PARAMS,
                                    "cursor was not given out by this gateway: list again without one"));
            if (kind == Kind.TOOLS) {
                protocol.firstList().complete(null);
            }
        };
        if (listChanges.isNothingListed()) {
            protocol.firstDiscovery().await(pending.context().arrival(), guarded(pending, list));
        } else {
            list.run(); // who has waited once learns of what comes later by a notification
        }
    }

    private void call(Pending pending, Client from) {
        Params params = pending.params();
        JsonValue arguments = params.arguments().orElseGet(JsonValue::emptyObject);
        RequestContext context = pending.context();
        Consumer<Outcome> then = outcome -> {
            try {
                ended(pending, outcome, from);
            } catch (RuntimeException | Error bug) { // nobody else would answer it any more
                answer(pending, broken(pending.id(), protocol.calls().broken(bug)));
            }
        };
        switch (pending.method()) {
            case "tools/call" ->
                named(pending, "name", "the name of a tool")
                        .ifPresent(name -> protocol.calls().call(name, arguments, context, then));
            case "prompts/get" ->
                named(pending, "name", "the name of a prompt")
                        .ifPresent(name -> protocol.calls().fill(name, arguments, context, then));
            default ->
                named(pending, "uri", "a URI").ifPresent(uri -> protocol.calls().read(uri, context, then));
        }
    }

    /** A parameter that must be a string; where it is none the request is answered. */
    private Optional<String> named(Pending pending, String parameter, String what) {
        JsonNode value = pending.params().members().get(parameter);
        if (value == null || !value.isString()) {
            answer(pending, error(pending.id(), Messages.INVALID_PARAMS, "params." + parameter + " must be " + what));
            return Optional.empty();
        }
        return Optional.of(value.stringValue());
    }

    private void complete(Pending pending) {
        Completion completion = new Completion(pending.params().members());
        Runnable now = () -> {
            Optional<String> refusal = protocol.calls().refusal();
            RequestId id = pending.id();
            if (refusal.isPresent()) {
                answer(pending, unserved(id, refusal.get()));
                return;
            }
            try {
                answer(pending, Messages.completed(id, completion.of(protocol.catalog(), protocol.calls())));
            } catch (Completion.RefusedException e) {
                answer(pending, error(id, Messages.INVALID_PARAMS, e.reason()));
            }
        };
        if (completion.refersTo(protocol.catalog())) {
            now.run();
        } else {
            protocol.firstDiscovery().await(pending.context().arrival(), guarded(pending, now));
        }
    }

    private void ended(Pending pending, Outcome outcome, Client from) {
        RequestId id = pending.id();
        switch (outcome) {
            case Outcome.Answered answered ->
                answer(
                        pending,
                        WrittenSize.of(answered),
                        size -> Messages.answered(id, answered, from.revision(), size),
                        reason -> Messages.failed(id, reason));
            case Outcome.Read read ->
                answer(
                        pending,
                        WrittenSize.of(read),
                        size -> Messages.read(id, read, size),
                        reason -> error(id, Messages.INTERNAL_ERROR, reason));
            case Outcome.Filled filled ->
                answer(
                        pending,
                        WrittenSize.of(filled),
                        size -> Messages.filled(id, filled, from.revision(), size),
                        reason -> error(id, Messages.INTERNAL_ERROR, reason));
            case Outcome.Failed failed -> {
                fail(pending, failed.reason());
                if (failed.isWarning()) {
                    say(LogLevel.WARNING, "call", failed.reason());
                }
            }
            case Outcome.NotFound notFound ->
                answer(pending, error(id, Messages.RESOURCE_NOT_FOUND, notFound.reason()));
            case Outcome.Unserved unserved -> answer(pending, unserved(id, unserved.reason()));
            case Outcome.Refused refused -> answer(pending, error(id, Messages.INVALID_PARAMS, refused.reason()));
            case Outcome.Broken broken -> answer(pending, broken(id, broken));
            case Outcome.Cancelled cancelled -> {} // its exchange was withdrawn when it was cancelled
        }
    }

    /**
     * Sends an answer that may be large, where there is room for it among those that the client has not read.
     *
     * @param size bytes of it, written
     */
    private void answer(
            Pending pending, long size, LongFunction<Utf8Writer> written, Function<String, Utf8Writer> refused) {
        Optional<String> refusal = pending.exchange().reserve(size);
        if (refusal.isEmpty()) {
            answer(pending, written.apply(size));
        } else {
            String reason = "overloaded: the result was dropped, since it has " + size + " bytes when written, and "
                    + refusal.get();
            answer(pending, refused.apply(reason));
            say(LogLevel.WARNING, "call", reason);
        }
    }

    private Utf8Writer setLevel(Request request) {
        String word = request.params().members().path("level").asString("");
        Optional<LogLevel> wanted = LogLevel.of(word);
        if (wanted.isEmpty()) {
            return error(
                    request.id(),
                    Messages.INVALID_PARAMS,
                    "params.level must be one of debug, info, notice, warning, error, critical, alert, emergency");
        }
        level = wanted.get();
        return Messages.result(request.id(), NOTHING);
    }

    private static Utf8Writer broken(RequestId id, Outcome.Broken broken) {
        return error(
                id, Messages.INTERNAL_ERROR, "internal error: see the gateway's log for ref " + broken.reference());
    }

    private static Utf8Writer unserved(RequestId id, String reason) {
        return error(id, Messages.INTERNAL_ERROR, "not serving: " + reason);
    }

    private static Utf8Writer unknownMethod(Request request) {
        return error(request.id(), Messages.METHOD_NOT_FOUND, "unknown method '" + shown(request.method()) + "'");
    }

    private static String shown(String text) {
        return text.length() <= 128 ? text : text.substring(0, 128) + "…";
    }

    private static Utf8Writer error(RequestId id, int code, String message) {
        return Messages.error(Optional.of(id), code, message);
    }
}
