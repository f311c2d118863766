// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/** A provider that lives in a plugin jar. Immutable. */
public final class ProviderOffer {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private final String name;
    private final Opener opener;

    /** Makes a {@link BlockingProvider} or a {@link Provider}; called on a thread that may block, for at most 10 s. */
    @FunctionalInterface
    public interface Opener {
        ProviderInstance open(ProviderContext context) throws Exception;
    }

    /**
     * @param name what its tools are named by; matches {@code [a-z][a-z0-9-]{0,31}}
     * @param opener makes the provider when the gateway begins to use it
     * @throws IllegalArgumentException when the name is not one a provider can have
     */
    public ProviderOffer(String name, Opener opener) {
        this.name = requireNonNull(name, "name");
        this.opener = requireNonNull(opener, "opener");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "provider name '" + name + "' must match " + NAME.pattern() + ", e.g. 'my-tools'");
        }
    }

    /** What its tools are named by. */
    public String name() {
        return name;
    }

    /** Makes the provider. */
    public Opener opener() {
        return opener;
    }
}
