// SPDX-License-Identifier: Apache-2.0
/** The programs that the gateway is compared with; each runs in a JVM of its own. */
@NullMarked
package dev.mcpgateway.bench.baseline;

import org.jspecify.annotations.NullMarked;
