// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.kernel.provider.Slot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What keeps its own name, though several providers may claim it. The name as it is stands for the first of them that is
 * available, and is listed once, in the place of the first. The others are listed by their qualified names, which
 * contain the provider's. Every qualified name can be looked up, and nobody can claim one as an own name.
 */
final class SharedNames<E extends Entry> {

    private final Map<String, List<E>> byName;
    private final PagedList<E> shelf;

    private SharedNames(Map<String, List<E>> byName, PagedList<E> shelf) {
        this.byName = byName;
        this.shelf = shelf;
    }

    /** Makes an entry. */
    interface Made<O, E> {
        E of(String listedAs, Slot slot, O offered);
    }

    /** Collects what all providers claim, in their order and each in its own. */
    static final class Collector<O, E extends Entry> {

        private final Made<O, E> made;
        private final List<Claim<O>> claims = new ArrayList<>();

        Collector(Made<O, E> made) {
            this.made = made;
        }

        void add(Slot slot, String ownName, String qualifiedName, O offered) {
            claims.add(new Claim<>(slot, ownName, qualifiedName, offered));
        }

        SharedNames<E> settled() {
            Set<String> taken = HashSet.newHashSet(claims.size());
            claims.forEach(claim -> taken.add(claim.qualifiedName));
            Map<String, List<E>> byName = HashMap.newHashMap(claims.size() * 2);
            for (Claim<O> claim : claims) {
                byName.put(claim.qualifiedName, List.of(made.of(claim.qualifiedName, claim.slot, claim.offered)));
                if (!taken.contains(claim.ownName)) {
                    byName.computeIfAbsent(claim.ownName, name -> new ArrayList<>())
                            .add(made.of(claim.ownName, claim.slot, claim.offered));
                }
            }
            List<String> known = new ArrayList<>(claims.size());
            List<E> listed = new ArrayList<>(claims.size());
            Set<String> seen = HashSet.newHashSet(claims.size());
            for (Claim<O> claim : claims) {
                boolean isFirst = !taken.contains(claim.ownName) && seen.add(claim.ownName);
                String name = isFirst ? claim.ownName : claim.qualifiedName;
                known.add(name);
                byName.getOrDefault(name, List.of()).stream()
                        .filter(entry -> entry.slot().status().isAvailable())
                        .findFirst()
                        .ifPresent(listed::add);
            }
            return new SharedNames<>(byName, new PagedList<>(known, listed));
        }
    }

    private record Claim<O>(Slot slot, String ownName, String qualifiedName, O offered) {}

    static <E extends Entry> SharedNames<E> none() {
        return new SharedNames<>(Map.of(), new PagedList<>(List.of(), List.of()));
    }

    /** Those who have this name, own or qualified, in order and available or not; empty where nobody has. */
    List<E> claimants(String name) {
        return List.copyOf(byName.getOrDefault(name, List.of()));
    }

    PagedList<E> shelf() {
        return shelf;
    }
}
