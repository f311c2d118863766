package dev.mcpgateway.kernel.config;

/** How tools are named in lists; both forms are always accepted in a call. */
public enum ToolNames {
    /** With dots, except for clients that are known to refuse them. */
    AUTO,
    /** With dots. */
    DOTTED,
    /** Without dots, and of 64 characters at most. */
    PORTABLE
}
