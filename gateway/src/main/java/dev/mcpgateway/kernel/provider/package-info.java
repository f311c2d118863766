// SPDX-License-Identifier: Apache-2.0
/** Status, discovery and reconnection of providers; their permits and queues. */
@NullMarked
package dev.mcpgateway.kernel.provider;

import org.jspecify.annotations.NullMarked;
