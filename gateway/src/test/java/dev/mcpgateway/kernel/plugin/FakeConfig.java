package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.ProviderConfig;
import java.util.Map;
import java.util.Optional;

/** A configured provider of which only the name matters. */
record FakeConfig(String name) implements ProviderConfig {

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

    @Override
    public Map<String, Object> settings() {
        return Map.of();
    }
}
