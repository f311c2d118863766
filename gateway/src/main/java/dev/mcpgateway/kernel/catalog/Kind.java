// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

/** What there are lists of. */
public enum Kind {
    TOOLS("tools"),
    RESOURCES("resources"),
    RESOURCE_TEMPLATES("resourceTemplates"),
    PROMPTS("prompts");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** As the list is called in MCP's results. */
    public String word() {
        return word;
    }
}
