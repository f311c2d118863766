package dev.mcpgateway.kernel.mcp;

import java.util.Set;

/**
 * Clients, by {@code clientInfo.name}, that cannot live with a dot in a tool's name: they drop the tool, or the whole
 * session. Clients that only warn, or that rewrite the name themselves, are not among them. Read in November 2026:
 *
 * <ul>
 *   <li>{@code claude-ai}, Claude Desktop: withholds every tool of the server, "FrontendRemoteMcpToolDefinition.name:
 *       String should match pattern" (barryw/ImmichMCP issue 3, evoila/meho issue 2745)
 *   <li>{@code cursor-vscode}, Cursor: "Tool name must only contain alphanumeric characters and underscores"
 *       (webstudio-is/webstudio issue 5960)
 *   <li>{@code codex-mcp-client}, Codex: the model's API refuses the request (openai/codex issue 8174)
 *   <li>{@code github-copilot-developer}, Copilot CLI: every prompt is answered with 400 (github/copilot-cli issues
 *       1879 and 2581)
 * </ul>
 *
 * The names that these clients send are those of the npm package mcp-client-capabilities 0.0.14.
 */
final class ClientsWithoutDots {

    private static final Set<String> NAMES =
            Set.of("claude-ai", "cursor-vscode", "codex-mcp-client", "github-copilot-developer");

    private ClientsWithoutDots() {}

    static boolean include(String clientName) {
        return NAMES.contains(clientName);
    }
}
