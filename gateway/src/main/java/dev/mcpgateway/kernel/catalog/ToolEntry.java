// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolAnnotations;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Offering.OfferedTool;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tool as clients know it. Immutable, but for what is rendered on demand; kept from one catalog to the next while
 * nothing about it changes. Thread-safe.
 */
public final class ToolEntry implements Entry {

    private final String name;
    private final String portableName;
    private final Slot slot;
    private final OfferedTool offered;
    private final byte[] @Nullable [] rendered = new byte[4][]; // a race renders twice, equal both times

    ToolEntry(String name, String portableName, Slot slot, OfferedTool offered) {
        this.name = name;
        this.portableName = portableName;
        this.slot = slot;
        this.offered = offered;
    }

    /** What it is listed by: {@code {prefix}.{tool}}, or the tool's own name where the prefix is empty. */
    public String name() {
        return name;
    }

    @Override
    public String listedAs() {
        return name;
    }

    /** {@link #name()} for clients that accept {@code ^[a-zA-Z0-9_-]{1,64}$} only. */
    public String portableName() {
        return portableName;
    }

    /** {@code {provider}.{tool}}, whatever the prefix. */
    public String canonicalName() {
        return slot.name() + "." + offered.definition().name();
    }

    @Override
    public Slot slot() {
        return slot;
    }

    public OfferedTool offered() {
        return offered;
    }

    boolean isOf(String itsName, String itsPortableName, OfferedTool itsOffer) {
        return offered == itsOffer && name.equals(itsName) && portableName.equals(itsPortableName);
    }

    /**
     * Appends the definition as it stands in a list (MCP specification, server/tools, Tool).
     *
     * @param portable whether under the portable name
     * @param rich whether with what came in revision 2025-06-18: title and output schema
     */
    @Override
    public void write(Utf8Writer out, boolean portable, boolean rich) {
        int kind = (portable ? 1 : 0) + (rich ? 2 : 0);
        byte[] json = rendered[kind];
        if (json == null) {
            Utf8Writer made = new Utf8Writer(512);
            render(made, portable ? portableName : name, rich);
            json = Arrays.copyOf(made.buffer(), made.length());
            rendered[kind] = json;
        }
        out.raw(json);
    }

    private void render(Utf8Writer out, String listedName, boolean rich) {
        Tool tool = offered.definition();
        out.raw("{\"name\":").string(listedName);
        if (rich && !tool.title().isEmpty()) {
            out.raw(",\"title\":").string(tool.title());
        }
        if (!tool.description().isEmpty()) {
            out.raw(",\"description\":").string(tool.description());
        }
        out.raw(",\"inputSchema\":");
        offered.input().listed().writeCompact(out);
        Optional<CompiledSchema> output = offered.output().filter(ToolEntry::isForClients);
        if (rich && output.isPresent()) {
            out.raw(",\"outputSchema\":");
            output.get().listed().writeCompact(out);
        }
        annotations(out, tool.annotations());
        out.raw(",\"_meta\":{\"dev.mcpgateway/name\":").string(canonicalName()).raw("}}");
    }

    /** Revisions up to 2025-11-25 know output schemas of objects only; and clients compile them before they list anything. */
    private static boolean isForClients(CompiledSchema output) {
        return output.isObjectAtRoot() && output.foreignPattern().isEmpty();
    }

    private static void annotations(Utf8Writer out, ToolAnnotations annotations) {
        if (annotations.isEmpty()) {
            return;
        }
        char before = '{';
        out.raw(",\"annotations\":");
        before = hint(out, before, "readOnlyHint", annotations.readOnly());
        before = hint(out, before, "destructiveHint", annotations.destructive());
        before = hint(out, before, "idempotentHint", annotations.idempotent());
        hint(out, before, "openWorldHint", annotations.openWorld());
        out.raw('}');
    }

    private static char hint(Utf8Writer out, char before, String name, Optional<Boolean> value) {
        if (value.isEmpty()) {
            return before;
        }
        out.raw(before).string(name).raw(':').raw(value.get() ? "true" : "false");
        return ',';
    }
}
