// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What plugins bring: the providers that live in them, by plugin id, and the types of which the configuration has providers.
 * Guarded by the {@link Providers} that have it.
 */
final class PluginProviders {

    // What a provider in a jar gets, whose plugin has nothing to say about it yet.
    private static final int PERMITS = 15;
    private static final int QUEUE = 1_024;
    private static final Duration TIMEOUT = Duration.ofMillis(2_500);
    private static final Duration REFRESH = Duration.ofSeconds(60);

    private final Deadlines deadlines;
    private final ControlThread control;
    private final List<InPlugin> all = new ArrayList<>();
    private final Map<String, OfferedType> types = new HashMap<>();

    /** A provider that lives in a jar. */
    record InPlugin(String pluginId, ProviderLifecycle lifecycle) {

        String name() {
            return lifecycle.slot().name();
        }
    }

    private record OfferedType(String pluginId, ProviderType type) {}

    PluginProviders(Deadlines deadlines, ControlThread control) {
        this.deadlines = deadlines;
        this.control = control;
    }

    List<InPlugin> all() {
        return List.copyOf(all);
    }

    boolean haveProvider(String name) {
        return all.stream().anyMatch(each -> each.name().equals(name));
    }

    Optional<ProviderType> type(String name) {
        return Optional.ofNullable(types.get(name)).map(OfferedType::type);
    }

    /** The plugin that offers the type. */
    Optional<String> whoOffers(String type) {
        return Optional.ofNullable(types.get(type)).map(OfferedType::pluginId);
    }

    /** What the plugin wants to be called, and somebody else is. */
    Optional<JoinRefusal> clash(
            String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes, Set<String> configured) {
        for (ProviderType type : itsTypes) {
            OfferedType taken = types.get(type.name());
            if (taken != null && !taken.pluginId.equals(pluginId)) {
                return Optional.of(JoinRefusal.nameTakenBy(
                        taken.pluginId,
                        "plugin '" + taken.pluginId + "' offers the provider type '" + type.name()
                                + "' already: remove one of the two"));
            }
        }
        for (ProviderOffer offer : offers) {
            if (configured.contains(offer.name())) {
                return Optional.of(JoinRefusal.nameConfigured("the configuration has a provider named '" + offer.name()
                        + "', as this plugin's is: give the one there another name"));
            }
            for (InPlugin each : all) {
                if (!each.pluginId.equals(pluginId) && each.name().equals(offer.name())) {
                    return Optional.of(JoinRefusal.nameTakenBy(
                            each.pluginId,
                            "plugin '" + each.pluginId + "' has a provider named '" + offer.name()
                                    + "' already: remove one of the two"));
                }
            }
        }
        return Optional.empty();
    }

    void join(String pluginId, List<ProviderOffer> offers, List<ProviderType> itsTypes) {
        addTypes(pluginId, itsTypes);
        offers.forEach(offer -> join(pluginId, offer));
        sort();
    }

    private void join(String pluginId, ProviderOffer offer) {
        ProviderLifecycle lifecycle =
                new ProviderLifecycle(new Slot(terms(offer.name()), deadlines), control, Optional.empty());
        all.add(new InPlugin(pluginId, lifecycle));
        lifecycle.acceptOpener(offer.opener());
    }

    void addTypes(String pluginId, List<ProviderType> itsTypes) {
        itsTypes.forEach(type -> types.put(type.name(), new OfferedType(pluginId, type)));
    }

    /** Returns the plugin's types, but for these, which are dropped. */
    List<String> dropTypes(String pluginId, Set<String> kept) {
        List<String> dropped = types.entrySet().stream()
                .filter(each -> each.getValue().pluginId.equals(pluginId) && !kept.contains(each.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        dropped.forEach(types::remove);
        return dropped;
    }

    /** Opens what the plugin's other version offers beside the providers of the same names. */
    void prepare(String pluginId, List<ProviderOffer> offers, Takeovers takeovers) {
        for (ProviderOffer offer : offers) {
            find(of(pluginId), offer.name())
                    .ifPresent(known ->
                            takeovers.prepare(known.lifecycle, terms(offer.name()), Optional.empty(), offer.opener()));
        }
    }

    /** The plugin's providers are those of its other version now; returns those that this one has not. */
    List<InPlugin> changeOver(String pluginId, List<ProviderOffer> offers, Takeovers takeovers) {
        List<InPlugin> before = removeAll(pluginId);
        for (ProviderOffer offer : offers) {
            Optional<InPlugin> known = find(before, offer.name());
            if (known.isPresent()) {
                all.add(known.get());
                Optional<Takeover> prepared = takeovers.of(known.get().lifecycle);
                control.run(() -> prepared.ifPresent(Takeover::takeOver));
            } else {
                join(pluginId, offer);
            }
        }
        sort();
        return before.stream().filter(each -> !all.contains(each)).toList();
    }

    /** Returns the providers of the plugin, which are not among these any more. */
    List<InPlugin> removeAll(String pluginId) {
        List<InPlugin> its = of(pluginId);
        all.removeAll(its);
        return its;
    }

    private List<InPlugin> of(String pluginId) {
        return all.stream().filter(each -> each.pluginId.equals(pluginId)).toList();
    }

    private static Optional<InPlugin> find(List<InPlugin> among, String name) {
        return among.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** By plugin id; those of one plugin in the order of its offers. */
    private void sort() {
        all.sort(Comparator.comparing(InPlugin::pluginId));
    }

    private static Terms terms(String name) {
        return new Terms(name, "plugin", "", PERMITS, QUEUE, TIMEOUT, name, REFRESH);
    }
}
