// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.lang.management.ManagementFactory;
import java.time.Duration;

/** What the test's own thread has used of a processor, so that figures hold on a machine that is busy with other things. */
final class CpuTime {

    private CpuTime() {}

    static long nanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    static Duration since(long begin) {
        return Duration.ofNanos(nanos() - begin);
    }
}
