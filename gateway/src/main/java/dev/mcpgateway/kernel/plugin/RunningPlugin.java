// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.settings.ListenSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plugin that runs, or has run, and the jar that it came from. Belongs to the folder's thread, but for its plugin. */
final class RunningPlugin {

    private final String id;
    private final String version;
    private final List<String> offers;
    private Jar jar;
    private @Nullable LivePlugin plugin;
    private @Nullable Cell cell;

    private record Live(
            String id,
            String version,
            List<ProviderOffer> providers,
            List<ProviderType> providerTypes,
            List<InterceptorOffer> interceptors,
            List<TransportOffer> clientTransports,
            Optional<ListenSettings> listen)
            implements LivePlugin {}

    RunningPlugin(Jar jar, Cell cell) {
        this.id = jar.id();
        this.version = jar.version().text();
        this.jar = jar;
        this.cell = cell;
        LivePlugin live = new Live(
                id,
                version,
                cell.providers(),
                cell.providerTypes(),
                cell.interceptors(),
                cell.clientTransports(),
                cell.listen());
        this.plugin = live;
        this.offers = inWords(live);
    }

    String id() {
        return id;
    }

    String version() {
        return version;
    }

    /** What it brings, in words. */
    List<String> offers() {
        return offers;
    }

    Jar jar() {
        return jar;
    }

    /** Its file went away, but another with the same bytes lies there. */
    void movesTo(Jar other) {
        jar = other;
    }

    LivePlugin plugin() {
        if (plugin == null) {
            throw new IllegalStateException("closed");
        }
        return plugin;
    }

    /** Null once it has been closed. */
    @Nullable Cell cell() {
        return cell;
    }

    /** Forgets everything of the plugin's, so that nothing here keeps its classes. */
    void markClosed() {
        plugin = null;
        cell = null;
    }

    private static List<String> inWords(LivePlugin plugin) {
        List<String> words = new ArrayList<>();
        plugin.providers().forEach(each -> words.add("provider " + each.name()));
        plugin.providerTypes().forEach(each -> words.add(PluginFile.TYPE + each.name()));
        plugin.interceptors().forEach(each -> words.add("interceptor " + each.name()));
        plugin.clientTransports().forEach(each -> words.add("transport " + each.name()));
        return List.copyOf(words);
    }
}
