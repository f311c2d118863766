// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/** A {@code type:} of providers.yaml: a way to reach providers that live outside the gateway. Thread-safe. */
public interface ProviderType {

    /** The word that stands behind {@code type:}, e.g. {@code grpc}. */
    String name();

    /**
     * Makes an instance for one configured provider. It may be called again for the same name while an earlier instance
     * is still open: a changed configuration or a new version of the plugin opens the new one beside the old.
     *
     * <p>Called on a thread that may block, for at most 10 s, though it should not wait for the provider: whether that
     * answers is learnt from {@link Provider#capabilities}.
     *
     * @throws IllegalArgumentException when the configuration cannot be used; its message is shown to the operator
     */
    ProviderInstance open(ProviderConfig config, ProviderContext context) throws Exception;
}
