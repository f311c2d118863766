package dev.mcpgateway.kernel.mcp;

import java.util.Set;

/**
 * Clients, by {@code clientInfo.name}, that accept tool names of {@code ^[a-zA-Z0-9_-]{1,64}$} only and drop a tool, or
 * the whole session, over a dot.
 */
final class ClientsWithoutDots {

    private static final Set<String> NAMES = Set.of("claude-ai", "claude-code", "Visual Studio Code", "cursor-vscode");

    private ClientsWithoutDots() {}

    static boolean include(String clientName) {
        return NAMES.contains(clientName);
    }
}
