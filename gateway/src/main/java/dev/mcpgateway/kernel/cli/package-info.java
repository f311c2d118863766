// SPDX-License-Identifier: Apache-2.0
/** The words of the command line. */
@NullMarked
package dev.mcpgateway.kernel.cli;

import org.jspecify.annotations.NullMarked;
