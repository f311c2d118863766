// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.config.Configuration;
import dev.mcpgateway.kernel.config.ConfigurationException;
import dev.mcpgateway.kernel.gateway.Gateway;
import dev.mcpgateway.kernel.log.LogWriter;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.provider.Status;
import dev.mcpgateway.kernel.stdio.StdioTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** The kernel while it runs in this JVM, with one client on a pair of pipes. Thread-safe. */
final class Running implements AutoCloseable {

    private static final String PROVIDER = "provider ";
    private static final String TYPE = "type ";
    private static final Duration START = Duration.ofSeconds(15);
    private static final Duration DISCOVERY = Duration.ofSeconds(10);
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final Gateway gateway;
    private final StdioTransport door;
    private final Pipe requests;
    private final Pipe answers;
    private final Client client;

    Running(Path configurationFile) {
        // As the gateway's own process does: a cached jar stays open for ever, and its next version is read by the old
        // index.
        URLConnection.setDefaultUseCaches("jar", false);
        try {
            Configuration configuration = Configuration.load(configurationFile, System.getenv());
            gateway = new Gateway(configuration);
            requests = Pipe.open();
            answers = Pipe.open();
            door = new StdioTransport(
                    Channels.newInputStream(requests.source()),
                    Channels.newOutputStream(answers.sink()),
                    configuration.gateway().payloadLimit(),
                    gateway.deadlines(),
                    gateway::connect);
        } catch (ConfigurationException refused) {
            throw new IllegalArgumentException("the gateway's configuration is not right: " + refused.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        door.open();
        gateway.start();
        LogWriter.start();
        client = new Client(Channels.newInputStream(answers.source()), Channels.newOutputStream(requests.sink()));
        client.initialize();
        // It waits for what was there at the start; it is refused where a policy is not live, which awaitLive()
        // explains.
        client.ask("tools/list", Map.of());
        try {
            gateway.firstDiscovery().awaitEnd(START);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gateway.watchPlugins();
    }

    Client client() {
        return client;
    }

    List<PluginFile> files() {
        return gateway.pluginFiles();
    }

    /**
     * Waits until what a plugin has brought is in use: its providers, and those of its types, were asked for what they offer,
     * and the lists say so.
     *
     * @param offers as its row has them
     */
    void awaitDiscovery(List<String> offers) {
        await(DISCOVERY, () -> {
            Catalog now = gateway.catalog();
            Set<String> names = now.slots().stream().map(Slot::name).collect(Collectors.toSet());
            return offers.stream().allMatch(offer -> !offer.startsWith(PROVIDER) || names.contains(nameIn(offer)))
                    && now.slots().stream().allMatch(slot -> wasAsked(slot, offers))
                    && Catalog.of(now.slots(), now).listsTheSame(now);
        });
    }

    @Override
    public void close() {
        try {
            requests.sink().close();
            door.awaitEndOfInput();
            long until = System.nanoTime() + DRAIN.toNanos();
            door.drain(() -> until);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            gateway.close();
            closeQuietly(answers);
            closeQuietly(requests);
        }
    }

    /** Looks again every few milliseconds; false when the time was up. */
    static boolean await(Duration atMost, BooleanSupplier isSo) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Whether anything is known of it: up, down for a reason, or of a type that nobody offers. */
    private static boolean wasAsked(Slot provider, List<String> offers) {
        Status status = provider.status();
        return switch (status.state()) {
            case WAITING -> !offers.contains(TYPE + provider.terms().type());
            case DISCONNECTED -> !status.reason().equals("is not connected yet");
            case CONNECTED, ERROR -> true;
        };
    }

    private static String nameIn(String offer) {
        return offer.substring(PROVIDER.length());
    }

    private static void closeQuietly(Pipe pipe) {
        try {
            pipe.sink().close();
            pipe.source().close();
        } catch (IOException e) {
            // nobody reads from it any more
        }
    }
}
