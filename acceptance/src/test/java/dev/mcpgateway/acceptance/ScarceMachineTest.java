// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The machine has less than is wanted: file descriptors, processor time. */
@Tag("alone")
class ScarceMachineTest {

    private static final String HI = "{\"message\":\"Hi\"}";

    @Test
    void without_file_descriptors_new_connections_are_refused_and_old_ones_serve_on() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        try (HostileProvider provider = HostileProvider.start();
                Installation installation =
                        Installation.create().grpc("wide", provider.entry()).grpc("healthy", HelloGo.SUPERVISED);
                Gateway gateway = installation.start()) {
            provider.tool("wait.v1", provider.after(Duration.ofMillis(200), echo()));
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("wide.wait.v1", "healthy.echo.v1", "healthy.sum.v1");
            assertThat(client.call("wide.wait.v1", "{}").isError()).isFalse();
            assertThat(client.call("healthy.echo.v1", HI).text()).isEqualTo(HI);

            limit(gateway, "--nofile=" + descriptors(gateway) + ":");
            List<Reply> many = new ArrayList<>();
            for (int i = 0; i < 30; i++) { // 15 would run at once, each in a connection of its own
                many.add(client.call("wide.wait.v1", "{}"));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(client.call("healthy.echo.v1", HI).text()).isEqualTo(HI);
            }
            long failed = many.stream().filter(Reply::isError).count();
            System.out.printf("without descriptors %d of %d calls failed%n", failed, many.size());
            assertThat(many)
                    .filteredOn(Reply::isError)
                    .allMatch(reply -> reply.text().startsWith("provider 'wide' "));
            assertThat(failed).as("calls that found no connection").isLessThan(many.size());

            ProcessHandle.of(gateway.pid()).orElseThrow().children().forEach(ProcessHandle::destroyForcibly);
            gateway.log().await("could not be started");

            limit(gateway, "--nofile=4096:");
            await("all connections again").atMost(Duration.ofSeconds(10)).until(() -> {
                List<Reply> again = new ArrayList<>();
                for (int i = 0; i < 30; i++) {
                    again.add(client.call("wide.wait.v1", "{}"));
                }
                return again.stream().noneMatch(Reply::isError) && provider.mostRunning() == 15;
            });
            await("the process is started again")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !client.call("healthy.echo.v1", HI).isError());
            assertThat(client.toolNames()).contains("wide.wait.v1");
        }
    }

    @Test
    void hogs_on_every_core_change_no_status() throws Exception {
        List<Process> hogs = new ArrayList<>();
        try (Installation installation = Installation.create()
                        .grpc("one", HelloGo.SUPERVISED, "refresh: 1s")
                        .grpc("two", HelloGo.SUPERVISED, "refresh: 1s");
                Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("one.echo.v1", "one.sum.v1", "two.echo.v1", "two.sum.v1");
            int told = client.notifications().size();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
                hogs.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            List<Duration> took = new ArrayList<>();
            try (Load load = Load.begin(client, 4, "two.echo.v1", HI)) {
                long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();
                while (System.nanoTime() < end) {
                    Reply reply = client.call("one.echo.v1", HI);
                    assertThat(reply.text()).isEqualTo(HI);
                    took.add(reply.took());
                }
                load.close();
                assertThat(load.failures()).isEmpty();
            }
            took.sort(Duration::compareTo);
            System.out.printf(
                    "%d hogs: %d calls, p99 %d ms%n",
                    hogs.size(), took.size(), took.get(took.size() * 99 / 100).toMillis());
            assertThat(client.notifications()).as("lists changed").hasSize(told);
            assertThat(gateway.log().lines("logger", "provider").stream()
                            .map(line -> line.path("message").asString())
                            .filter(message -> message.contains("timed out") || message.contains("unavailable")))
                    .as("changes of status")
                    .isEmpty();
        } finally {
            hogs.forEach(Process::destroyForcibly);
        }
    }

    private static void limit(Gateway gateway, String limit) throws IOException, InterruptedException {
        Process prlimit = new ProcessBuilder("/usr/bin/prlimit", "--pid", Long.toString(gateway.pid()), limit)
                .redirectErrorStream(true)
                .start();
        String text = new String(prlimit.getInputStream().readAllBytes());
        assertThat(prlimit.waitFor()).as(text).isZero();
    }

    private static long descriptors(Gateway gateway) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(gateway.pid()), "fd"))) {
            return all.map(each -> Integer.parseInt(each.getFileName().toString()))
                            .max(Integer::compareTo)
                            .orElseThrow()
                    + 1;
        }
    }
}
