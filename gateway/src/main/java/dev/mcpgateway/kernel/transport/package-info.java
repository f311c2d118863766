// SPDX-License-Identifier: Apache-2.0
/** JSON-RPC framing and envelopes over a byte stream; the stdio front door. */
@NullMarked
package dev.mcpgateway.kernel.transport;

import org.jspecify.annotations.NullMarked;
