// SPDX-License-Identifier: Apache-2.0
/** JSON-RPC 2.0: the envelopes of messages that come in, and their ids. */
@NullMarked
package dev.mcpgateway.kernel.jsonrpc;

import org.jspecify.annotations.NullMarked;
