// SPDX-License-Identifier: Apache-2.0
/** Listens for clients, and hands their connections to the transport of the plugin that is live. */
@NullMarked
package dev.mcpgateway.kernel.listen;

import org.jspecify.annotations.NullMarked;
