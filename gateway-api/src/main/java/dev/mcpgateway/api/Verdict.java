// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import static java.util.Objects.requireNonNull;

/**
 * What an {@link Interceptor} says to a call before it is made.
 *
 * @param <R> what such a call is answered with
 */
public sealed interface Verdict<R> {

    /** The call goes on as it is. */
    static <R> Verdict<R> pass() {
        return new Pass<>();
    }

    /**
     * The call goes on with other arguments, which are checked as the client's were.
     *
     * @param arguments an object
     */
    static <R> Verdict<R> passWith(Json arguments) {
        return new PassWith<>(arguments);
    }

    /** The call is not made; this is its answer, which is checked as the provider's would have been. */
    static <R> Verdict<R> answer(R result) {
        return new Answer<>(result);
    }

    /**
     * The call is not made.
     *
     * @param reason for the client, which sees {@code call of 'NAME' was refused: REASON}
     */
    static <R> Verdict<R> refuse(String reason) {
        return new Refuse<>(reason);
    }

    /** See {@link #pass}. */
    record Pass<R>() implements Verdict<R> {}

    /** See {@link #passWith}. */
    record PassWith<R>(Json arguments) implements Verdict<R> {
        public PassWith {
            requireNonNull(arguments, "arguments");
        }
    }

    /** See {@link #answer}. */
    record Answer<R>(R result) implements Verdict<R> {
        public Answer {
            requireNonNull(result, "result");
        }
    }

    /** See {@link #refuse}. */
    record Refuse<R>(String reason) implements Verdict<R> {
        public Refuse {
            requireNonNull(reason, "reason");
        }
    }
}
