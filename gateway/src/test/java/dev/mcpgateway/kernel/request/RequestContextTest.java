// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.request.RequestContext.Ending;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RequestContextTest {

    private static final long SEED = 20_261_130;

    private final Deadlines deadlines = new Deadlines();
    private final List<Ending> endings = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        deadlines.close();
    }

    @Test
    void a_deadline_that_is_moved_while_the_wheel_has_it_in_hand_ends_nothing_before_its_time() {
        RequestContext request = held(arrivedBefore(RequestContext.USUAL));
        request.allow(RequestContext.USUAL.plusMillis(500));

        request.expired(); // as the wheel would that took it out a moment before

        assertThat(request.isOver()).isFalse();
        await().untilAsserted(() -> assertThat(endings).containsExactly(Ending.TIMED_OUT));
    }

    @Test
    void a_clock_that_is_stopped_while_the_wheel_has_it_in_hand_stands() {
        RequestContext request = held(arrivedBefore(RequestContext.USUAL.minusMillis(100)));
        request.pause();
        await().until(() -> request.deadline() - System.nanoTime() < 0);

        request.expired();

        assertThat(request.isOver()).isFalse();
        request.resume();
        await().untilAsserted(() -> assertThat(endings).containsExactly(Ending.TIMED_OUT));
    }

    @Test
    @Tag("slow")
    void it_ends_once_however_deadline_answer_and_cancellation_come_together() throws Exception {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 300; i++) {
            endings.clear();
            RequestContext request = RequestContext.arrived(
                    deadlines, System.nanoTime() - RequestContext.USUAL.toNanos() + random.nextLong(15_000_000));
            boolean isAnswered = random.nextBoolean();
            Thread other = Thread.ofPlatform().start(() -> {
                request.pause();
                request.resume();
                request.allow(Duration.ofMillis(2_490));
            });
            request.arm();
            boolean isHeld = request.heldBy(endings::add);
            if (isAnswered ? request.done() : cancelled(request)) {
                assertThat(endings.isEmpty()).isEqualTo(isAnswered);
            }
            other.join();
            assertThat(request.isOver()).isTrue();
            int told = isHeld && !request.isAbandoned() ? 0 : 1;
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> endings.size() == told);
        }
    }

    private static boolean cancelled(RequestContext request) {
        request.cancel();
        return !request.isTimedOut();
    }

    private RequestContext arrivedBefore(Duration time) {
        return RequestContext.arrived(deadlines, System.nanoTime() - time.toNanos());
    }

    private RequestContext held(RequestContext request) {
        assertThat(request.heldBy(endings::add)).isTrue();
        request.allow(RequestContext.USUAL.plusMillis(50));
        request.arm();
        return request;
    }
}
