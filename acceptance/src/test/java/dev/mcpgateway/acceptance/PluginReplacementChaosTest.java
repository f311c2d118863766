// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.ChaosTable.count;
import static dev.mcpgateway.acceptance.kit.ChaosTable.figure;
import static dev.mcpgateway.acceptance.kit.ChaosTable.most;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.ChaosTable;
import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Leftovers;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.VersionedJar;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** How much plugins cost that are replaced all the time, in figures: {@code make chaos}. */
@Tag("chaos")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class PluginReplacementChaosTest {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 500);
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final int CALLS_PER_SECOND = 200;

    /** On a slow machine less is replaced, and the table says so. */
    private static final Duration REPLACING = Duration.ofSeconds(150);

    @BeforeAll
    static void printHead() {
        ChaosTable.printHead();
    }

    @Test
    void a_plugin_is_replaced_again_and_again_under_calls() {
        VersionedJar jar = VersionedJar.of(busy().bytes());
        int rounds = 2 * ROUNDS;
        try (Installation installation =
                Installation.createWithoutPlugins().environment("MCP_GATEWAY_LOG_LEVEL", "info")) {
            Replacing replacing = new Replacing(jar, installation.pluginsDir().resolve("busy.jar"), "busy");
            try (Gateway gateway = installation.start()) {
                gateway.client().ready("busy.count.v1");
                long pid = gateway.pid();
                Path staged = installation.workDir().resolve("staged");
                Leftovers.Classes early;
                Leftovers.Classes late;
                Leftovers.Classes end;
                int threads;
                int begun;
                try (Load load = Load.paced(gateway.client(), CALLS_PER_SECOND, "busy.count.v1", "{}")) {
                    load.awaitSuccess(Duration.ofSeconds(15));
                    threads = Leftovers.threads(pid).size();
                    replacing.upTo(rounds / 10, gateway);
                    early = Leftovers.Classes.of(pid);
                    replacing.upTo(rounds - rounds / 4, gateway);
                    begun = replacing.done();
                    late = Leftovers.Classes.of(pid);
                    replacing.upTo(rounds, gateway);
                    end = Leftovers.Classes.of(pid);
                    load.close();
                    count("replacements of a plugin, one after the other", ">= 1000", replacing.done(), 1_000);
                    calls(load);
                }
                long loaders = loadersWhenIdle(pid, "busy", Duration.ofSeconds(30));
                most("its class loaders after 30 s without calls, the live one's included", loaders, 1);
                long classes = end.loaded() - early.loaded();
                figure(
                        "loaded classes, more than after %d of them".formatted(rounds / 10),
                        "+-50",
                        "%+d".formatted(classes),
                        Math.abs(classes) <= 50);
                double growth =
                        (end.metaspaceBytes() - late.metaspaceBytes()) / 1024.0 / Math.max(1, replacing.done() - begun);
                figure(
                        "Metaspace that each of the last %d has cost".formatted(replacing.done() - begun),
                        "<= 0.5 KiB",
                        "%.2f KiB".formatted(growth),
                        growth <= 0.5);
                List<String> open = new ArrayList<>(Leftovers.openJars(pid, staged));
                boolean isOpen = open.remove(replacing.liveFile());
                most("its jars open or mapped, besides the live one", open.size(), 0);
                List<String> left = Leftovers.threads(pid);
                most("its threads, besides those of the live one", left.size() - threads, 0);
                assertThat(loaders).isEqualTo(1);
                assertThat(isOpen).as("the live one is open").isTrue();
                assertThat(open).isEmpty();
                assertThat(left).hasSize(threads);
            }
        }
    }

    @Test
    void grpc_transport_is_replaced_again_and_again_under_calls() throws IOException {
        VersionedJar jar = VersionedJar.of(Files.readAllBytes(Checkout.pluginJar("grpc-transport")));
        int rounds = Math.max(1, ROUNDS / 5);
        try (HelloGo hello = HelloGo.onTcp();
                Installation installation = Installation.createWithoutPlugins()
                        .grpc("hello", hello.entry())
                        .environment("MCP_GATEWAY_LOG_LEVEL", "info")) {
            Replacing replacing =
                    new Replacing(jar, installation.pluginsDir().resolve("grpc-transport.jar"), "grpc-transport");
            try (Gateway gateway = installation.start()) {
                gateway.client().ready("hello.echo.v1");
                try (Load load = Load.paced(gateway.client(), CALLS_PER_SECOND, "hello.echo.v1", HI)) {
                    load.awaitSuccess(Duration.ofSeconds(15));
                    replacing
                            .sparingTheDisk(installation.workDir().resolve("staged"))
                            .upTo(rounds, gateway);
                    load.close();
                    count("replacements of grpc-transport, one after the other", ">= 100", replacing.done(), 100);
                    calls(load);
                }
                long loaders = loadersWhenIdle(gateway.pid(), "grpc-transport", Duration.ofSeconds(35));
                most("its class loaders after 35 s without calls, the live one's included", loaders, 1);
                assertThat(loaders).isEqualTo(1);
            }
        }
    }

    private static void calls(Load load) {
        figure("calls through it in that time", "", "%,d".formatted(load.succeeded() + load.failed()), true);
        most("of them failed", load.failed(), 0);
        assertThat(load.failures()).isEmpty();
    }

    /** Looked at once a second, which disturbs no more than a clock does, so as not to wait longer than it takes. */
    private static long loadersWhenIdle(long pid, String pluginId, Duration idle) {
        long end = System.nanoTime() + idle.toNanos();
        return Awaitility.await()
                .atMost(idle.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> Leftovers.classLoaders(pid, pluginId), left -> left <= 1 || System.nanoTime() > end);
    }

    /** Puts one version of a jar after the other into a plugin folder. */
    private static final class Replacing {
        private final VersionedJar jar;
        private final Path place;
        private final String id;
        private final long deadline = System.nanoTime() + REPLACING.toNanos();
        private Optional<Path> staged = Optional.empty();
        private int done;

        Replacing(VersionedJar jar, Path place, String id) {
            this.jar = jar;
            this.place = place;
            this.id = id;
            jar.putAt(place, 0);
        }

        /** Deletes the private copies of versions that are gone: large ones would fill a disk. */
        Replacing sparingTheDisk(Path folder) {
            staged = Optional.of(folder);
            return this;
        }

        /** Until so many are done, or it is too late; returns when all before the last are gone. */
        void upTo(int rounds, Gateway gateway) {
            while (done < rounds && System.nanoTime() < deadline) {
                long before = gateway.log().written();
                jar.putAt(place, ++done);
                gateway.log().awaitAfter(before, line -> says(line, "LIVE", done));
                staged.ifPresent(this::clear);
            }
            gateway.log().await(line -> done == 0 || says(line, "GONE", done - 1));
        }

        int done() {
            return done;
        }

        /** The name of the live version's private copy. */
        String liveFile() {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                return HexFormat.of().formatHex(sha256.digest(jar.bytes(done))) + ".jar";
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private boolean says(JsonNode line, String state, int number) {
            return line.path("id").asString("").equals(id)
                    && line.path("state").asString("").equals(state)
                    && line.path("version").asString("").equals(VersionedJar.version(number));
        }

        private void clear(Path folder) {
            try (Stream<Path> jars = Files.list(folder)) {
                for (Path each :
                        jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                    if (!each.endsWith(liveFile())) {
                        Files.delete(each); // whoever has it open keeps it
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A plugin of the sort that is hard to let go: with a timer, a thread, work on an executor, and thread-locals everywhere. */
    private static PluginJar busy() {
        return PluginJar.of("busy").acme("""
                import java.util.concurrent.atomic.*;
                public final class Acme implements GatewayPlugin {
                    private static final ThreadLocal<AtomicLong> COUNTED = ThreadLocal.withInitial(Count::new);
                    private static final class Count extends AtomicLong {}
                    private final AtomicLong ticks = new Count();
                    private final AtomicLong calls = new Count();
                    @Override
                    public List<ProviderOffer> providers(PluginContext context) {
                        context.scheduler().scheduleAtFixedRate(ticks::incrementAndGet, 1, 1, TimeUnit.MILLISECONDS);
                        context.threadFactory().newThread(() -> {
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException end) {
                                Thread.currentThread().interrupt();
                            }
                        }).start();
                        return List.of(new ProviderOffer("busy", opened -> new Source(context)));
                    }
                    private final class Source implements Provider {
                        private final PluginContext context;
                        Source(PluginContext context) {
                            this.context = context;
                        }
                        @Override
                        public CompletionStage<Capabilities> capabilities(CallContext call) {
                            return CompletableFuture.completedFuture(
                                    Capabilities.of(Tool.named("count.v1").build()));
                        }
                        @Override
                        public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                            return calls.incrementAndGet() % 2 == 0
                                    ? CompletableFuture.completedFuture(counted())
                                    : CompletableFuture.supplyAsync(this::counted, context.executor());
                        }
                        private ToolResult counted() {
                            return ToolResult.text(COUNTED.get().incrementAndGet() + " of " + ticks);
                        }
                    }
                }
                """);
    }
}
