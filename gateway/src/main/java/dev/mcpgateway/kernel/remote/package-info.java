// SPDX-License-Identifier: Apache-2.0
/** Clients that come by transports of plugins: what each of their requests is, and whose. */
@NullMarked
package dev.mcpgateway.kernel.remote;

import org.jspecify.annotations.NullMarked;
