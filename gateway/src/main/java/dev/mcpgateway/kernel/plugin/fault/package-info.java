// SPDX-License-Identifier: Apache-2.0
/** Why a plugin is not live: stable codes, each with one line for the operator or the author. */
@NullMarked
package dev.mcpgateway.kernel.plugin.fault;

import org.jspecify.annotations.NullMarked;
