// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import dev.mcpgateway.api.transport.TransportContext;

/** How the gateway is doing, as its transports are told. */
record ServingHealth(boolean isReady, int sessions, int streams, int connections) implements TransportContext.Health {}
