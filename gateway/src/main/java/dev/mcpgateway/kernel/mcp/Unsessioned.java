// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.Optional;

/** What a message is that names no session, and what is said where there is none. */
public sealed interface Unsessioned {

    /** Bytes that a message may have that names no session: what begins one is short. */
    int MOST = 64 * 1024;

    /** It begins a session. */
    record Begin() implements Unsessioned {}

    /** It wants no answer, and there is nothing that it could concern. */
    record Ignored() implements Unsessioned {}

    /** @param answer says why */
    record Refused(Utf8Writer answer) implements Unsessioned {}

    /** Reads one of {@link #MOST} bytes or fewer; the array is not changed any more. */
    static Unsessioned read(byte[] message) {
        return switch (Incoming.read(message)) {
            case Incoming.Request request when ModernEra.isOf(request) -> new Refused(ModernEra.refusal(request.id()));
            case Incoming.Request request when request.method().equals("initialize") -> new Begin();
            case Incoming.Request request ->
                new Refused(error(
                        Optional.of(request.id()),
                        ErrorCodes.INVALID_REQUEST,
                        "a session is missing: send initialize first, and the id that its answer has in Mcp-Session-Id"
                                + " with each message behind it"));
            case Incoming.Refused refused -> new Refused(error(refused.id(), refused.code(), refused.reason()));
            default -> new Ignored();
        };
    }

    /** Whether a revision is one that is served. */
    static boolean isKnown(String version) {
        return Revision.include(version);
    }

    /** Why a version cannot be served, in words. */
    static String unknownVersion(List<String> versions) {
        return versions.size() > 1
                ? "MCP-Protocol-Version stands there more than once"
                : "MCP-Protocol-Version '" + PlainText.of(shortened(versions.get(0)))
                        + "' is not served: leave it out, or send the one that initialize has agreed on";
    }

    /** An answer to nobody in particular. */
    static Utf8Writer refusal(String reason) {
        return Messages.errorToNobody(ErrorCodes.INVALID_REQUEST, reason);
    }

    /** An answer to nobody in particular, where a fault of ours came in between. */
    static Utf8Writer failure() {
        return Messages.errorToNobody(ErrorCodes.INTERNAL_ERROR, "internal error: see the gateway's log");
    }

    private static Utf8Writer error(Optional<RequestId> id, int code, String reason) {
        return id.isPresent() ? Messages.error(id, code, reason) : Messages.errorToNobody(code, reason);
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
