// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.ProviderContext;
import dev.mcpgateway.api.ProviderInstance;
import dev.mcpgateway.api.ProviderOffer;

/** Opens a provider that lives in the plugin's jar. */
final class GatedOpener implements ProviderOffer.Opener {

    private final Gate gate;
    private final String name;
    private final ProviderOffer.Opener opener;
    private final OpenFailureLog openFailures;

    GatedOpener(Gate gate, String name, ProviderOffer.Opener opener) {
        this.gate = gate;
        this.name = name;
        this.opener = opener;
        this.openFailures = gate.openFailures();
    }

    @Override
    public ProviderInstance open(ProviderContext context) throws InterruptedException {
        return GatedProvider.open(
                gate, name, () -> openFailures.open(name, () -> opener.open(new GatedProviderContext(gate, context))));
    }
}
