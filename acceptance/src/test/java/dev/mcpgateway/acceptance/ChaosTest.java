package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.KillLoop;
import dev.mcpgateway.acceptance.kit.Leftovers;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.PluginJar;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.VersionedJar;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * How much faults cost, in figures: {@code make chaos}. What must hold on any machine is asserted, what depends on the
 * machine stands in the table beside its target. {@code -Dacceptance.rounds=N} shortens the loops.
 */
@Tag("chaos")
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ChaosTest {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 500);
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final Duration PHASE = Duration.ofSeconds(15);
    private static final Duration SERVES_AGAIN = Duration.ofSeconds(1);
    private static final int CALLS_PER_SECOND = 200;

    /** On a slow machine less is replaced, and the table says so. */
    private static final Duration REPLACING = Duration.ofSeconds(150);

    private static final List<String> TABLE = new ArrayList<>();

    @AfterAll
    static void print() throws IOException {
        TABLE.addFirst("%-62s %14s %16s  %s".formatted("figure", "target", "result", ""));
        String table = String.join("\n", TABLE) + "\n";
        System.out.println(table);
        Files.writeString(Path.of("target", "chaos.txt"), table);
    }

    @Test
    void a_frozen_and_a_flooding_provider_beside_a_healthy_one() throws IOException {
        try (HelloGo frozen = HelloGo.onTcp();
                Installation installation = Installation.create()) {
            Path begin = installation.folder().resolve("begin");
            installation
                    .grpc("healthy", HelloGo.SUPERVISED)
                    .grpc("frozen", frozen.entry())
                    .grpc("flooding", "command: [/bin/sh, -c, \"" + flood(begin) + "\"]");
            changing().writeTo(installation.pluginsDir());
            installation.environment("MCP_GATEWAY_LOG_LEVEL", "info");
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.ready("healthy.echo.v1", "frozen.echo.v1", "flooding.echo.v1", "changing.begin");
                calls(client, Duration.ofSeconds(3)); // to warm up
                Figures quiet = calls(client, PHASE);
                Files.createFile(begin);
                int lines = floodOf(gateway);
                figure(
                        "stderr lines of the flooding provider in 1 s",
                        ">= 1000",
                        Integer.toString(lines),
                        lines >= 1_000);
                assertThat(client.call("changing.begin", "{}").isError()).isFalse();
                frozen.freeze();
                try (Load load = Load.begin(client, 10, "frozen.echo.v1", HI)) {
                    Figures harmed = calls(client, PHASE);
                    frozen.thaw();
                    load.close();
                    figure(
                            "calls of a healthy provider that fail beside both",
                            "0",
                            harmed.failed + " of " + harmed.took.size(),
                            harmed.failed == 0);
                    figure("their p99, quiet", "", millis(quiet.p99()), true);
                    figure("their p99 beside both", "", millis(harmed.p99()), true);
                    double ratio = (double) harmed.p99().toNanos() / quiet.p99().toNanos();
                    figure("the second to the first", "<= 2", "%.2f".formatted(ratio), ratio <= 2);
                    assertThat(harmed.failed).isZero();
                    assertThat(quiet.failed).isZero();
                }
            }
        }
    }

    @Test
    void kills_under_sixty_four_callers() throws Exception {
        try (HelloGo victim = HelloGo.onTcp();
                Installation installation = Installation.create().grpc("victim", victim.entry());
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.ready("victim.echo.v1");
            List<Duration> pauses = new ArrayList<>();
            long answered;
            try (Load load = Load.begin(client, 64, "victim.echo.v1", HI)) {
                load.awaitSuccess(Duration.ofSeconds(5));
                KillLoop.of(ROUNDS).run(Duration.ofMillis(5), Duration.ofMillis(60), round -> {
                    victim.kill();
                    victim.restart();
                    pauses.add(load.awaitSuccess(Duration.ofSeconds(5)));
                });
                load.close(); // fails where a call is not answered
                answered = load.succeeded()
                        + load.failures().values().stream()
                                .mapToLong(Long::longValue)
                                .sum();
                assertThat(load.failures().keySet())
                        .allMatch(text -> text.startsWith("provider 'victim' is unavailable: "));
            }
            boolean twice = client.hasNext();
            pauses.sort(Duration::compareTo);
            long late = pauses.stream()
                    .filter(each -> each.compareTo(SERVES_AGAIN) > 0)
                    .count();
            figure("kills with SIGKILL under 64 callers", "500", Integer.toString(ROUNDS), ROUNDS >= 500);
            figure("calls answered in that time", "", "%,d".formatted(answered), true);
            figure("calls not answered", "0", "0", true);
            figure("calls answered twice", "0", twice ? "some" : "0", !twice);
            figure(
                    "first success after the port is open again, the middle",
                    "",
                    millis(pauses.get(pauses.size() / 2)),
                    true);
            figure("the longest", "<= 1000 ms", millis(pauses.getLast()), late == 0);
            figure("later than 1 s", "0", Long.toString(late), late == 0);
            assertThat(twice).isFalse();
        }
    }

    @Test
    void time_outs_are_on_time() {
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = Installation.create().grpc("hung", hung.entry(), "connections: 50");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.ready("hung.hang.v1");
            List<Reply> replies = new ArrayList<>();
            long otherwise = 0;
            for (int round = 0; round <= 20; round++) { // the first opens the connections, and is not counted
                List<Reply> these = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    these.add(client.call("hung.hang.v1", "{}"));
                }
                these.forEach(Reply::message);
                assertThat(these).allMatch(Reply::isError);
                List<Reply> timedOut = these.stream()
                        .filter(each -> each.text().equals("provider 'hung' timed out after 2.5 s"))
                        .toList();
                these.stream()
                        .filter(each -> !timedOut.contains(each))
                        .forEach(each -> System.out.println(each.took() + ": " + each.text()));
                System.out.println("round " + round + ", the last: "
                        + these.stream()
                                .map(Reply::took)
                                .max(Duration::compareTo)
                                .orElseThrow());
                if (round > 0) {
                    replies.addAll(timedOut);
                    otherwise += these.size() - timedOut.size();
                }
            }
            List<Duration> took = replies.stream().map(Reply::took).sorted().toList();
            long onTime = took.stream()
                    .filter(each -> each.compareTo(Duration.ofMillis(2_500)) >= 0
                            && each.compareTo(Duration.ofMillis(2_600)) <= 0)
                    .count();
            double share = 100.0 * onTime / took.size();
            figure("calls that time out", "", Integer.toString(took.size()), true);
            figure("of them answered between 2.5 s and 2.6 s", ">= 99.9 %", "%.1f %%".formatted(share), share >= 99.9);
            figure("failed for another reason, and not counted", "0", Long.toString(otherwise), otherwise == 0);
            figure("the first", "", millis(took.getFirst()), true);
            figure("the last", "", millis(took.getLast()), true);
            assertThat(took.getFirst()).isGreaterThanOrEqualTo(Duration.ofMillis(2_500));
        }
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
                    load.awaitSuccess(Duration.ofSeconds(5));
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
                    load.awaitSuccess(Duration.ofSeconds(5));
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

    private record Figures(List<Duration> took, long failed) {
        Duration p99() {
            return took.get(took.size() * 99 / 100);
        }
    }

    /** One call after the other. */
    private static Figures calls(Client client, Duration howLong) {
        List<Duration> took = new ArrayList<>();
        long failed = 0;
        long end = System.nanoTime() + howLong.toNanos();
        while (System.nanoTime() < end) {
            Reply reply = client.call("healthy.echo.v1", HI);
            failed += reply.message().has("error") || reply.isError() ? 1 : 0;
            took.add(reply.took());
        }
        took.sort(Duration::compareTo);
        return new Figures(took, failed);
    }

    /** hello-go, and beside it more than a thousand lines a second, from the file's appearance until it ends. */
    private static String flood(Path begin) {
        String lines = "x\\\\n".repeat(25);
        return "p=$$; while kill -0 $p 2>/dev/null; do [ -e " + begin + " ] && printf '" + lines
                + "' >&2; sleep 0.01; done & exec "
                + Checkout.helloGo();
    }

    private static int floodOf(Gateway gateway) {
        gateway.log().await(line -> line.path("logger").asString().equals("provider.flooding"));
        int before = gateway.log().lines("logger", "provider.flooding").size();
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() < end) {
            gateway.client().ping().message();
        }
        return gateway.log().lines("logger", "provider.flooding").size() - before;
    }

    /** Offers another list ten times a second, from the call of {@code begin} on. */
    private static PluginJar changing() {
        return PluginJar.withProvider("changing", """
                final class Source implements Provider {
                    private final ProviderContext context;
                    private volatile int version;
                    Source(ProviderContext context) {
                        this.context = context;
                    }
                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext call) {
                        return CompletableFuture.completedFuture(Capabilities.of(
                                Tool.named("begin").build(), Tool.named("tool" + version).build()));
                    }
                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                        context.executor().execute(() -> {
                            try {
                                for (int i = 0; i < 300; i++) {
                                    version++;
                                    context.changed();
                                    Thread.sleep(100);
                                }
                            } catch (InterruptedException end) {
                                Thread.currentThread().interrupt();
                            }
                        });
                        return CompletableFuture.completedFuture(ToolResult.text("begun"));
                    }
                }
                """);
    }

    /** A plugin of the sort that is hard to let go: with a timer, a thread, work on an executor, and thread-locals everywhere. */
    private static PluginJar busy() {
        return PluginJar.of("busy", "sample.busy.BusyPlugin").source("sample.busy.BusyPlugin", """
                package sample.busy;
                import dev.mcpgateway.api.*;
                import java.util.*;
                import java.util.concurrent.*;
                import java.util.concurrent.atomic.*;
                public final class BusyPlugin implements GatewayPlugin {
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

    private static void count(String figure, String target, long result, long atLeast) {
        figure(figure, target, Long.toString(result), result >= atLeast);
    }

    private static void most(String figure, long result, long target) {
        figure(figure, Long.toString(target), Long.toString(result), result <= target);
    }

    private static void figure(String figure, String target, String result, boolean isMet) {
        String verdict = target.isEmpty() ? "" : isMet ? "ok" : "MISSED";
        TABLE.add(
                "%-62s %14s %16s  %s".formatted(figure, target, result, verdict).stripTrailing());
    }

    private static String millis(Duration duration) {
        return "%.2f ms".formatted(duration.toNanos() / 1e6);
    }
}
