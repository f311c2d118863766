// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogQueueTest {

    private final LogQueue queue = new LogQueue(1 << 20);

    @Test
    void lines_come_out_in_the_order_in_which_they_went_in() {
        LogLine first = line("first");
        LogLine second = line("second");
        queue.offer(first);
        queue.offer(second);

        assertThat(queue.poll()).isSameAs(first);
        assertThat(queue.poll()).isSameAs(second);
        assertThat(queue.poll()).isNull();
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void a_line_that_is_out_does_not_hold_on_to_those_that_follow() {
        LogLine first = line("first");
        queue.offer(first);
        queue.offer(line("second"));
        queue.poll();
        queue.poll();

        assertThat(first.next).isNull();
    }

    private static LogLine line(String message) {
        return new LogLine(0, Log.Level.INFO, "test", message, Fields.NONE, "");
    }
}
