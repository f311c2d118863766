// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.config.ProviderEntry;
import java.util.Map;
import java.util.Optional;

/**
 * A provider of the configuration, by what its entry says now.
 *
 * @param address where it is reached
 * @param child its process, where the gateway starts it
 */
record ConfiguredProvider(
        ProviderEntry entry, ProviderLifecycle lifecycle, String address, Optional<SupervisedProcess> child) {

    String name() {
        return entry.name();
    }

    Terms terms() {
        return terms(entry, address);
    }

    static Terms terms(ProviderEntry entry, String address) {
        return new Terms(
                entry.name(),
                entry.type(),
                address,
                entry.connections() * entry.callsPerConnection(),
                entry.queue(),
                entry.timeout(),
                entry.prefix(),
                entry.refresh());
    }

    ProviderOffer.Opener opener(ProviderType type) {
        ProviderConfig config = new Config(entry, address);
        return context -> type.open(config, context);
    }

    boolean runsTheSame(ProviderEntry other) {
        boolean isNoProcess = entry.command().isEmpty() && other.command().isEmpty();
        boolean isStartedAlike = entry.command().equals(other.command())
                && entry.env().equals(other.env())
                && entry.workingDirectory().equals(other.workingDirectory());
        return entry.address().equals(other.address()) && (isNoProcess || isStartedAlike);
    }

    /** Whether a call that goes the old way is still one that was wanted. */
    boolean reachesTheSame(ProviderEntry other) {
        return entry.type().equals(other.type())
                && entry.address().equals(other.address())
                && entry.tls().equals(other.tls())
                && entry.settings().equals(other.settings());
    }

    /** Whether a plugin would be told the same. */
    boolean opensTheSame(ConfiguredProvider other) {
        return entry.type().equals(other.entry.type())
                && address.equals(other.address)
                && entry.connections() == other.entry.connections()
                && entry.callsPerConnection() == other.entry.callsPerConnection()
                && entry.tls().equals(other.entry.tls())
                && entry.settings().equals(other.entry.settings());
    }

    /** What a type needs to know of an entry: a plugin may keep it, so it knows nothing of the lifecycle. */
    private record Config(ProviderEntry entry, String reachedAt) implements ProviderConfig {

        @Override
        public String name() {
            return entry.name();
        }

        @Override
        public Optional<String> address() {
            return reachedAt.isEmpty() ? Optional.empty() : Optional.of(reachedAt);
        }

        @Override
        public int connections() {
            return entry.connections();
        }

        @Override
        public int callsPerConnection() {
            return entry.callsPerConnection();
        }

        @Override
        public Optional<Tls> tls() {
            return entry.tls();
        }

        @Override
        public Map<String, Object> settings() {
            return entry.settings();
        }
    }
}
