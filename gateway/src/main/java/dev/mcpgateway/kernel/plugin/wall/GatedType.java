// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.ProviderConfig;
import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderType;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Opens providers of a type that the plugin offers. */
final class GatedType implements ProviderType {

    private final Gate gate;
    private final String name;
    private final ProviderType type;
    private final Consumer<ProviderConfig> check;
    private final OpenFailureLog openFailures;

    GatedType(Gate gate, String name, ProviderType type, Consumer<ProviderConfig> check) {
        this.gate = gate;
        this.name = name;
        this.type = type;
        this.check = check;
        this.openFailures = gate.openFailures();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ProviderInstance open(ProviderConfig config, ProviderContext context) throws InterruptedException {
        check.accept(config);
        AtomicReference<String> refusal = new AtomicReference<>();
        try {
            return GatedProvider.open(
                    gate,
                    config.name(),
                    () -> openFailures.open(config.name(), () -> {
                        try {
                            return type.open(config, new GatedProviderContext(gate, context));
                        } catch (IllegalArgumentException e) {
                            refusal.set(Gate.line(e.getMessage()));
                            throw e;
                        }
                    }));
        } catch (RuntimeException e) {
            String reason = refusal.get();
            if (reason != null) {
                throw new IllegalArgumentException(reason);
            }
            throw e;
        }
    }
}
