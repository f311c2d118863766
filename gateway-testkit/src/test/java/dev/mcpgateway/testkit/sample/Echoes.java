// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit.sample;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.List;

/** Offers the provider type {@code echo}, whose providers say where they are. */
public final class Echoes implements GatewayPlugin {

    @Override
    public List<ProviderType> providerTypes(PluginContext context) {
        return List.of(new ProviderType() {
            @Override
            public String name() {
                return "echo";
            }

            @Override
            public BlockingProvider open(ProviderConfig config, ProviderContext opened) {
                return new Echo(config.address().orElse("nowhere"));
            }
        });
    }

    private static final class Echo implements BlockingProvider {

        private final String address;

        Echo(String address) {
            this.address = address;
        }

        @Override
        public Capabilities capabilities(CallContext context) {
            return Capabilities.of(Tool.named("where.v1").build());
        }

        @Override
        public ToolResult callTool(String tool, Json arguments, CallContext context) {
            return ToolResult.text(address);
        }
    }
}
