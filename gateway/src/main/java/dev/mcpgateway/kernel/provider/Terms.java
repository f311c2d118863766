// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.time.Duration;

/**
 * What was agreed for a provider.
 *
 * @param name its own, which never changes
 * @param type what providers.yaml calls it; {@code plugin} for one that lives in a jar
 * @param address where it is, for people
 * @param permits how many calls may run at once
 * @param queue how many may wait
 * @param timeout how long a call may take
 * @param prefix what its tools are named by; may be empty
 * @param refresh how often it is asked for its capabilities
 */
public record Terms(
        String name,
        String type,
        String address,
        int permits,
        int queue,
        Duration timeout,
        String prefix,
        Duration refresh) {}
