// SPDX-License-Identifier: Apache-2.0
/** One plugin, loaded: its own class loader, its own threads, its own PF4J. */
@NullMarked
package dev.mcpgateway.kernel.plugin.cell;

import org.jspecify.annotations.NullMarked;
