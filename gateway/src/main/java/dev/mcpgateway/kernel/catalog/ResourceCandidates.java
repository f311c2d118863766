// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.api.Resource;
import dev.mcpgateway.kernel.provider.Offering.OfferedTemplate;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.uri.UriTemplate;
import dev.mcpgateway.kernel.uri.Uris;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Who may be able to read a URI. Immutable. */
final class ResourceCandidates {

    private static final char QUALIFIED = '+';

    private final SharedNames<ResourceEntry> resources;
    private final Map<String, Reach> byProvider = new LinkedHashMap<>();

    /** What a provider can be asked for beyond what it lists. */
    private record Reach(Slot slot, Set<String> schemes, List<UriTemplate> templates) {

        static Reach of(Slot slot) {
            Set<String> schemes = new HashSet<>();
            for (Resource resource : slot.offering().resources()) {
                Uris.scheme(resource.uri()).ifPresent(schemes::add);
            }
            Map<String, UriTemplate> templates = new LinkedHashMap<>();
            for (OfferedTemplate family : slot.offering().templates()) {
                family.template().scheme().ifPresent(schemes::add);
                templates.putIfAbsent(family.template().shape(), family.template());
            }
            return new Reach(slot, Set.copyOf(schemes), List.copyOf(templates.values()));
        }

        boolean includes(String uri, String scheme, BooleanSupplier isOver) {
            if (schemes.contains(scheme)) {
                return true;
            }
            for (UriTemplate template : templates) {
                if (isOver.getAsBoolean()) {
                    return false;
                }
                Thread.yield(); // of virtual threads only those that give way let others of them run
                if (template.matches(uri, isOver)) {
                    return true;
                }
            }
            return false;
        }
    }

    ResourceCandidates(List<Slot> slots, SharedNames<ResourceEntry> resources) {
        this.resources = resources;
        for (Slot slot : slots) {
            byProvider.put(slot.name(), Reach.of(slot));
        }
    }

    /** {@code {provider}+{uri}}: a legal scheme, since a provider's name is one. */
    static String qualified(Slot slot, String uri) {
        return slot.name() + QUALIFIED + uri;
    }

    /** In the order in which they are asked; as far as was found out when it was over. */
    List<ResourceCandidate> of(String uri, BooleanSupplier isOver) {
        List<ResourceEntry> claimants = resources.claimants(uri);
        if (!claimants.isEmpty()) {
            return claimants.stream()
                    .map(entry -> new ResourceCandidate(
                            entry.slot(), entry.definition().uri()))
                    .toList();
        }
        Optional<String> scheme = Uris.scheme(uri);
        if (scheme.isEmpty()) {
            return List.of();
        }
        int end = uri.indexOf(QUALIFIED);
        if (end >= 0 && end < scheme.get().length()) {
            Reach named = byProvider.get(uri.substring(0, end));
            String own = uri.substring(end + 1);
            Optional<String> ownScheme = Uris.scheme(own);
            if (named != null && ownScheme.isPresent() && named.includes(own, ownScheme.get(), isOver)) {
                return List.of(new ResourceCandidate(named.slot, own));
            }
        }
        List<ResourceCandidate> readers = new ArrayList<>();
        for (Reach reach : byProvider.values()) {
            if (reach.includes(uri, scheme.get(), isOver)) {
                readers.add(new ResourceCandidate(reach.slot, uri));
            }
        }
        return List.copyOf(readers);
    }
}
