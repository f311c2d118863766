// SPDX-License-Identifier: Apache-2.0
/** An immutable snapshot of everything offered; replaced by one reference write. */
@NullMarked
package dev.mcpgateway.kernel.catalog;

import org.jspecify.annotations.NullMarked;
