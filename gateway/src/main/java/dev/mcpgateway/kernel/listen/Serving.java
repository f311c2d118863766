// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.listen;

import dev.mcpgateway.api.transport.TransportContext.Health;
import java.util.function.Supplier;

/**
 * What is behind every door.
 *
 * @param clients makes who answers the requests of one transport
 * @param messageLimit bytes
 */
public record Serving(Supplier<ClientHandler> clients, int messageLimit, Supplier<Health> health) {}
