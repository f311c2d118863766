// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapGoalTest {

    private static final int LARGE = HeapGoal.NOTEWORTHY;

    long used;
    long live;
    int collections;
    final HeapGoal goal = new HeapGoal(100, () -> used, () -> {
        collections++;
        used = live;
    });

    @Test
    void a_large_message_has_garbage_collected_where_more_is_used_than_the_goal() {
        used = 100;
        goal.passes(LARGE);
        assertThat(collections).isZero();

        used = 101;
        goal.passes(LARGE - 1);
        assertThat(collections).as("by a small one").isZero();
        goal.passes(LARGE);
        assertThat(collections).isEqualTo(1);
    }

    @Test
    void what_lives_is_not_collected_again_until_it_has_doubled() {
        live = 90;
        used = 101;
        goal.passes(LARGE);
        used = 180;
        goal.passes(LARGE);
        assertThat(collections).isEqualTo(1);

        live = 10;
        used = 181;
        goal.passes(LARGE);
        assertThat(collections).isEqualTo(2);
        used = 101;
        goal.passes(LARGE);
        assertThat(collections).as("the goal has come down again").isEqualTo(3);
    }
}
