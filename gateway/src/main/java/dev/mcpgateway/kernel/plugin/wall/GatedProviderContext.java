// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.ProviderContext;
import java.util.concurrent.ExecutorService;

/**
 * How an open provider speaks to the gateway: its words become plain lines, its executor is its plugin's, and the
 * kernel's work on its thread is done with the kernel's class loader.
 */
final class GatedProviderContext implements ProviderContext {

    private final Gate gate;
    private final ProviderContext context;

    GatedProviderContext(Gate gate, ProviderContext context) {
        this.gate = gate;
        this.context = context;
    }

    @Override
    public String name() {
        return context.name();
    }

    @Override
    public System.Logger logger() {
        return context.logger();
    }

    @Override
    public ExecutorService executor() {
        return gate.executor();
    }

    @Override
    public void changed() {
        atHome(context::changed);
    }

    @Override
    public void resourceUpdated(String uri) {
        String line = Gate.line(uri);
        atHome(() -> context.resourceUpdated(line));
    }

    @Override
    public void up() {
        atHome(context::up);
    }

    @Override
    public void down(String reason) {
        String line = Gate.line(reason);
        atHome(() -> context.down(line.isBlank() ? "no reason given" : line));
    }

    private void atHome(Runnable kernels) {
        if (gate.isClosed()) {
            return;
        }
        ClassLoader before = gate.comeHome();
        try {
            kernels.run();
        } finally {
            gate.leave(before);
        }
    }
}
