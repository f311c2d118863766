// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit.sample;

import dev.mcpgateway.api.GatewayPlugin;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/** Leaves a thread behind, until the latch that it finds under its name among the system properties is opened. */
public final class Lingerer implements GatewayPlugin {

    public static final String LATCH = Lingerer.class.getName();

    /** As `Plugin-Class` says. */
    public Lingerer() {
        CountDownLatch latch =
                (CountDownLatch) Objects.requireNonNull(System.getProperties().get(LATCH), "a test puts it there");
        Thread.ofPlatform().daemon().name("lingering").start(() -> {
            while (latch.getCount() > 0) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    // it lingers
                }
            }
        });
    }
}
