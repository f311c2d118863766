// SPDX-License-Identifier: Apache-2.0
/** Where the process begins. */
@NullMarked
package dev.mcpgateway.kernel;

import org.jspecify.annotations.NullMarked;
