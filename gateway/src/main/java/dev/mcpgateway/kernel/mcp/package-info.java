// SPDX-License-Identifier: Apache-2.0
/** The protocol: knows methods and messages, not transports or providers. */
@NullMarked
package dev.mcpgateway.kernel.mcp;

import org.jspecify.annotations.NullMarked;
