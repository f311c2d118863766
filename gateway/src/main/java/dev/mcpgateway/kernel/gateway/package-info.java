// SPDX-License-Identifier: Apache-2.0
/** The rooms, wired together: made, started, closed. */
@NullMarked
package dev.mcpgateway.kernel.gateway;

import org.jspecify.annotations.NullMarked;
