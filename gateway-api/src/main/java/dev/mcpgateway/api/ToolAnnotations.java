package dev.mcpgateway.api;

import java.util.Optional;

/**
 * Hints about a tool's behaviour (MCP specification, server/tools, ToolAnnotations); an empty one says nothing.
 *
 * @param readOnly it changes nothing
 * @param destructive what it changes may be lost
 * @param idempotent calling it again with the same arguments has no further effect
 * @param openWorld it reaches beyond a closed domain, as a web search does
 */
public record ToolAnnotations(
        Optional<Boolean> readOnly,
        Optional<Boolean> destructive,
        Optional<Boolean> idempotent,
        Optional<Boolean> openWorld) {

    /** No hint at all. */
    public static final ToolAnnotations NONE =
            new ToolAnnotations(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
