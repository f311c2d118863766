// SPDX-License-Identifier: Apache-2.0
/** The transport over standard input and output: lines in, lines out. */
@NullMarked
package dev.mcpgateway.kernel.stdio;

import org.jspecify.annotations.NullMarked;
