/** JSON-RPC framing and envelopes over a byte stream; the stdio front door. */
@NullMarked
package dev.mcpgateway.kernel.wire;

import org.jspecify.annotations.NullMarked;
