package dev.mcpgateway.testkit.sample;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.Provider;
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
            public Provider open(ProviderConfig config, ProviderContext opened) {
                return new Echo(opened, config.address().orElse("nowhere"));
            }
        });
    }

    private static final class Echo extends BlockingProvider {

        private final String address;

        Echo(ProviderContext context, String address) {
            super(context);
            this.address = address;
        }

        @Override
        protected Capabilities list(CallContext context) {
            return Capabilities.of(Tool.named("where.v1").build());
        }

        @Override
        protected ToolResult call(String tool, Json arguments, CallContext context) {
            return ToolResult.text(address);
        }
    }
}
