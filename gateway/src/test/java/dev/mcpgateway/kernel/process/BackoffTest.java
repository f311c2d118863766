// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff();

    @Test
    void the_first_restart_is_at_once_then_pauses_double_up_to_thirty_seconds() {
        assertThat(Stream.generate(() -> backoff.afterDeath(Duration.ZERO))
                        .limit(10)
                        .map(Duration::toMillis))
                .containsExactly(0L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
    }

    @Test
    void thirty_seconds_of_life_begin_the_series_anew() {
        backoff.afterDeath(Duration.ZERO);
        backoff.afterDeath(Duration.ZERO);

        assertThat(backoff.afterDeath(Duration.ofSeconds(30))).isZero();
        assertThat(backoff.afterDeath(Duration.ofSeconds(29))).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void what_could_not_be_started_is_not_tried_again_at_once() {
        assertThat(backoff.afterFailedStart()).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.afterFailedStart()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void a_hundred_failures_still_wait_thirty_seconds() {
        for (int i = 0; i < 100; i++) {
            backoff.afterDeath(Duration.ZERO);
        }
        assertThat(backoff.afterDeath(Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
    }
}
