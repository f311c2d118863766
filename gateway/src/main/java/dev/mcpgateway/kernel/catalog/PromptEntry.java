// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.provider.Offering.OfferedPrompt;
import dev.mcpgateway.kernel.provider.PromptArgument;
import dev.mcpgateway.kernel.provider.Slot;

/**
 * A prompt as clients know it.
 *
 * @param listedAs its name, with {@code {provider}.} in front where another has it without
 */
public record PromptEntry(String listedAs, Slot slot, OfferedPrompt offered) implements Entry {

    /** {@code {provider}.{prompt}}. */
    public String canonicalName() {
        return slot.name() + "." + offered.definition().name();
    }

    /** MCP specification, server/prompts, Prompt. */
    @Override
    public void write(Utf8Writer out, boolean portable, boolean rich) {
        Prompt prompt = offered.definition();
        out.raw("{\"name\":").string(listedAs);
        if (rich && !prompt.title().isEmpty()) {
            out.raw(",\"title\":").string(prompt.title());
        }
        if (!prompt.description().isEmpty()) {
            out.raw(",\"description\":").string(prompt.description());
        }
        if (!offered.arguments().isEmpty()) {
            out.raw(",\"arguments\":");
            char before = '[';
            for (PromptArgument argument : offered.arguments()) {
                write(out.raw(before), argument, rich);
                before = ',';
            }
            out.raw(']');
        }
        if (rich) {
            out.raw(",\"_meta\":{\"dev.mcpgateway/name\":")
                    .string(canonicalName())
                    .raw('}');
        }
        out.raw('}');
    }

    private static void write(Utf8Writer out, PromptArgument argument, boolean rich) {
        out.raw("{\"name\":").string(argument.name());
        if (rich && !argument.title().isEmpty()) {
            out.raw(",\"title\":").string(argument.title());
        }
        if (!argument.description().isEmpty()) {
            out.raw(",\"description\":").string(argument.description());
        }
        out.raw(",\"required\":").raw(argument.isRequired() ? "true}" : "false}");
    }
}
