// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/**
 * An open source of tools, resources and prompts, written in one of two ways: a {@link BlockingProvider} has ordinary methods that
 * may block and throw, a {@link Provider} answers later.
 */
public sealed interface ProviderInstance extends AutoCloseable permits Provider, BlockingProvider {

    /**
     * Releases everything. Called once, when no call is in flight any more or 30 s after the last was let in; calls that have not
     * come back long after they were over are not waited for.
     */
    @Override
    default void close() {}
}
