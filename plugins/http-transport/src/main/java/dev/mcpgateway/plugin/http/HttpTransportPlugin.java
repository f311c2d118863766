// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.transport.ClientTransport;
import dev.mcpgateway.api.transport.TransportContext;
import dev.mcpgateway.api.transport.TransportOffer;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;

/** Offers the transport {@code http}. */
public final class HttpTransportPlugin implements GatewayPlugin {

    @Override
    public List<TransportOffer> clientTransports(PluginContext context) {
        return List.of(TransportOffer.of("http", gateway -> open(context, gateway)));
    }

    /** What is wrong with the settings or the files that they name is for the operator to read. */
    private static ClientTransport open(PluginContext context, TransportContext gateway) throws Exception {
        try {
            return HttpTransport.open(context, gateway, Settings.read(context.settings()), Limits.DEFAULT);
        } catch (IllegalArgumentException | IOException | GeneralSecurityException unusable) {
            throw new ProviderException(Code.INTERNAL, String.valueOf(unusable.getMessage()));
        }
    }
}
