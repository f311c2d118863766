package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A provider that lives in a plugin jar.
 *
 * @param name what its tools are named by; matches {@code [a-z][a-z0-9-]{0,31}}
 * @param opener makes the provider when the gateway begins to use it
 */
public record ProviderOffer(String name, Opener opener) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    /** Makes a {@link BlockingProvider} or a {@link Provider}; called on a thread that may block, for at most 10 s. */
    @FunctionalInterface
    public interface Opener {
        ProviderInstance open(ProviderContext context) throws Exception;
    }

    /** @throws IllegalArgumentException when the name is not one a provider can have */
    public ProviderOffer {
        requireNonNull(opener, "opener");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "provider name '" + name + "' must match " + NAME.pattern() + ", e.g. 'my-tools'");
        }
    }
}
