// SPDX-License-Identifier: Apache-2.0
/** The one parser in the house: strict, bounded, and keeping every byte it let through. */
@NullMarked
package dev.mcpgateway.kernel.json;

import org.jspecify.annotations.NullMarked;
