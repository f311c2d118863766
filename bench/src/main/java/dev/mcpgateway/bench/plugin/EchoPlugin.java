// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.plugin;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderOffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import java.util.stream.IntStream;

/** Offers as many echoing providers with as many tools each as {@link #COUNTS} in its jar says. */
public final class EchoPlugin implements GatewayPlugin {

    /**
     * The entry with {@code number} (of the first provider), {@code providers} and {@code tools}, numbers all, and {@code
     * timed}, true or false.
     */
    public static final String COUNTS = "counts.properties";

    /** The tool of timed providers that tells, in nanoseconds, the median of what their calls have taken since it was last asked. */
    public static final String OWN_TIME = "own-time.v1";

    @Override
    public List<ProviderOffer> providers(PluginContext context) {
        Properties counts = new Properties();
        try (InputStream in = EchoPlugin.class.getResourceAsStream("/" + COUNTS)) {
            counts.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int providers = Integer.parseInt(counts.getProperty("providers"));
        int tools = Integer.parseInt(counts.getProperty("tools"));
        int first = Integer.parseInt(counts.getProperty("number"));
        boolean timed = Boolean.parseBoolean(counts.getProperty("timed"));
        return IntStream.range(first, first + providers)
                .mapToObj(number -> new ProviderOffer(
                        providerName(number), opened -> timed ? new TimedEcho(tools) : new EchoProvider(tools)))
                .toList();
    }

    /** The same length for all, so that every request has the same size. */
    public static String providerName(int number) {
        return "echo-%03d".formatted(number);
    }

    /** Likewise. */
    public static String toolName(int number) {
        return "echo-%05d.v1".formatted(number);
    }
}
