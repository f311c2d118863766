// SPDX-License-Identifier: Apache-2.0
/** The drop folder: which files are there, when they have settled, and the private copies that are loaded. */
@NullMarked
package dev.mcpgateway.kernel.plugin.drop;

import org.jspecify.annotations.NullMarked;
