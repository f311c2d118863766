// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.Map;

/**
 * What a line is about, beside its message. Immutable. An empty string and a negative duration stand for "does not
 * apply" and are not written.
 *
 * @param correlationId written as {@code correlation_id}
 * @param provider the provider's name
 * @param capability the canonical name of a tool or prompt, or a resource's URI
 * @param durationNanos in nanoseconds; written as {@code duration_ms}, in milliseconds with at most three decimals
 * @param outcome how it ended, in one word, e.g. {@code ok}, {@code timeout}
 * @param extra further fields by name, in order, e.g. {@code file}, {@code id}, {@code version}, {@code state}, {@code code}
 */
public record Fields(
        String correlationId,
        String provider,
        String capability,
        long durationNanos,
        String outcome,
        Map<String, String> extra) {

    public static final Fields NONE = new Fields("", "", "", -1, "", Map.of());

    /** The fields of the one line that every call leaves, without the allocations of five withers. */
    public static Fields ofCall(
            String correlationId, String provider, String capability, long durationNanos, String outcome) {
        return new Fields(correlationId, provider, capability, durationNanos, outcome, Map.of());
    }

    public static Fields ofProvider(String provider) {
        return NONE.withProvider(provider);
    }

    public Fields withCorrelationId(String value) {
        return new Fields(value, provider, capability, durationNanos, outcome, extra);
    }

    public Fields withProvider(String value) {
        return new Fields(correlationId, value, capability, durationNanos, outcome, extra);
    }

    public Fields withCapability(String value) {
        return new Fields(correlationId, provider, value, durationNanos, outcome, extra);
    }

    public Fields withOutcome(String value) {
        return new Fields(correlationId, provider, capability, durationNanos, value, extra);
    }
}
