// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

/**
 * What a {@link Load} took.
 *
 * @param cpuNanos of the subject's process, user and system, all threads
 */
record Sample(int calls, long elapsedNanos, long p50Nanos, long p99Nanos, long cpuNanos) {

    double callsPerSecond() {
        return calls * 1e9 / elapsedNanos;
    }

    double p50Micros() {
        return p50Nanos / 1e3;
    }

    double p99Micros() {
        return p99Nanos / 1e3;
    }

    double cpuMicrosPerCall() {
        return cpuNanos / 1e3 / calls;
    }
}
