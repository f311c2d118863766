// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

/** How tools are listed; in a call every form is accepted. */
public enum ToolNames {
    /** Dotted, except for clients that are known to refuse dots. */
    AUTO,
    /** By their canonical names, {@code provider.tool}. */
    DOTTED,
    /** Without dots, at most 64 characters. */
    PORTABLE
}
