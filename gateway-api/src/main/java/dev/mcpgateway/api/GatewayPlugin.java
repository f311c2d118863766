// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import dev.mcpgateway.api.transport.TransportOffer;
import java.util.List;

/**
 * What a plugin jar offers. The class named by the manifest's {@code Plugin-Class} implements this interface and has a
 * public constructor without parameters.
 *
 * <p>Every method has a default, so this interface can grow without breaking a plugin. Offers are cheap declarations:
 * each method is asked once, when the plugin is started, and must not do I/O; the gateway opens and closes what it
 * uses. Constructor and methods together have 10 s.
 */
public interface GatewayPlugin extends AutoCloseable {

    /** The version of this API; a manifest's {@code Plugin-Requires} is a range that must contain it. */
    String API_VERSION = "0.1.0";

    /** Providers that live in the jar itself; none by default. */
    default List<ProviderOffer> providers(PluginContext context) {
        return List.of();
    }

    /** Values of {@code type:} in providers.yaml that this plugin knows how to reach; none by default. */
    default List<ProviderType> providerTypes(PluginContext context) {
        return List.of();
    }

    /** What stands around every call that passes through the gateway, of whatever provider; none by default. */
    default List<InterceptorOffer> interceptors(PluginContext context) {
        return List.of();
    }

    /** By what transports clients may come, where the gateway serves more than one; none by default, and one at most. */
    default List<TransportOffer> clientTransports(PluginContext context) {
        return List.of();
    }

    /** Called once, after everything that was opened has been closed. Does nothing by default. */
    @Override
    default void close() {}
}
