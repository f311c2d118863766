// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import java.util.List;

/** What a plugin offers, gated. */
record Offers(
        List<ProviderOffer> providers,
        List<ProviderType> providerTypes,
        List<InterceptorOffer> interceptors,
        List<TransportOffer> clientTransports) {

    static final Offers NONE = new Offers(List.of(), List.of(), List.of(), List.of());
}
