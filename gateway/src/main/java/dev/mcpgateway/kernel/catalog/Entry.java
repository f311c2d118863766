// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Slot;

/** One line of a list. Immutable; two that are equal are written alike. */
public sealed interface Entry permits ToolEntry, ResourceEntry, PromptEntry {

    /** What it is listed by: no two entries of a list have the same. */
    String listedAs();

    /** Who offers it. */
    Slot slot();

    /**
     * Appends the definition as it stands in the list.
     *
     * @param portable whether names must do without dots
     * @param rich whether with what came in revision 2025-06-18
     */
    void write(Utf8Writer out, boolean portable, boolean rich);
}
