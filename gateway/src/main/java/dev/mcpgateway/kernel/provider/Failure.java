// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

/**
 * Why a provider did not answer a call.
 *
 * @param text plain words that go on behind {@code provider 'NAME' }, for the client
 */
public record Failure(Kind kind, String text) {

    /** What the caller can make of it. */
    public enum Kind {
        /** It cannot be reached now. */
        UNAVAILABLE,
        /** The call's time was up. */
        TIMED_OUT,
        /** More calls wait than may. */
        QUEUE_FULL,
        /** The client does not want the answer any more. */
        CANCELLED,
        /** The provider knows no such tool, resource or prompt. */
        NOT_FOUND,
        /** It answered, and the answer is a refusal. */
        REFUSED,
        /** It answered, and the answer cannot be used. */
        BROKEN;

        /** In a word, for the log. */
        public String outcome() {
            return switch (this) {
                case UNAVAILABLE -> "unavailable";
                case TIMED_OUT -> "timeout";
                case QUEUE_FULL -> "queue_full";
                case CANCELLED -> "cancelled";
                case NOT_FOUND, REFUSED -> "refused";
                case BROKEN -> "broken";
            };
        }
    }
}
