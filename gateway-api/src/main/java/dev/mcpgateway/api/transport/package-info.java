// SPDX-License-Identifier: Apache-2.0
/**
 * For plugins that let clients in by a transport of their own, e.g. HTTP.
 *
 * <p>The gateway owns the listener, the sessions and the protocol; a transport turns bytes of a connection into requests and answers
 * into bytes. It knows neither JSON nor sessions nor who may come in, and the gateway knows nothing of its syntax: outcomes are
 * neutral ({@link dev.mcpgateway.api.transport.ReplyStatus}), and the transport says what each is in its own terms. So it can be
 * replaced while it serves. Start at {@link dev.mcpgateway.api.transport.TransportOffer}.
 */
@NullMarked
package dev.mcpgateway.api.transport;

import org.jspecify.annotations.NullMarked;
