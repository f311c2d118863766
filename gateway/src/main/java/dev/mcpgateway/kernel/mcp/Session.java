// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import static java.util.Objects.requireNonNull;

import dev.mcpgateway.kernel.exchange.Conversation;
import dev.mcpgateway.kernel.exchange.Exchange;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.Incoming.Request;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Slot;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One client's session in the revisions of MCP that begin with {@code initialize} (2024-11-05 to 2025-11-25). */
final class Session implements Conversation {

    private static final Log LOG = Log.named("mcp");
    private static final String NOTHING = "{}";

    private final Protocol protocol;
    private final Methods methods;
    private final Sessions sessions;
    private final NotificationSink outlet;
    private final boolean hasOnePipe;
    private final Map<RequestId, Pending> inFlight = new ConcurrentHashMap<>();
    private volatile @Nullable Client client;
    private volatile @Nullable LogLevel level;
    private final ListChanges listChanges;

    /** What a client has said of itself. */
    record Client(Revision revision, boolean wantsPortableNames) {}

    /**
     * @param outlet where notifications go
     * @param hasOnePipe whether all its answers go one way, where an id tells whose each is; else each request has its own way
     */
    Session(Protocol protocol, Methods methods, Sessions sessions, NotificationSink outlet, boolean hasOnePipe) {
        this.hasOnePipe = hasOnePipe;
        this.protocol = protocol;
        this.methods = methods;
        this.sessions = sessions;
        this.outlet = outlet;
        this.listChanges = new ListChanges(outlet, protocol::catalog);
    }

    @Override
    public @Nullable Runnable request(Request request, Exchange exchange) {
        if (!hasOnePipe && ModernEra.isOf(request)) {
            exchange.refuse(ModernEra.refusal(request.id()));
            return null;
        }
        if (isAnsweredAtOnce(request.method())) {
            exchange.answer(isInUse(request.id()) ? inFlightAlready(request.id()) : answerAtOnce(request));
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
        if (!hasOnePipe && ModernEra.isOf(request)) {
            pending.refuseMessage(ModernEra.refusal(request.id()));
            return null;
        }
        if (isAnsweredAtOnce(request.method())) {
            pending.answer(answerAtOnce(request));
            return null;
        }
        return work(pending, request);
    }

    /** @param where it was when its time was over */
    void timedOut(Pending pending, String where) {
        String reason = "timed out after " + Slot.seconds(pending.context().limit()) + ": " + where;
        LOG.log(
                Log.Level.INFO,
                "call failed: " + reason,
                Fields.NONE.withCorrelationId(pending.context().correlationId()).withOutcome("timeout"));
        pending.fail(reason);
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
        if (refused.code() == ErrorCodes.INTERNAL_ERROR) { // it is not the message's fault
            exchange.answer(errorTo(refused.id(), refused.code(), refused.reason()));
            return;
        }
        boolean isAnothers = refused.id().map(this::isInUse).orElse(false);
        Optional<RequestId> id = isAnothers ? Optional.empty() : refused.id();
        exchange.refuse(errorTo(id, refused.code(), refused.reason()));
    }

    /** On one pipe an answer to nobody has an id that is null, as long as revisions want that. */
    Utf8Writer errorTo(Optional<RequestId> id, int code, String reason) {
        return id.isEmpty() && !hasOnePipe ? Messages.errorToNobody(code, reason) : Messages.error(id, code, reason);
    }

    /** Whether an answer with that id would be taken for another's. */
    private boolean isInUse(RequestId id) {
        return hasOnePipe && inFlight.containsKey(id);
    }

    /** The gateway ends: what still runs is answered with that. */
    void stop() {
        inFlight.values().forEach(each -> each.fail("the gateway is stopping"));
    }

    /** It is told nothing more; what runs is answered. */
    void leave() {
        sessions.close(this);
    }

    @Override
    public void gone() {
        leave();
        for (RequestId id : inFlight.keySet()) {
            cancel(inFlight.remove(id));
        }
    }

    private static void cancel(@Nullable Pending unwanted) {
        if (unwanted != null) {
            unwanted.cancel();
        }
    }

    /** It is answered: its id may be used again. Returns false where it was cancelled before. */
    boolean ended(Pending pending) {
        return inFlight.remove(pending.id(), pending) || pending.isUnlisted();
    }

    /** Which lists the client knows. */
    ListChanges listChanges() {
        return listChanges;
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
                    request.id(), ErrorCodes.INVALID_REQUEST, "already initialized: initialize opens a session once");
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
                ErrorCodes.INVALID_REQUEST,
                "the id " + id + " is in flight already: the request is ignored");
    }

    /** Whether there is nothing to wait for; that is so also of what a client may not ask, yet or at all. */
    private boolean isAnsweredAtOnce(String method) {
        return client == null || !Methods.include(method);
    }

    private Utf8Writer answerAtOnce(Request request) {
        return switch (request.method()) {
            case "ping" -> Messages.result(request.id(), NOTHING);
            case "initialize" -> initialize(request);
            case "server/discover" -> unknownMethod(request);
            default -> {
                if (client == null) {
                    yield error(request.id(), ErrorCodes.INVALID_REQUEST, "not initialized: send initialize first");
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
            if (hasOnePipe) {
                exchange.answer(inFlightAlready(id));
                return null;
            }
            pending.unlist(); // it cannot be cancelled: its id means the one before
        }
        if (Methods.isTimed(method)) {
            exchange.context().heldBy(pending);
            exchange.context().arm();
        }
        return pending;
    }

    /** What an initialized client asks, begun when there is room. */
    private Runnable work(Pending pending, Request request) {
        pending.params(request.params());
        return methods.work(pending, requireNonNull(client));
    }

    private Utf8Writer setLevel(Request request) {
        String word = request.params().members().path("level").asString("");
        Optional<LogLevel> wanted = LogLevel.of(word);
        if (wanted.isEmpty()) {
            return error(
                    request.id(),
                    ErrorCodes.INVALID_PARAMS,
                    "params.level must be one of debug, info, notice, warning, error, critical, alert, emergency");
        }
        level = wanted.get();
        return Messages.result(request.id(), NOTHING);
    }

    private static Utf8Writer unknownMethod(Request request) {
        return error(request.id(), ErrorCodes.METHOD_NOT_FOUND, "unknown method '" + shown(request.method()) + "'");
    }

    private static String shown(String text) {
        return text.length() <= 128 ? text : text.substring(0, 128) + "…";
    }

    private static Utf8Writer error(RequestId id, int code, String message) {
        return Messages.error(Optional.of(id), code, message);
    }
}
