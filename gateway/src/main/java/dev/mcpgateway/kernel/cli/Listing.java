// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.api.Json;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.catalog.ResourceEntry;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.PromptArgument;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.provider.Status;
import dev.mcpgateway.kernel.text.PlainText;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code list}: what is offered, and how each provider is doing. */
final class Listing {

    private Listing() {}

    static void table(Catalog catalog, PrintStream out) {
        Table providers = new Table("PROVIDER", "TYPE", "ADDRESS", "STATUS", "VERSION", "SINCE", "ERROR");
        Table leftOut = new Table("LEFT OUT", "OF", "BECAUSE");
        boolean all = true;
        for (Slot slot : catalog.slots()) {
            Status status = slot.status();
            providers.row(
                    slot.name(),
                    slot.terms().type(),
                    slot.terms().address(),
                    status.state().name(),
                    slot.offering().version(),
                    since(status),
                    status.reason());
            for (LeftOut each : catalog.leftOut(slot)) {
                leftOut.row(each.kind() + " " + each.name(), slot.name(), each.reason());
                all = false;
            }
        }
        providers.print(out);
        Table tools = new Table("TOOL", "DESCRIPTION");
        for (ToolEntry tool : catalog.tools()) {
            tools.row(tool.name(), firstLine(tool.offered().definition().description()));
        }
        out.println();
        tools.print(out);
        Table resources = new Table("RESOURCE", "NAME", "DESCRIPTION");
        for (ResourceEntry resource : resources(catalog)) {
            resources.row(
                    resource.listedAs(),
                    resource.name(),
                    firstLine(resource.definition().description()));
        }
        out.println();
        resources.print(out);
        Table prompts = new Table("PROMPT", "OF", "DESCRIPTION");
        for (PromptEntry prompt : catalog.prompts()) {
            prompts.row(
                    prompt.listedAs(),
                    prompt.slot().name(),
                    firstLine(prompt.offered().definition().description()));
        }
        out.println();
        prompts.print(out);
        if (!all) {
            out.println();
            leftOut.print(out);
        }
    }

    static void json(Catalog catalog, PrintStream out) {
        List<Object> providers = new ArrayList<>();
        for (Slot slot : catalog.slots()) {
            Status status = slot.status();
            Map<String, Object> provider = new LinkedHashMap<>();
            provider.put("name", slot.name());
            provider.put("type", slot.terms().type());
            provider.put("address", PlainText.uncut(slot.terms().address()));
            provider.put("status", status.state().name());
            provider.put("version", PlainText.uncut(slot.offering().version()));
            provider.put("since", since(status));
            provider.put("error", PlainText.uncut(status.reason()));
            provider.put(
                    "leftOut",
                    catalog.leftOut(slot).stream()
                            .map(each -> Map.of("kind", each.kind(), "name", each.name(), "reason", each.reason()))
                            .toList());
            providers.add(provider);
        }
        List<Object> tools = new ArrayList<>();
        for (ToolEntry entry : catalog.tools()) {
            Map<String, Object> tool = new LinkedHashMap<>();
            tool.put("name", entry.name());
            tool.put("provider", entry.slot().name());
            tool.put("title", entry.offered().definition().title());
            tool.put("description", entry.offered().definition().description());
            tool.put("inputSchema", entry.offered().inputSchema());
            entry.offered().outputSchema().ifPresent(schema -> tool.put("outputSchema", schema));
            tools.add(tool);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("providers", providers);
        all.put("tools", tools);
        all.put("resources", resources(catalog).stream().map(Listing::json).toList());
        all.put("prompts", catalog.prompts().stream().map(Listing::json).toList());
        out.println(Json.of(all));
    }

    /** Single ones, then families of them. */
    private static List<ResourceEntry> resources(Catalog catalog) {
        List<ResourceEntry> all = new ArrayList<>(catalog.resources());
        all.addAll(catalog.templates());
        return all;
    }

    private static Map<String, Object> json(ResourceEntry entry) {
        Map<String, Object> resource = new LinkedHashMap<>();
        resource.put(entry.isTemplate() ? "uriTemplate" : "uri", entry.listedAs());
        resource.put("name", entry.name());
        resource.put("provider", entry.slot().name());
        resource.put("description", entry.definition().description());
        resource.put("mimeType", entry.definition().mimeType());
        return resource;
    }

    private static Map<String, Object> json(PromptEntry entry) {
        Map<String, Object> prompt = new LinkedHashMap<>();
        prompt.put("name", entry.listedAs());
        prompt.put("provider", entry.slot().name());
        prompt.put("title", entry.offered().definition().title());
        prompt.put("description", entry.offered().definition().description());
        List<Object> arguments = new ArrayList<>();
        for (PromptArgument each : entry.offered().arguments()) {
            arguments.add(
                    Map.of("name", each.name(), "description", each.description(), "required", each.isRequired()));
        }
        prompt.put("arguments", arguments);
        return prompt;
    }

    private static String since(Status status) {
        return status.since().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
