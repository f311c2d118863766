// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.fake;

import dev.mcpgateway.api.ProviderConfig;
import java.nio.file.Path;
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

    /** Server TLS. */
    public FakeConfig withTls(Path ca) {
        return withTls(new TlsFiles(Optional.of(ca), Optional.empty(), Optional.empty()));
    }

    /** Mutual TLS. */
    public FakeConfig withTls(Path ca, Path certificate, Path key) {
        return withTls(new TlsFiles(Optional.of(ca), Optional.of(certificate), Optional.of(key)));
    }

    /** {@code tls: {}} */
    public FakeConfig withTls() {
        return withTls(new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    private FakeConfig withTls(TlsFiles files) {
        return new FakeConfig(address, connections, callsPerConnection, Optional.of(files), settings);
    }

    private record TlsFiles(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key)
            implements ProviderConfig.Tls {}

    @Override
    public String name() {
        return "test";
    }
}
