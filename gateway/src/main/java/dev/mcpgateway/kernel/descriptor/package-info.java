// SPDX-License-Identifier: Apache-2.0
/**
 * The descriptors that the process was started with, as streams that do not mind when somebody sets them non-blocking.
 */
@NullMarked
package dev.mcpgateway.kernel.descriptor;

import org.jspecify.annotations.NullMarked;
