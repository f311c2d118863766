// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.ProviderConfig;
import java.util.Map;
import java.util.Optional;

/** A configured provider of which only name and settings matter. */
record FakeConfig(String name, Map<String, Object> settings) implements ProviderConfig {

    @Override
    public Optional<String> address() {
        return Optional.empty();
    }

    @Override
    public int connections() {
        return 1;
    }

    @Override
    public int callsPerConnection() {
        return 1;
    }

    @Override
    public Optional<Tls> tls() {
        return Optional.empty();
    }
}
