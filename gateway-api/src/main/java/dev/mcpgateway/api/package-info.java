/**
 * The promise to plugin authors: what a plugin offers, what it is given, and the values that pass between the two.
 *
 * <p>JDK types only, no null anywhere, asynchronous at the seam. Values that a plugin creates and that may grow are
 * built through factories and builders; what the kernel creates and a plugin reads is an interface. Start at {@link
 * dev.mcpgateway.api.GatewayPlugin}.
 */
@NullMarked
package dev.mcpgateway.api;

import org.jspecify.annotations.NullMarked;
