// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;

/** Answers requests with what has come of them. */
final class Results {

    private Results() {}

    static void write(Pending pending, Outcome outcome, Revision revision) {
        RequestId id = pending.id();
        switch (outcome) {
            case Outcome.Answered answered ->
                write(
                        pending,
                        WrittenSize.of(answered),
                        size -> Messages.answered(id, answered, revision, size),
                        reason -> Messages.failed(id, reason));
            case Outcome.Read read ->
                write(
                        pending,
                        WrittenSize.of(read),
                        size -> Messages.read(id, read, size),
                        reason -> Messages.error(Optional.of(id), ErrorCodes.INTERNAL_ERROR, reason));
            case Outcome.Filled filled ->
                write(
                        pending,
                        WrittenSize.of(filled),
                        size -> Messages.filled(id, filled, revision, size),
                        reason -> Messages.error(Optional.of(id), ErrorCodes.INTERNAL_ERROR, reason));
            case Outcome.Failed failed -> {
                pending.fail(failed.reason());
                if (failed.isWarning()) {
                    pending.session().say(LogLevel.WARNING, "call", failed.reason());
                }
            }
            case Outcome.NotFound notFound -> pending.refuse(Messages.RESOURCE_NOT_FOUND, notFound.reason());
            case Outcome.Unserved unserved -> unserved(pending, unserved.reason());
            case Outcome.Refused refused -> pending.refuse(ErrorCodes.INVALID_PARAMS, refused.reason());
            case Outcome.Broken broken -> broken(pending, broken);
            case Outcome.Cancelled cancelled -> {} // its exchange was cancelled too
        }
    }

    static void broken(Pending pending, Outcome.Broken broken) {
        pending.refuse(
                ErrorCodes.INTERNAL_ERROR, "internal error: see the gateway's log for ref " + broken.reference());
    }

    static void unserved(Pending pending, String reason) {
        pending.refuse(ErrorCodes.INTERNAL_ERROR, "not serving: " + reason);
    }

    /**
     * Sends an answer that may be large, where there is room for it among those that the client has not read.
     *
     * @param size bytes of it, written
     */
    private static void write(
            Pending pending, long size, LongFunction<Utf8Writer> written, Function<String, Utf8Writer> refused) {
        Optional<String> refusal = pending.exchange().reserve(size);
        if (refusal.isEmpty()) {
            pending.answer(written.apply(size));
        } else {
            String reason = "overloaded: the result was dropped, since it has " + size + " bytes when written, and "
                    + refusal.get();
            pending.answer(refused.apply(reason));
            pending.session().say(LogLevel.WARNING, "call", reason);
        }
    }
}
