// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.Resource;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Slot;

/**
 * A resource, or a family of them, as clients know it.
 *
 * @param listedAs its URI or URI template, with {@code {provider}+} in front where another has it without
 */
public record ResourceEntry(String listedAs, Slot slot, Resource definition) implements Entry {

    /** {@code {provider}.{name}}. */
    public String name() {
        return slot.name() + "." + definition.name();
    }

    /** Whether it stands for a family of resources. */
    public boolean isTemplate() {
        return !definition.uriTemplate().isEmpty();
    }

    /** MCP specification, server/resources, Resource and ResourceTemplate. */
    @Override
    public void write(Utf8Writer out, boolean portable, boolean rich) {
        out.raw(isTemplate() ? "{\"uriTemplate\":" : "{\"uri\":").string(listedAs);
        out.raw(",\"name\":").string(name());
        if (!definition.description().isEmpty()) {
            out.raw(",\"description\":").string(definition.description());
        }
        if (!definition.mimeType().isEmpty()) {
            out.raw(",\"mimeType\":").string(definition.mimeType());
        }
        out.raw('}');
    }
}
