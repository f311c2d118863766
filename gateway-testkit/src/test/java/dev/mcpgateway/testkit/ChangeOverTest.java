// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mcpgateway.testkit.sample.Echoes;
import dev.mcpgateway.testkit.sample.Greeter;
import dev.mcpgateway.testkit.sample.Lingerer;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jars that come, change and go while the gateway runs. */
class ChangeOverTest {

    private static final String ALICE = "{\"name\":\"Alice\"}";

    @RegisterExtension
    final TestGateway gateway = TestGateway.create().provider("far", Map.of("type", "echo", "address", "localhost:1"));

    @Test
    void a_jar_that_is_dropped_into_a_running_gateway_goes_live() {
        assertThat(gateway.tools()).isEmpty();
        gateway.drop(greeter()).awaitLive();
        gateway.awaitListChanged();
        assertThat(gateway.tools()).containsExactly("greeter.greet.v1");
        assertThat(gateway.call("greeter.greet.v1", ALICE).isError()).isFalse();
    }

    @Test
    void a_plugin_with_a_type_opens_the_providers_that_wait_for_it() {
        assertThat(gateway.tools()).isEmpty();
        gateway.drop(TestJar.ofClasses(Echoes.class).id("echoes")).awaitLive();
        assertThat(gateway.tools()).containsExactly("far.where.v1");
        assertThat(gateway.call("far.where.v1", "{}").text()).isEqualTo("localhost:1");
    }

    @Test
    void a_higher_version_takes_over_and_of_the_one_before_nothing_is_left() {
        DroppedJar jar = gateway.drop(greeter()).awaitLive();
        assertThat(gateway.call("greeter.greet.v1", ALICE).isError()).isFalse();
        jar.replace(greeter().version("1.0.1")).awaitLive();
        assertThat(gateway.call("greeter.greet.v1", ALICE).isError()).isFalse();
        gateway.assertNothingLeaked();
    }

    @Test
    void a_newer_version_that_is_no_good_is_refused_and_the_one_before_serves_on() {
        DroppedJar jar = gateway.drop(greeter()).awaitLive();
        jar.replace(greeter().version("1.0.1").requires(">=99"));
        assertThat(jar.awaitRefused().code()).isEqualTo("API_VERSION");
        assertThat(gateway.call("greeter.greet.v1", ALICE).isError()).isFalse();
    }

    @Test
    @Tag("slow")
    void a_jar_that_is_removed_is_gone_from_the_lists_and_from_memory() {
        DroppedJar jar = gateway.drop(greeter()).awaitLive();
        assertThat(gateway.call("greeter.greet.v1", ALICE).isError()).isFalse();
        jar.remove();
        gateway.awaitListChanged();
        assertThat(gateway.tools()).isEmpty();
        gateway.assertNothingLeaked();
    }

    @Test
    @Tag("slow")
    void a_thread_that_is_left_behind_is_found_and_named() {
        CountDownLatch end = new CountDownLatch(1);
        System.getProperties().put(Lingerer.LATCH, end);
        try {
            gateway.drop(TestJar.ofClasses(Lingerer.class).id("lingerer"))
                    .awaitLive()
                    .remove();
            assertThatThrownBy(gateway::assertNothingLeaked)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("plugin lingerer has leaked")
                    .hasMessageContaining("lingering");
        } finally {
            System.getProperties().remove(Lingerer.LATCH);
            end.countDown();
        }
    }

    private static TestJar greeter() {
        return TestJar.ofClasses(Greeter.class).id("greeter");
    }
}
