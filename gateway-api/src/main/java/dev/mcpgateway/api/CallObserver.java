// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.Optional;

/**
 * Sees calls and cannot change what they carry: audit, telemetry. It sees those whose arguments conform to the schema and that no
 * interceptor further out has refused or answered. Threads, deadlines and failures are as for {@link Interceptor}: one that
 * throws refuses the call, or its answer, unless it was offered as {@link InterceptorOffer#failingOpen}, which is what telemetry
 * wants and an audit does not.
 */
public interface CallObserver extends AutoCloseable {

    /**
     * A call is about to be made.
     *
     * @param arguments conform to the schema; of a resource an empty object
     */
    default void begins(InterceptedCall call, Json arguments) throws Exception {}

    /** A call has ended; called once for each that {@link #begins} was called for and did not throw. */
    default void ended(InterceptedCall call, Ending ending) throws Exception {}

    /** Called once, when the last call that it has seen has ended. Does nothing by default. */
    @Override
    default void close() {}

    /** How a call ended, as interceptors further in have left it. Immutable; the gateway may add to it. */
    interface Ending {

        /**
         * In a word: {@code ok}, {@code error} where the tool itself says that it failed, {@code failed} where there is no answer
         * that can be used, {@code refused}, {@code not_found}, {@code cancelled}. More may come.
         */
        String outcome();

        /** What the client is told where there is no answer; empty otherwise. */
        String reason();

        /** What the tool answered; empty where it was none, or there is no answer. */
        Optional<ToolResult> toolResult();

        /** The resource as it was read; empty where it was none, or there is no answer. */
        Optional<ResourceResult> resourceResult();

        /** The prompt as it was filled in. */
        Optional<PromptResult> promptResult();
    }
}
