// SPDX-License-Identifier: Apache-2.0
/** What the configuration says for a plugin, with where it says so. */
@NullMarked
package dev.mcpgateway.kernel.settings;

import org.jspecify.annotations.NullMarked;
