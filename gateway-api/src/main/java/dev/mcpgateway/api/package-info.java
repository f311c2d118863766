// SPDX-License-Identifier: Apache-2.0
/**
 * The promise to plugin authors: what a plugin offers, what it is given, and the values that pass between the two.
 *
 * <p>JDK types only, no null anywhere, asynchronous at the seam. Values are final classes, made by factories and builders, so that
 * they can grow; what only the kernel makes is an interface. Start at {@link dev.mcpgateway.api.GatewayPlugin}.
 */
@NullMarked
package dev.mcpgateway.api;

import org.jspecify.annotations.NullMarked;
