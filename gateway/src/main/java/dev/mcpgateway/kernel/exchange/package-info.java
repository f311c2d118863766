// SPDX-License-Identifier: Apache-2.0
/** One message of a client and its way back, whatever transport it came by, and how many of them there may be at once. */
@NullMarked
package dev.mcpgateway.kernel.exchange;

import org.jspecify.annotations.NullMarked;
