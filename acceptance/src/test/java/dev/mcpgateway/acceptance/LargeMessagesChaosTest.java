// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.ChaosTable.figure;
import static dev.mcpgateway.acceptance.kit.ChaosTable.millis;
import static dev.mcpgateway.acceptance.kit.HostileProvider.never;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.ChaosTable;
import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.Vitals;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What arguments of 10 MB cost the process, whatever is in them, in figures. */
@Tag("chaos")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LargeMessagesChaosTest {

    private static final int LIMIT = 10 * 1024 * 1024;
    private static final int AT_MOST_RESIDENT_MB = 600;
    private static final int HEAP_SLACK_MB = 20;
    private static final Duration PING_AT_MOST = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<String> ELEMENTS =
            List.of("{}", "{\"\":{}}", "[]", "1", "1.5", "\"\"", "null", "{\"a\":{\"b\":{\"c\":[[[{}]]]}}}");

    @BeforeAll
    static void printHead() {
        ChaosTable.printHead();
    }

    @Test
    void a_hundred_one_after_the_other_with_a_ping_between_every_two() {
        List<String> shapes = shapes();
        try (Installation installation = Installation.create()) {
            PluginJar.withTool("good", "take.v1", "return ToolResult.text(\"taken\");")
                    .dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("good.take.v1");
                for (String shape : shapes) { // to warm up
                    assertThat(client.call("good.take.v1", shape).text()).isEqualTo("taken");
                }
                long heapBefore = gateway.vitals().heapBytes();
                Duration processorBefore = Vitals.processorTime(gateway.pid());
                List<Duration> pings = new ArrayList<>();
                Duration dearest = Duration.ZERO;
                for (int i = 0; i < 100; i++) {
                    Duration before = Vitals.processorTime(gateway.pid());
                    Reply large = client.call("good.take.v1", shapes.get(i % shapes.size()));
                    pings.add(client.ping().took());
                    assertThat(large.text()).isEqualTo("taken");
                    Duration its = Vitals.processorTime(gateway.pid()).minus(before);
                    dearest = its.compareTo(dearest) > 0 ? its : dearest;
                }
                Duration processor = Vitals.processorTime(gateway.pid()).minus(processorBefore);
                Collections.sort(pings);
                long peak = Vitals.peakResident(gateway.pid()) / 1_000_000;
                long heapAfter = gateway.vitals().heapBytes();
                seconds("processor time of one 10 MB argument, mean of 100", processor.dividedBy(100));
                seconds("the dearest of them", dearest);
                ChaosTable.most("peak resident memory over them, MB", peak, AT_MOST_RESIDENT_MB);
                ChaosTable.most(
                        "live heap afterwards, MB more than before",
                        (heapAfter - heapBefore) / 1_000_000,
                        HEAP_SLACK_MB);
                Duration p99 = pings.get(98);
                figure(
                        "p99 of a ping between every two",
                        "<= " + PING_AT_MOST.toMillis() + " ms",
                        millis(p99),
                        p99.compareTo(PING_AT_MOST) <= 0);
                assertThat(heapAfter).isLessThan(heapBefore + HEAP_SLACK_MB * 1_000_000L);
            }
        }
    }

    @Test
    void sixty_four_at_once_at_a_tool_that_hangs() {
        List<String> shapes = shapes();
        try (HostileProvider hung = HostileProvider.start().tool("hang.v1", never());
                Installation installation = Installation.create().grpc("hung", hung.entry())) {
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client().ready("hung.hang.v1");
                List<Reply> all = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    all.add(client.call("hung.hang.v1", shapes.get(i % shapes.size())));
                }
                assertThat(all)
                        .allSatisfy(reply -> assertThat(reply.message(LONG).toString())
                                .containsAnyOf("timed out after 2.5 s", "overloaded: "));
                assertThat(gateway.isAlive()).isTrue();
                assertThat(client.ping().result()).isNotNull();
                ChaosTable.count("of 64 such arguments at once, answered or refused", "64", all.size(), 64);
            }
        }
    }

    private static List<String> shapes() {
        return ELEMENTS.stream()
                .map(element -> Json.filled("{\"values\":[", element, "]}", LIMIT - 100))
                .toList();
    }

    private static void seconds(String figure, Duration duration) {
        figure(
                figure,
                "<= 0.5 s",
                String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1e3),
                duration.toMillis() <= 500);
    }
}
