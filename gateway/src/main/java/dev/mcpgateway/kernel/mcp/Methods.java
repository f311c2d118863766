// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.Kind;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.mcp.Session.Client;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** What is done for the methods that providers stand behind. One for all sessions. Thread-safe. */
final class Methods {

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

    Methods(Protocol protocol) {
        this.protocol = protocol;
    }

    /** Whether it is answered when there is room, and perhaps after a wait. */
    static boolean include(String method) {
        return SERVED.contains(method);
    }

    /** Whether a request of it has a deadline. */
    static boolean isTimed(String method) {
        return !UNTIMED.contains(method);
    }

    /** How to begin the work on a request whose parameters are known. */
    Runnable work(Pending pending, Client from) {
        Runnable work = switch (pending.method()) {
            case "tools/list" -> () -> list(Kind.TOOLS, pending, from);
            case "resources/list" -> () -> list(Kind.RESOURCES, pending, from);
            case "resources/templates/list" -> () -> list(Kind.RESOURCE_TEMPLATES, pending, from);
            case "prompts/list" -> () -> list(Kind.PROMPTS, pending, from);
            case "completion/complete" -> () -> complete(pending);
            default -> () -> callAfterBoot(pending, from);
        };
        return guarded(pending, work);
    }

    private void callAfterBoot(Pending pending, Client from) {
        if (!protocol.boot().hasEnded()) { // what waits keeps no tree that may be many times as large as its text
            pending.params().arguments().ifPresent(JsonValue::dropTreeIfLarge);
        }
        protocol.boot().await(pending.context(), () -> false, guarded(pending, () -> call(pending, from)));
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
                Results.broken(pending, calls().broken(bug));
            }
        };
    }

    private void list(Kind kind, Pending pending, Client from) {
        Runnable list = () -> {
            listNow(kind, pending, from);
            if (kind == Kind.TOOLS) {
                protocol.firstList().complete(null);
            }
        };
        if (pending.session().listChanges().isNothingListed()) {
            protocol.firstDiscovery().await(pending.context().arrival(), guarded(pending, list));
        } else {
            list.run(); // who has waited once learns of what comes later by a notification
        }
    }

    private void listNow(Kind kind, Pending pending, Client from) {
        Optional<String> refusal = calls().refusal();
        if (refusal.isPresent()) {
            Results.unserved(pending, refusal.get());
            return;
        }
        JsonNode cursor = pending.params().members().get("cursor");
        if (cursor != null && cursor.isString() && cursor.stringValue().isEmpty()) {
            cursor = null; // as if it were not given, which is what some clients mean by it
        }
        Catalog catalog = protocol.catalog();
        if (cursor == null) { // pages of another that follow make no whole list of it
            pending.session().listChanges().onFirstPage(kind, catalog);
        }
        Optional<Catalog.Page> page = cursor != null && !cursor.isString()
                ? Optional.empty()
                : catalog.page(kind, cursor == null ? null : cursor.stringValue());
        if (page.isPresent()) {
            pending.answer(Messages.list(
                    pending.id(),
                    kind,
                    page.get(),
                    from.wantsPortableNames(),
                    from.revision().isRich()));
        } else {
            pending.refuse(
                    ErrorCodes.INVALID_PARAMS, "cursor was not given out by this gateway: list again without one");
        }
    }

    private void call(Pending pending, Client from) {
        JsonValue arguments = pending.params().arguments().orElseGet(JsonValue::emptyObject);
        Consumer<Outcome> then = outcome -> {
            try {
                Results.write(pending, outcome, from.revision());
            } catch (RuntimeException | Error bug) { // nobody else would answer it any more
                Results.broken(pending, calls().broken(bug));
            }
        };
        switch (pending.method()) {
            case "tools/call" ->
                named(pending, "name", "the name of a tool")
                        .ifPresent(name -> calls().call(name, arguments, pending.context(), then));
            case "prompts/get" ->
                named(pending, "name", "the name of a prompt")
                        .ifPresent(name -> calls().fill(name, arguments, pending.context(), then));
            default -> named(pending, "uri", "a URI").ifPresent(uri -> calls().read(uri, pending.context(), then));
        }
    }

    /** A parameter that must be a string; where it is none the request is answered. */
    private static Optional<String> named(Pending pending, String parameter, String what) {
        JsonNode value = pending.params().members().get(parameter);
        if (value == null || !value.isString()) {
            pending.refuse(ErrorCodes.INVALID_PARAMS, "params." + parameter + " must be " + what);
            return Optional.empty();
        }
        return Optional.of(value.stringValue());
    }

    private void complete(Pending pending) {
        Completion completion = new Completion(pending.params().members());
        Runnable now = () -> {
            Optional<String> refusal = calls().refusal();
            if (refusal.isPresent()) {
                Results.unserved(pending, refusal.get());
                return;
            }
            try {
                pending.answer(Messages.completed(pending.id(), completion.of(protocol.catalog(), calls())));
            } catch (Completion.RefusedException e) {
                pending.refuse(ErrorCodes.INVALID_PARAMS, e.reason());
            }
        };
        if (completion.refersTo(protocol.catalog())) {
            now.run();
        } else {
            protocol.firstDiscovery().await(pending.context().arrival(), guarded(pending, now));
        }
    }

    private Calls calls() {
        return protocol.calls();
    }
}
