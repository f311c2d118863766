// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HelloGo.SUPERVISED;
import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static dev.mcpgateway.acceptance.kit.HostileProvider.response;
import static dev.mcpgateway.acceptance.kit.HostileProvider.result;
import static dev.mcpgateway.acceptance.kit.HostileProvider.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.mcpgateway.acceptance.kit.ChaosTable;
import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.FloodingHealth;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileLists;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Neighbour;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.Content;
import dev.mcpgateway.provider.v1.InvokeResponse;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the deeds of provider processes, and of clients, cost another provider process, in figures. */
@Tag("chaos")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProcessNeighboursTest {

    private static final String ECHO = "healthy.echo.v1";
    private static final String HI = "{\"message\":\"Hi\"}";
    private static final int LIMIT = 10 * 1024 * 1024;
    private static final int BLOCKS = 2_500_000;
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    @BeforeAll
    static void printHead() {
        Neighbour.printHead();
    }

    @Test
    void templates_of_any_scheme_and_long_uris_that_nobody_lists() throws Exception {
        try (HostileProvider templates = HostileProvider.start().discovery((request, reply) -> {
                    reply.onNext(HostileLists.templates());
                    reply.onCompleted();
                });
                Installation installation = beside("templates", templates);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready(ECHO);
            gateway.log().await("of provider 'templates' is left out");
            String unknown = "nobody://" + "b".repeat(8_000);
            Neighbour.of(gateway, ECHO, HI)
                    .beside("URIs of 8,000 characters, against all templates")
                    .computingOn(CORES)
                    .measure(() -> Load.begin(CORES, "a URI", () -> client.read(unknown)));
        }
    }

    @Test
    void a_list_of_many_schemas_that_changes_in_full() throws Exception {
        changing("1,650 tools of 1,990 subschemas, others each time", HostileLists::changing, Duration.ofSeconds(10));
    }

    @Test
    void a_list_of_10_megabytes_of_which_one_tool_changes() throws Exception {
        changing("10 MB of tools, one other each time", HostileLists::changingInOne, Duration.ofSeconds(15));
    }

    /** Its tool says that it is unavailable, so that it is asked as often as hints are heard. */
    private static void changing(String what, IntFunction<Capabilities> list, Duration howLong) throws Exception {
        AtomicBoolean changes = new AtomicBoolean();
        AtomicInteger version = new AtomicInteger();
        try (HostileProvider lists = HostileProvider.start()
                        .tool("tool0", status(Status.UNAVAILABLE))
                        .discovery(script(list, version, changes));
                Installation installation = beside("lists", lists);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready(ECHO, "lists.tool0");
            Neighbour.of(gateway, ECHO, HI)
                    .beside(what)
                    .computingOn(2) // the provider, and the gateway
                    .lasting(howLong)
                    .measure(() -> {
                        changes.set(true);
                        Load hints = Load.paced(client, 10, "lists.tool0", "{}");
                        return () -> {
                            changes.set(false);
                            hints.close();
                        };
                    });
            ChaosTable.figure("    times it was asked for them", "", Integer.toString(version.get()), true);
            assertThat(version).hasValueGreaterThan(2);
        }
    }

    private static HostileProvider.Script<Empty, Capabilities> script(
            IntFunction<Capabilities> list, AtomicInteger version, AtomicBoolean changes) {
        return (request, reply) -> {
            reply.onNext(list.apply(changes.get() ? version.incrementAndGet() : version.get()));
            reply.onCompleted();
        };
    }

    @Test
    void arguments_of_many_empty_objects() throws Exception {
        arguments("{}");
    }

    @Test
    void arguments_of_many_objects_with_one_member() throws Exception {
        arguments("{\"\":{}}");
    }

    private static void arguments(String element) throws Exception {
        String arguments = Json.filled("{\"values\":[", element, "]}", LIMIT - 100);
        try (HostileProvider taking = HostileProvider.start().tool("take.v1", result("{}"));
                Installation installation = beside("taking", taking);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready(ECHO, "taking.take.v1");
            Neighbour.of(gateway, ECHO, HI)
                    .beside("arguments of 10 MB of " + element + ", one at a time")
                    .computingOn(2) // the gateway reads while the client still writes
                    .measure(() -> Load.begin(client, 1, "taking.take.v1", arguments));
        }
    }

    @Test
    void results_of_two_and_a_half_million_empty_blocks() throws Exception {
        InvokeResponse blocks = InvokeResponse.newBuilder()
                .addAllContent(Collections.nCopies(BLOCKS, Content.getDefaultInstance()))
                .build();
        try (HostileProvider giving = HostileProvider.start().tool("give.v1", response(blocks));
                Installation installation = beside("giving", giving);
                Gateway gateway = installation.start()) {
            Client client = gateway.client().ready(ECHO, "giving.give.v1");
            Neighbour.of(gateway, ECHO, HI)
                    .beside("results of 2,500,000 blocks, one at a time")
                    .computingOn(2) // one reads them here, and the provider is always writing the next
                    .named("giving", "2500000 content blocks")
                    .measure(() -> Load.begin(client, 1, "giving.give.v1", "{}"));
        }
    }

    @Test
    void a_health_service_that_says_so_as_fast_as_it_can() throws Exception {
        FloodingHealth health = new FloodingHealth();
        try (HostileProvider boasting = HostileProvider.startWithHealth(health).tool("echo.v1", echo());
                Installation installation = beside("boasting", boasting);
                Gateway gateway = installation.start()) {
            gateway.client().ready(ECHO, "boasting.echo.v1");
            Neighbour.of(gateway, ECHO, HI)
                    .beside("a health service that streams its state")
                    .measure(() -> {
                        health.begin();
                        return health::end;
                    });
            assertThat(health.said()).as("messages of the health service").isGreaterThan(100);
        }
    }

    @Test
    void standard_error_as_fast_as_it_can() throws Exception {
        try (Installation installation = Installation.create().grpc("healthy", SUPERVISED)) {
            Path begin = installation.folder().resolve("begin");
            installation.grpc("shouting", "command: [/bin/sh, -c, \"" + shouting(begin) + "\"]");
            try (Gateway gateway = installation.start()) {
                gateway.client().ready(ECHO, "shouting.echo.v1");
                Neighbour.of(gateway, ECHO, HI)
                        .beside("standard error as fast as it can be written")
                        .named("shouting", " bytes of its output: past 1000000 bytes a second lines are left out")
                        .measure(() -> {
                            Files.createFile(begin);
                            return () -> Files.delete(begin);
                        });
            }
        }
    }

    /** hello-go, and beside it lines without end while that file is there: long ones, or there would be more than the test keeps. */
    private static String shouting(Path begin) {
        return "p=$$; while kill -0 $p 2>/dev/null; do if [ -e " + begin
                + " ]; then yes $(printf %0500d 0) | head -c 1000000 >&2; else sleep 0.1; fi; done & exec "
                + Checkout.helloGo();
    }

    private static Installation beside(String name, HostileProvider hostile) {
        return Installation.create().grpc("healthy", SUPERVISED).grpc(name, hostile.entry());
    }
}
