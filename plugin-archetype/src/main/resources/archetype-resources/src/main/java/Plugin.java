package ${package};

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.api.ToolResult;
import java.util.List;
import java.util.Map;

/** What the jar offers: one provider, named like the plugin. */
public final class Plugin implements GatewayPlugin {

    @Override
    public List<ProviderOffer> providers(PluginContext context) {
        return List.of(new ProviderOffer(context.pluginId(), opened -> new Greetings()));
    }

    /** Each call has a thread of its own, so these methods may wait; they are called concurrently. */
    private static final class Greetings implements BlockingProvider {

        private static final Tool GREET = Tool.named("greet.v1")
                .description("Greets somebody by name")
                .inputSchema(Json.of(Map.of(
                        "type", "object",
                        "properties", Map.of("name", Map.of("type", "string")),
                        "required", List.of("name"))))
                .build();

        @Override
        public Capabilities capabilities(CallContext context) {
            return Capabilities.of(GREET);
        }

        /** The arguments have passed the tool's schema. */
        @Override
        public ToolResult callTool(String tool, Json arguments, CallContext context) {
            return ToolResult.text("Hello, " + arguments.object().get("name") + "!");
        }
    }
}
