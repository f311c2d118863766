package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import dev.mcpgateway.kernel.provider.Offering.OfferedTool;
import dev.mcpgateway.kernel.provider.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is offered at one moment, in order: providers as configured, then those in plugins. What a provider
 * offered once can be looked up while it is down, so that names stay where they are; only the lists leave it out.
 * Immutable.
 */
public final class Catalog {

    /** Entries on one page of a list. */
    public static final int PAGE = 1_000;

    private final List<Slot> slots;
    private final List<ToolEntry> known;
    private final List<ToolEntry> listed;
    private final Map<String, ToolEntry> byName;
    private final Map<String, Integer> places;
    private final Map<Slot, List<LeftOut>> leftOut;

    private Catalog(
            List<Slot> slots, List<ToolEntry> known, Map<String, ToolEntry> byName, Map<Slot, List<LeftOut>> leftOut) {
        this.slots = List.copyOf(slots);
        this.known = List.copyOf(known);
        this.listed = known.stream()
                .filter(entry -> entry.slot().status().isAvailable())
                .toList();
        this.byName = byName;
        this.leftOut = leftOut;
        this.places = HashMap.newHashMap(known.size());
        for (int i = 0; i < known.size(); i++) {
            places.put(known.get(i).name(), i);
        }
    }

    /** Nothing yet. */
    public static Catalog empty() {
        return new Catalog(List.of(), List.of(), Map.of(), Map.of());
    }

    /**
     * What these providers offer.
     *
     * @param before an earlier catalog, whose entries are kept where they have not changed
     */
    public static Catalog of(List<Slot> slots, Catalog before) {
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        Map<Slot, List<LeftOut>> leftOut = new HashMap<>();
        for (Slot slot : slots) {
            List<LeftOut> missing = new ArrayList<>(slot.offering().leftOut());
            for (OfferedTool tool : slot.offering().tools()) {
                String own = tool.definition().name();
                String prefix = slot.terms().prefix();
                String name = prefix.isEmpty() ? own : prefix + "." + own;
                Candidate first = candidates.putIfAbsent(name, new Candidate(slot, tool));
                if (first != null) {
                    missing.add(new LeftOut(
                            "tool",
                            own,
                            "provider '" + first.slot.name() + "' exports the name '" + name + "' already"));
                }
            }
            leftOut.put(slot, List.copyOf(missing));
        }
        PortableNames portable = new PortableNames(List.copyOf(candidates.keySet()));
        List<ToolEntry> known = new ArrayList<>(candidates.size());
        candidates.forEach(
                (name, candidate) -> known.add(before.entry(name, portable.of(name), candidate.slot, candidate.tool)));
        return new Catalog(slots, known, namesOf(known), leftOut);
    }

    /** All providers in order. */
    public List<Slot> slots() {
        return slots;
    }

    /** Tools of available providers. */
    public List<ToolEntry> tools() {
        return listed;
    }

    /** A tool by its listed, portable or canonical name, its provider available or not. */
    public Optional<ToolEntry> tool(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** What a provider offers that is not listed, and why. */
    public List<LeftOut> leftOut(Slot slot) {
        return leftOut.getOrDefault(slot, List.of());
    }

    /** Whether the tools that clients see are the same. */
    public boolean listsTheSameTools(Catalog other) {
        return listed.equals(other.listed); // entries are kept while nothing about them changes
    }

    /**
     * A page of the tools.
     *
     * @param cursor where the page before it ended; null for the first
     * @return empty where the cursor was never given out
     */
    public Optional<Page> page(@Nullable String cursor) {
        int from = 0;
        if (cursor != null) {
            Integer place = places.get(decoded(cursor));
            if (place == null) {
                return Optional.empty();
            }
            while (from < listed.size() && places.getOrDefault(listed.get(from).name(), 0) <= place) {
                from++;
            }
        }
        int to = Math.min(from + PAGE, listed.size());
        List<ToolEntry> tools = listed.subList(from, to);
        return Optional.of(new Page(
                tools, to < listed.size() ? Optional.of(encoded(tools.getLast().name())) : Optional.empty()));
    }

    /**
     * Part of a list.
     *
     * @param next the cursor of the page behind it; empty for the last
     */
    public record Page(List<ToolEntry> tools, Optional<String> next) {}

    private record Candidate(Slot slot, OfferedTool tool) {}

    private ToolEntry entry(String name, String portableName, Slot slot, OfferedTool tool) {
        ToolEntry mine = byName.get(name);
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

    private static String encoded(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notOurs) {
            return "";
        }
    }
}
