// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.api.transport.TransportOffer;
import dev.mcpgateway.kernel.settings.ListenSettings;
import java.util.List;
import java.util.Optional;

/**
 * A plugin whose offers may be used. Everything that comes out of it has passed the gate: openers, types and the
 * providers they open are the kernel's objects, fail with a {@link dev.mcpgateway.api.ProviderException} or a
 * cancellation only, and hand out nothing of the plugin's own classes. Immutable.
 */
public interface LivePlugin {

    String id();

    String version();

    /** In the plugin's own order; names are unique within it. */
    List<ProviderOffer> providers();

    /** Likewise. {@code open} throws {@link IllegalArgumentException} where the type refuses a configuration. */
    List<ProviderType> providerTypes();

    /** Likewise; opened, they throw as providers fail. */
    List<InterceptorOffer> interceptors();

    /** One at most; opened, it throws nothing. */
    List<TransportOffer> clientTransports();

    /** Where the gateway is to listen for it; empty where it has no transport. */
    Optional<ListenSettings> listen();
}
