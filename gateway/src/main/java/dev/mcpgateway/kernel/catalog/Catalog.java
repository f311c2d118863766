// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.Resource;
import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Offering.OfferedPrompt;
import dev.mcpgateway.kernel.provider.Offering.OfferedTemplate;
import dev.mcpgateway.kernel.provider.Offering.OfferedTool;
import dev.mcpgateway.kernel.provider.Omissions;
import dev.mcpgateway.kernel.provider.Slot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is offered at one moment, in order: providers as configured, then those in plugins. What a provider
 * offered once can be looked up while it is down, so that names stay where they are; only the lists leave it out.
 * Immutable.
 */
public final class Catalog {

    /** Entries on one page of a list. */
    public static final int PAGE = 1_000;

    private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

    private final List<Slot> slots;
    private final Map<String, ToolEntry> toolsByName;
    private final PagedList<ToolEntry> tools;
    private final SharedNames<ResourceEntry> resources;
    private final SharedNames<ResourceEntry> templates;
    private final SharedNames<PromptEntry> prompts;
    private final ResourceCandidates readers;
    private final Map<Slot, List<LeftOut>> leftOut;

    private Catalog(
            List<Slot> slots,
            List<ToolEntry> knownTools,
            SharedNames<ResourceEntry> resources,
            SharedNames<ResourceEntry> templates,
            SharedNames<PromptEntry> prompts,
            Map<Slot, List<LeftOut>> leftOut) {
        this.slots = List.copyOf(slots);
        this.toolsByName = namesOf(knownTools);
        this.tools = new PagedList<>(
                knownTools.stream().map(ToolEntry::name).toList(),
                knownTools.stream()
                        .filter(entry -> entry.slot().status().isAvailable())
                        .toList());
        this.resources = resources;
        this.templates = templates;
        this.prompts = prompts;
        this.readers = new ResourceCandidates(slots, resources);
        this.leftOut = leftOut;
    }

    /** Nothing yet. */
    public static Catalog empty() {
        return new Catalog(List.of(), List.of(), SharedNames.none(), SharedNames.none(), SharedNames.none(), Map.of());
    }

    /**
     * What these providers offer.
     *
     * @param before an earlier catalog, whose entries are kept where they have not changed
     */
    public static Catalog of(List<Slot> slots, Catalog before) {
        Map<Slot, List<LeftOut>> leftOut = new HashMap<>();
        slots.forEach(slot -> leftOut.put(slot, slot.offering().leftOut()));
        List<ToolEntry> tools = tools(slots, before, leftOut);
        SharedNames.Collector<Resource, ResourceEntry> resources = new SharedNames.Collector<>(ResourceEntry::new);
        SharedNames.Collector<OfferedTemplate, ResourceEntry> templates = new SharedNames.Collector<>(
                (listedAs, slot, offered) -> new ResourceEntry(listedAs, slot, offered.definition()));
        SharedNames.Collector<OfferedPrompt, PromptEntry> prompts = new SharedNames.Collector<>(PromptEntry::new);
        for (Slot slot : slots) {
            for (Resource each : slot.offering().resources()) {
                resources.add(slot, each.uri(), ResourceCandidates.qualified(slot, each.uri()), each);
            }
            for (OfferedTemplate each : slot.offering().templates()) {
                String template = each.definition().uriTemplate();
                templates.add(slot, template, ResourceCandidates.qualified(slot, template), each);
            }
            for (OfferedPrompt each : slot.offering().prompts()) {
                String name = each.definition().name();
                prompts.add(slot, name, slot.name() + "." + name, each);
            }
        }
        return new Catalog(slots, tools, resources.settled(), templates.settled(), prompts.settled(), leftOut);
    }

    private static List<ToolEntry> tools(List<Slot> slots, Catalog before, Map<Slot, List<LeftOut>> leftOut) {
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        Map<Slot, Omissions> clashes = new HashMap<>();
        for (Slot slot : slots) {
            for (OfferedTool tool : slot.offering().tools()) {
                String own = tool.definition().name();
                String prefix = slot.terms().prefix();
                String name = prefix.isEmpty() ? own : prefix + "." + own;
                Candidate first = candidates.putIfAbsent(name, new Candidate(slot, tool));
                if (first != null) {
                    clashes.computeIfAbsent(slot, each -> new Omissions("tool"))
                            .add(own, "provider '" + first.slot.name() + "' exports the name '" + name + "' already");
                }
            }
        }
        clashes.forEach((slot, each) -> leftOut.merge(
                slot,
                each.listed(),
                (nonconforming, more) ->
                        Stream.of(nonconforming, more).flatMap(List::stream).toList()));
        PortableNames portable = new PortableNames(List.copyOf(candidates.keySet()));
        List<ToolEntry> known = new ArrayList<>(candidates.size());
        candidates.forEach(
                (name, candidate) -> known.add(before.entry(name, portable.of(name), candidate.slot, candidate.tool)));
        return known;
    }

    /** All providers in order. */
    public List<Slot> slots() {
        return slots;
    }

    /** Tools of available providers. */
    public List<ToolEntry> tools() {
        return tools.listed();
    }

    /** Resources of available providers, without templates. */
    public List<ResourceEntry> resources() {
        return resources.shelf().listed();
    }

    /** Families of resources of available providers. */
    public List<ResourceEntry> templates() {
        return templates.shelf().listed();
    }

    /** Prompts of available providers. */
    public List<PromptEntry> prompts() {
        return prompts.shelf().listed();
    }

    /** A tool by its listed, portable or canonical name, its provider available or not. */
    public Optional<ToolEntry> tool(String name) {
        return Optional.ofNullable(toolsByName.get(name));
    }

    /**
     * Those who may have what stands behind a URI, available or not, in the order in which they are to be asked: who
     * lists it; else the provider that the URI is qualified with; else everyone with its scheme or a template that fits.
     * Looks for a second at the longest.
     */
    public List<ResourceCandidate> readers(String uri) {
        long begin = System.nanoTime();
        return readers(uri, () -> System.nanoTime() - begin > LONGEST_LOOK.toNanos());
    }

    /**
     * As {@link #readers(String)}, for as long as somebody waits.
     *
     * @param isOver whether nobody does any more; asked on this thread, between two templates and while a long URI is
     *     compared with one. Then those are returned that were found before
     */
    public List<ResourceCandidate> readers(String uri, BooleanSupplier isOver) {
        return readers.of(uri, isOver);
    }

    /** Whether anyone lists this URI or URI template, available or not. */
    public boolean knowsAddress(String address) {
        return !resources.claimants(address).isEmpty()
                || !templates.claimants(address).isEmpty();
    }

    /** Those who have a prompt of this name, own or qualified, available or not, in order. */
    public List<PromptEntry> prompts(String name) {
        return prompts.claimants(name);
    }

    /** What a provider offers that is not listed, and why. */
    public List<LeftOut> leftOut(Slot slot) {
        return leftOut.getOrDefault(slot, List.of());
    }

    /** Whether clients see the same list. */
    public boolean listsTheSame(Kind kind, Catalog other) {
        return shelf(kind).listsTheSame(other.shelf(kind));
    }

    /** Whether clients see the same lists. */
    public boolean listsTheSame(Catalog other) {
        for (Kind kind : Kind.values()) {
            if (!listsTheSame(kind, other)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A page of a list.
     *
     * @param cursor where the page before it ended; null for the first
     * @return empty where the cursor was never given out
     */
    public Optional<Page> page(Kind kind, @Nullable String cursor) {
        return shelf(kind).page(cursor);
    }

    /**
     * Part of a list.
     *
     * @param next the cursor of the page behind it; empty for the last
     */
    public record Page(List<? extends Entry> entries, Optional<String> next) {}

    private PagedList<? extends Entry> shelf(Kind kind) {
        return switch (kind) {
            case TOOLS -> tools;
            case RESOURCES -> resources.shelf();
            case RESOURCE_TEMPLATES -> templates.shelf();
            case PROMPTS -> prompts.shelf();
        };
    }

    private record Candidate(Slot slot, OfferedTool tool) {}

    private ToolEntry entry(String name, String portableName, Slot slot, OfferedTool tool) {
        ToolEntry mine = toolsByName.get(name);
        return mine != null && mine.slot() == slot && mine.isOf(name, portableName, tool)
                ? mine
                : new ToolEntry(name, portableName, slot, tool);
    }

    private static Map<String, ToolEntry> namesOf(List<ToolEntry> entries) {
        Map<String, ToolEntry> names = HashMap.newHashMap(entries.size() * 2);
        for (ToolEntry entry : entries) {
            names.put(entry.name(), entry);
        }
        for (ToolEntry entry : entries) { // a listed name beats another's second name
            names.putIfAbsent(entry.portableName(), entry);
            names.putIfAbsent(entry.canonicalName(), entry);
        }
        return names;
    }
}
