package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderType;
import java.util.concurrent.atomic.AtomicReference;

/** Opens providers of a type that the plugin offers. */
final class GatedType implements ProviderType {

    private final Gate gate;
    private final String name;
    private final ProviderType type;

    GatedType(Gate gate, String name, ProviderType type) {
        this.gate = gate;
        this.name = name;
        this.type = type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Provider open(ProviderConfig config, ProviderContext context) throws InterruptedException {
        AtomicReference<String> refusal = new AtomicReference<>();
        try {
            return GatedProvider.open(gate, config.name(), () -> {
                try {
                    return type.open(config, new GatedProviderContext(gate, context));
                } catch (IllegalArgumentException e) {
                    refusal.set(Gate.line(e.getMessage()));
                    throw e;
                }
            });
        } catch (RuntimeException e) {
            String reason = refusal.get();
            if (reason != null) {
                throw new IllegalArgumentException(reason);
            }
            throw e;
        }
    }
}
