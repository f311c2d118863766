package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Calls.PromptRequest;
import dev.mcpgateway.kernel.call.Calls.ToolRequest;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.Kind;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.wire.Conversation;
import dev.mcpgateway.kernel.wire.Incoming;
import dev.mcpgateway.kernel.wire.Incoming.Params;
import dev.mcpgateway.kernel.wire.Incoming.Request;
import dev.mcpgateway.kernel.wire.Outlet;
import dev.mcpgateway.kernel.wire.RequestId;
import dev.mcpgateway.kernel.wire.Ticket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One client's session in the revisions of MCP that begin with {@code initialize} (2024-11-05 to 2025-11-25). */
final class Session implements Conversation {

    private static final String NOTHING = "{}";

    private final Protocol protocol;
    private final Outlet outlet;
    private final Map<RequestId, Pending> inFlight = new ConcurrentHashMap<>();
    private volatile @Nullable Client client;
    private volatile @Nullable LogLevel level;
    private final Map<Kind, Catalog> listed = new ConcurrentHashMap<>();

    /** What a client has said of itself. */
    private record Client(Revision revision, boolean wantsPortableNames) {}

    Session(Protocol protocol, Outlet outlet) {
        this.protocol = protocol;
        this.outlet = outlet;
    }

    @Override
    public @Nullable Runnable request(Request request, long arrival, Ticket ticket) {
        if (inFlight.containsKey(request.id())) {
            ticket.answer(Messages.error(
                    Optional.empty(),
                    Messages.INVALID_REQUEST,
                    "the id " + request.id() + " is in flight already: the request is ignored"));
            return null;
        }
        Client from = client;
        switch (request.method()) {
            case "ping" -> ticket.answer(Messages.result(request.id(), NOTHING));
            case "initialize" -> ticket.answer(initialize(request));
            case "server/discover" -> ticket.answer(unknownMethod(request));
            default -> {
                if (from == null) {
                    ticket.answer(error(request, Messages.INVALID_REQUEST, "not initialized: send initialize first"));
                } else {
                    return serve(request, arrival, ticket, from);
                }
            }
        }
        return null;
    }

    @Override
    public void notification(Incoming.Notification notification) {
        if (notification.method().equals("notifications/cancelled")) {
            JsonNode id = notification.params().members().get("requestId");
            if (id != null) {
                Pending pending = inFlight.remove(RequestId.of(id));
                if (pending != null) {
                    pending.cancel();
                }
            }
        }
    }

    @Override
    public void refused(Incoming.Refused refused, Ticket ticket) {
        boolean isAnothers = refused.id().map(inFlight::containsKey).orElse(false);
        Optional<RequestId> id = isAnothers ? Optional.empty() : refused.id();
        ticket.answer(Messages.error(id, refused.code(), refused.reason()));
    }

    @Override
    public void gone() {
        protocol.close(this);
        for (RequestId id : inFlight.keySet()) {
            Pending pending = inFlight.remove(id);
            if (pending != null) {
                pending.cancel();
            }
        }
    }

    /** Tells the client which lists, except those it has not asked for yet and those it was given as they are now. */
    void listsChanged() {
        Catalog now = protocol.catalog();
        if (isOutdated(Kind.TOOLS, now)) {
            outlet.send(Messages.changed("tools"));
        }
        if (isOutdated(Kind.RESOURCES, now) || isOutdated(Kind.RESOURCE_TEMPLATES, now)) {
            outlet.send(Messages.changed("resources"));
        }
        if (isOutdated(Kind.PROMPTS, now)) {
            outlet.send(Messages.changed("prompts"));
        }
    }

    void allListsChanged() {
        if (client != null) {
            for (String list : new String[] {"tools", "resources", "prompts"}) {
                outlet.send(Messages.changed(list));
            }
        }
    }

    private boolean isOutdated(Kind kind, Catalog now) {
        Catalog known = listed.get(kind);
        return known != null && !known.listsTheSame(kind, now);
    }

    void say(LogLevel severity, String logger, String text) {
        LogLevel wanted = level;
        if (wanted != null && severity.compareTo(wanted) >= 0) {
            outlet.send(Messages.logged(severity, logger, text));
        }
    }

    private Utf8Writer initialize(Request request) {
        if (client != null) {
            return error(request, Messages.INVALID_REQUEST, "already initialized: initialize opens a session once");
        }
        JsonNode members = request.params().members();
        Revision revision = Revision.negotiate(members.path("protocolVersion").asString(""));
        String name = members.path("clientInfo").path("name").asString("");
        client = new Client(revision, protocol.namesArePortable(name));
        return Messages.initialized(request.id(), revision, protocol.version());
    }

    /** What an initialized client may ask. */
    private @Nullable Runnable serve(Request request, long arrival, Ticket ticket, Client from) {
        switch (request.method()) {
            case "tools/list" -> {
                return admit(request, ticket, pending -> list(Kind.TOOLS, pending, arrival, from));
            }
            case "tools/call" -> {
                return admit(request, ticket, pending -> callTool(pending, arrival, from));
            }
            case "resources/list" -> {
                return admit(request, ticket, pending -> list(Kind.RESOURCES, pending, arrival, from));
            }
            case "resources/templates/list" -> {
                return admit(request, ticket, pending -> list(Kind.RESOURCE_TEMPLATES, pending, arrival, from));
            }
            case "prompts/list" -> {
                return admit(request, ticket, pending -> list(Kind.PROMPTS, pending, arrival, from));
            }
            case "logging/setLevel" -> ticket.answer(setLevel(request));
            case "resources/read" -> {
                return admit(request, ticket, pending -> readResource(pending, arrival, from));
            }
            case "prompts/get" -> {
                return admit(request, ticket, pending -> getPrompt(pending, arrival, from));
            }
            case "completion/complete" -> {
                return admit(request, ticket, pending -> complete(pending, arrival));
            }
            default -> ticket.answer(unknownMethod(request));
        }
        return null;
    }

    /** Work that is begun when there is room, and can be cancelled until it is answered. */
    private Runnable admit(Request request, Ticket ticket, Consumer<Pending> work) {
        Pending pending = new Pending(request, ticket);
        inFlight.put(request.id(), pending);
        return guarded(pending, () -> {
            if (pending.begin()) {
                work.accept(pending);
            }
        });
    }

    /** A fault of ours costs one request, which is answered. */
    private Runnable guarded(Pending pending, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException | Error bug) {
                answer(pending, broken(pending.request(), protocol.calls().broken(bug)));
            }
        };
    }

    private void answer(Pending pending, Utf8Writer message) {
        if (inFlight.remove(pending.request().id(), pending)) {
            pending.ticket().answer(message);
        } else {
            pending.ticket().withdraw(); // cancelled a moment ago
        }
    }

    private void list(Kind kind, Pending pending, long arrival, Client from) {
        pending.begun(() -> {});
        Runnable list = () -> {
            Optional<String> refusal = protocol.calls().refusal();
            if (refusal.isPresent()) {
                answer(pending, unserved(pending.request(), refusal.get()));
                return;
            }
            JsonNode cursor = pending.request().params().members().get("cursor");
            Catalog catalog = protocol.catalog();
            listed.put(kind, catalog);
            Optional<Catalog.Page> page = cursor != null && !cursor.isString()
                    ? Optional.empty()
                    : catalog.page(kind, cursor == null ? null : cursor.stringValue());
            RequestId id = pending.request().id();
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
                                    pending.request(),
                                    Messages.INVALID_PARAMS,
                                    "cursor was not given out by this gateway: list again without one"));
            if (kind == Kind.TOOLS) {
                protocol.firstList().complete(null);
            }
        };
        if (listed.isEmpty()) {
            protocol.firstDiscovery().await(arrival, guarded(pending, list));
        } else {
            list.run(); // who has waited once learns of what comes later by a notification
        }
    }

    private void callTool(Pending pending, long arrival, Client from) {
        protocol.boot().await(arrival, guarded(pending, () -> callToolNow(pending, arrival, from)));
    }

    private void callToolNow(Pending pending, long arrival, Client from) {
        Params params = pending.request().params();
        JsonNode name = params.members().get("name");
        if (name == null || !name.isString()) {
            answer(
                    pending,
                    error(pending.request(), Messages.INVALID_PARAMS, "params.name must be the name of a tool"));
            return;
        }
        JsonValue arguments = params.arguments().orElseGet(JsonValue::emptyObject);
        Runnable cancel = protocol.calls()
                .call(
                        new ToolRequest(name.stringValue(), arguments, params.argumentsDepth(), arrival),
                        outcome -> ended(pending, outcome, from));
        pending.begun(cancel);
    }

    private void readResource(Pending pending, long arrival, Client from) {
        JsonNode uri = pending.request().params().members().get("uri");
        if (uri == null || !uri.isString()) {
            answer(pending, error(pending.request(), Messages.INVALID_PARAMS, "params.uri must be a URI"));
            return;
        }
        protocol.boot()
                .await(
                        arrival,
                        guarded(
                                pending,
                                () -> pending.begun(protocol.calls()
                                        .read(uri.stringValue(), arrival, outcome -> ended(pending, outcome, from)))));
    }

    private void getPrompt(Pending pending, long arrival, Client from) {
        Params params = pending.request().params();
        JsonNode name = params.members().get("name");
        if (name == null || !name.isString()) {
            answer(
                    pending,
                    error(pending.request(), Messages.INVALID_PARAMS, "params.name must be the name of a prompt"));
            return;
        }
        JsonValue arguments = params.arguments().orElseGet(JsonValue::emptyObject);
        PromptRequest prompt = new PromptRequest(name.stringValue(), arguments, params.argumentsDepth(), arrival);
        protocol.boot()
                .await(
                        arrival,
                        guarded(
                                pending,
                                () -> pending.begun(
                                        protocol.calls().fill(prompt, outcome -> ended(pending, outcome, from)))));
    }

    private void complete(Pending pending, long arrival) {
        pending.begun(() -> {});
        Completion completion = new Completion(pending.request().params().members());
        Runnable now = () -> {
            Optional<String> refusal = protocol.calls().refusal();
            Request request = pending.request();
            if (refusal.isPresent()) {
                answer(pending, unserved(request, refusal.get()));
                return;
            }
            try {
                answer(pending, Messages.completed(request.id(), completion.of(protocol.catalog(), protocol.calls())));
            } catch (Completion.RefusedException e) {
                answer(pending, error(request, Messages.INVALID_PARAMS, e.reason()));
            }
        };
        if (completion.refersTo(protocol.catalog())) {
            now.run();
        } else {
            protocol.firstDiscovery().await(arrival, guarded(pending, now));
        }
    }

    private void ended(Pending pending, Outcome outcome, Client from) {
        Request request = pending.request();
        RequestId id = request.id();
        switch (outcome) {
            case Outcome.Answered answered ->
                answer(
                        pending,
                        fits(pending, answered.size())
                                ? Messages.answered(id, answered, from.revision())
                                : Messages.failed(id, dropped(answered.size())));
            case Outcome.Read read ->
                answer(
                        pending,
                        fits(pending, read.size())
                                ? Messages.read(id, read)
                                : error(request, Messages.INTERNAL_ERROR, dropped(read.size())));
            case Outcome.Filled filled ->
                answer(
                        pending,
                        fits(pending, filled.size())
                                ? Messages.filled(id, filled, from.revision())
                                : error(request, Messages.INTERNAL_ERROR, dropped(filled.size())));
            case Outcome.Failed failed -> {
                boolean isOfTool = request.method().equals("tools/call");
                answer(
                        pending,
                        isOfTool
                                ? Messages.failed(id, failed.reason())
                                : error(request, Messages.INTERNAL_ERROR, failed.reason()));
                if (failed.isWarning()) {
                    say(LogLevel.WARNING, "call", failed.reason());
                }
            }
            case Outcome.NotFound notFound ->
                answer(pending, error(request, Messages.RESOURCE_NOT_FOUND, notFound.reason()));
            case Outcome.Unserved unserved -> answer(pending, unserved(request, unserved.reason()));
            case Outcome.Refused refused -> answer(pending, error(request, Messages.INVALID_PARAMS, refused.reason()));
            case Outcome.Broken broken -> answer(pending, broken(request, broken));
            case Outcome.Cancelled cancelled -> {} // its ticket was withdrawn when it was cancelled
        }
    }

    /** Written out, an answer can have twice the bytes of what the provider sent. */
    private static boolean fits(Pending pending, long size) {
        return size * 2 <= pending.ticket().room();
    }

    private static String dropped(long size) {
        return "overloaded: the result of " + size + " bytes was dropped because earlier ones have not been read yet";
    }

    private Utf8Writer setLevel(Request request) {
        String word = request.params().members().path("level").asString("");
        Optional<LogLevel> wanted = LogLevel.of(word);
        if (wanted.isEmpty()) {
            return error(
                    request,
                    Messages.INVALID_PARAMS,
                    "params.level must be one of debug, info, notice, warning, error, critical, alert, emergency");
        }
        level = wanted.get();
        return Messages.result(request.id(), NOTHING);
    }

    private static Utf8Writer broken(Request request, Outcome.Broken broken) {
        return error(
                request,
                Messages.INTERNAL_ERROR,
                "internal error: see the gateway's log for ref " + broken.reference());
    }

    private static Utf8Writer unserved(Request request, String reason) {
        return error(request, Messages.INTERNAL_ERROR, "not serving: " + reason);
    }

    private static Utf8Writer unknownMethod(Request request) {
        return error(request, Messages.METHOD_NOT_FOUND, "unknown method '" + shown(request.method()) + "'");
    }

    private static String shown(String text) {
        return text.length() <= 128 ? text : text.substring(0, 128) + "…";
    }

    private static Utf8Writer error(Request request, int code, String message) {
        return Messages.error(Optional.of(request.id()), code, message);
    }
}
