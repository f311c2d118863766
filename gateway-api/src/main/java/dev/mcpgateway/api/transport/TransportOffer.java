// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A transport by which clients may come. Immutable.
 *
 * <p>Where the gateway listens for it is the gateway's to say: {@code listen} and {@code connections} in the plugin's settings are
 * the gateway's words, and their defaults stand in the jar's settings schema, as {@code default}. The plugin declares both in that
 * schema and need not look at them.
 *
 * {@snippet :
 * @Override
 * public List<TransportOffer> clientTransports(PluginContext context) {
 *     return List.of(TransportOffer.of("http", gateway -> new HttpTransport(context, gateway)));
 * }
 * }
 */
public final class TransportOffer {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

    private final String name;
    private final Opener opener;

    /** Makes a transport when the gateway begins to use it; called on a thread that may block, for at most 10 s. */
    @FunctionalInterface
    public interface Opener {
        ClientTransport open(TransportContext context) throws Exception;
    }

    private TransportOffer(String name, Opener opener) {
        this.name = name;
        this.opener = opener;
    }

    /**
     * @param name what it is called in the log; matches {@code [a-z][a-z0-9-]{0,31}}
     * @throws IllegalArgumentException when the name does not
     */
    public static TransportOffer of(String name, Opener opener) {
        requireNonNull(opener, "opener");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "transport name '" + name + "' must match " + NAME.pattern() + ", e.g. 'http'");
        }
        return new TransportOffer(name, opener);
    }

    public String name() {
        return name;
    }

    public Opener opener() {
        return opener;
    }
}
