// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import java.util.Set;

/**
 * Clients, by {@code clientInfo.name}, that cannot live with a dot in a tool's name: they drop the tool, or the whole
 * session. Clients that only warn, or that rewrite the name themselves, are not among them. Each has a row with its
 * source in {@code docs/mcp-surface.md}; a test holds the two together.
 */
final class ClientsWithoutDots {

    static final Set<String> NAMES =
            Set.of("claude-ai", "cursor-vscode", "codex-mcp-client", "github-copilot-developer");

    private ClientsWithoutDots() {}

    static boolean include(String clientName) {
        return NAMES.contains(withoutBridge(clientName));
    }

    /** A bridge says whom it stands for, e.g. {@code claude-ai (via mcp-remote 0.15.1)}. */
    private static String withoutBridge(String clientName) {
        int via = clientName.indexOf(" (via ");
        return via < 0 ? clientName : clientName.substring(0, via);
    }
}
