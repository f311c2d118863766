// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.conformance;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderType;
import java.util.List;

/** A provider type, and not a provider, so that the configuration can say {@code prefix: ""}: the suite calls tools by bare names. */
public final class FixturePlugin implements GatewayPlugin {

    @Override
    public List<ProviderType> providerTypes(PluginContext context) {
        return List.of(new Type());
    }

    private static final class Type implements ProviderType {

        @Override
        public String name() {
            return "conformance";
        }

        @Override
        public ProviderInstance open(ProviderConfig config, ProviderContext context) {
            return new Fixture();
        }
    }
}
