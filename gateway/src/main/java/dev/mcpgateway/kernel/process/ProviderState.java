// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.time.Instant;

/**
 * A provider, as a run file tells it to others.
 *
 * @param plugin whose code makes its calls; empty where no plugin offers its type
 * @param state a name of {@link dev.mcpgateway.kernel.provider.Status.State}
 * @param reason what is wrong with it, in words that go on behind its name; empty where nothing is
 */
public record ProviderState(String name, String plugin, String state, String reason, Instant since) {}
