// SPDX-License-Identifier: Apache-2.0
/** One request, from its arrival to its end: its deadline, and who has it. */
@NullMarked
package dev.mcpgateway.kernel.request;

import org.jspecify.annotations.NullMarked;
