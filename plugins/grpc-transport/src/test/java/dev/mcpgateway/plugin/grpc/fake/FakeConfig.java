package dev.mcpgateway.plugin.grpc.fake;

import dev.mcpgateway.api.ProviderConfig;
import java.util.Map;
import java.util.Optional;

/** One entry of providers.yaml. */
public record FakeConfig(
        Optional<String> address,
        int connections,
        int callsPerConnection,
        Optional<ProviderConfig.Tls> tls,
        Map<String, Object> settings)
        implements ProviderConfig {

    /** With the defaults of providers.yaml. */
    public static FakeConfig at(String address) {
        return new FakeConfig(Optional.of(address), 15, 1, Optional.empty(), Map.of());
    }

    public FakeConfig withConnections(int most, int callsEach) {
        return new FakeConfig(address, most, callsEach, tls, settings);
    }

    @Override
    public String name() {
        return "test";
    }
}
