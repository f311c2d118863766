// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.PluginFolder.Listener;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import dev.mcpgateway.kernel.settings.ListenSettings;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What jars say of themselves while they are inspected: who they are, and which of them are policies. Thread-safe. */
final class Introductions {

    private final PluginStates states;
    private final Listener listener;
    private final Set<String> policies = ConcurrentHashMap.newKeySet();

    Introductions(PluginStates states, Listener listener) {
        this.states = states;
        this.listener = listener;
    }

    /** Ids of plugins that have settings and intercept calls, live or not. */
    Set<String> policies() {
        return Set.copyOf(policies);
    }

    /** Who has no settings any more is no policy. */
    void retainPolicies(Set<String> haveSettings) {
        if (policies.retainAll(haveSettings)) {
            listener.policiesChanged();
        }
    }

    /** For one inspection of the jar. */
    InspectedJar.Introduction of(Jar jar) {
        return new InspectedJar.Introduction() {

            private String introduced = "";

            @Override
            public void is(String id, PluginVersion version) {
                introduced = id;
                states.introduce(jar, id, version);
            }

            @Override
            public void onClientTransport(ListenSettings settings) {
                listener.listens(introduced, settings);
            }

            @Override
            public void onConfiguredPolicy() {
                if (policies.add(introduced)) {
                    listener.policiesChanged();
                }
            }
        };
    }
}
