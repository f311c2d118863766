// SPDX-License-Identifier: Apache-2.0
/**
 * The life of a jar: from the drop folder through staging and inspection into a cell of its own, and the wall around it.
 *
 * <p>The only room that sees PF4J. Its parts stand in the order of a jar's life: {@code drop}, {@code inspect}, {@code
 * cell}, {@code wall}; each knows the ones it builds on and none knows this package.
 */
@NullMarked
package dev.mcpgateway.kernel.plugin;

import org.jspecify.annotations.NullMarked;
