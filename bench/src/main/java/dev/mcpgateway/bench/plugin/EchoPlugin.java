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

    /** The entry with {@code providers} and {@code tools}, numbers both. */
    public static final String COUNTS = "counts.properties";

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
        return IntStream.range(0, providers)
                .mapToObj(number -> new ProviderOffer(providerName(number), opened -> new EchoProvider(tools)))
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
