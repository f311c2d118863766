// SPDX-License-Identifier: Apache-2.0
/** The wall around a plugin: every call into it and every value out of it passes here. */
@NullMarked
package dev.mcpgateway.kernel.plugin.wall;

import org.jspecify.annotations.NullMarked;
