// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PlatformOrVirtualTest {

    private final CompletableFuture<Thread> ranOn = new CompletableFuture<>();

    @Test
    void the_work_has_a_daemon_thread_of_its_own() throws Exception {
        PlatformOrVirtual.start("worker", this::work);

        Thread thread = ranOn.get(10, TimeUnit.SECONDS);
        assertThat(thread.getName()).isEqualTo("worker");
        assertThat(thread.isVirtual()).isFalse();
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    void where_no_thread_can_be_had_the_work_is_done_on_a_virtual_one() throws Exception {
        Thread refused = new Thread("worker") {
            @Override
            public void start() {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };

        PlatformOrVirtual.start(refused, this::work);

        Thread thread = ranOn.get(10, TimeUnit.SECONDS);
        assertThat(thread.getName()).isEqualTo("worker");
        assertThat(thread.isVirtual()).isTrue();
    }

    private void work() {
        ranOn.complete(Thread.currentThread());
    }
}
