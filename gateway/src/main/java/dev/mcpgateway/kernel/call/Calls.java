// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.Workers;
import dev.mcpgateway.kernel.uri.Uris;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The life of a request to a provider: find, limit, validate, queue, invoke, validate. Thread-safe; nothing here blocks.
 *
 * <p>All of it happens on the thread that brings the call, and its end on the thread that brings the answer, as long as
 * that is a matter of microseconds. Large payloads, costly schemas and templates go to {@link Workers}. A request is cancelled by
 * its context, whose deadline ends it wherever it is.
 */
public final class Calls {

    /** How many arrays and objects may stand in one another in arguments and in results. */
    public static final int MAX_DEPTH = 64;

    private final CallRoom room;

    /**
     * @param catalog what is offered now
     * @param firstDiscovery of every provider: what nobody knows waits for it
     * @param payloadLimit bytes of arguments and of results
     */
    public Calls(
            Supplier<Catalog> catalog,
            StartupBarrier firstDiscovery,
            Deadlines deadlines,
            Workers workers,
            int payloadLimit) {
        this.room = new CallRoom(catalog, firstDiscovery, deadlines, workers, new Interceptors(), payloadLimit);
    }

    /**
     * Makes no call while something that was required is missing: to go on without it could mean to go on without a
     * policy.
     *
     * @param reason for clients, e.g. which plugin is missing; empty when everything is there
     */
    public void refuse(Optional<String> reason) {
        interceptors().refuse(reason);
    }

    /** What stands around every call. */
    public Interceptors interceptors() {
        return room.interceptors();
    }

    /** Why nothing is served now; empty where it is. */
    public Optional<String> refusal() {
        return interceptors().refusal();
    }

    /**
     * Calls a tool.
     *
     * @param name as the client knows it
     * @param context not over, or nothing happens; it is when the outcome is told
     * @param then is told the outcome, once, on any thread; it must not block
     */
    public void call(String name, JsonValue arguments, RequestContext context, Consumer<Outcome> then) {
        new CallRun<>(new ToolKind(name), arguments, context, room, then).begin();
    }

    /**
     * Reads what stands behind a URI: from the provider that the URI is qualified with; else from the first available one
     * that lists it and has it; where nobody lists it, from the first of its scheme, or with a template that fits, that
     * has it.
     *
     * @param uri as the client knows it
     * @param then as in {@link #call}; told {@link Outcome.Read} where all is well
     */
    public void read(String uri, RequestContext context, Consumer<Outcome> then) {
        if (uri.length() > Uris.MAX_LENGTH && refusal().isEmpty()) {
            then.accept(new Outcome.Refused(
                    "params.uri has " + uri.length() + " characters, the limit is " + Uris.MAX_LENGTH));
        } else {
            new CallRun<>(new ResourceKind(uri), JsonValue.emptyObject(), context, room, then).begin();
        }
    }

    /**
     * Fills in a prompt: by the provider that the name is qualified with, else by the first available one that has it.
     *
     * @param then as in {@link #call}; told {@link Outcome.Filled} where all is well
     */
    public void fill(String name, JsonValue arguments, RequestContext context, Consumer<Outcome> then) {
        new CallRun<>(new PromptKind(name), arguments, context, room, then).begin();
    }

    /** That nobody has it, and which providers cannot be asked and why; see {@link CallRoom#unknown}. */
    public String unknown(String what, String name) {
        return room.unknown(what, name);
    }

    /** Writes a fault of ours to the log, and says where. */
    public Outcome.Broken broken(Throwable bug) {
        return CallRoom.broken(bug, Fields.NONE);
    }
}
