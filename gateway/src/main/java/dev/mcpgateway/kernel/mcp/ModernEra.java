// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.jsonrpc.RequestId;
import java.util.Optional;

/**
 * The revisions without sessions (2026-07-28 and later), which are not served: clients that speak both find that out by a plain
 * refusal. The error codes of those revisions would tell them the contrary.
 */
final class ModernEra {

    static final String REFUSAL =
            "this server speaks the revisions of MCP that begin with initialize: send initialize, without a version in _meta";

    private static final String VERSION = "io.modelcontextprotocol/protocolVersion";

    private ModernEra() {}

    /** Whether it says by itself what a session would have said before. */
    static boolean isOf(Incoming.Request request) {
        return request.params().members().path("_meta").has(VERSION);
    }

    static Utf8Writer refusal(RequestId id) {
        return Messages.error(Optional.of(id), ErrorCodes.INVALID_REQUEST, REFUSAL);
    }
}
